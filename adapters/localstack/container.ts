/** LocalStack in a container, where a container engine answers. */
import type { RunningEmulator } from '../emulators/emulator.ts';
import { SERVICES, SETTINGS } from './settings.ts';

/** By this name functions in containers reach the machine that runs them. */
const MACHINE = 'host.docker.internal';

/** Whether a container engine answers. The library that asks is loaded only here: it takes half a second. */
export async function hasEngine(): Promise<boolean> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}

/**
 * Starts the image of a version of LocalStack. It runs functions in containers beside its own, for which it gets the
 * engine's socket. The library's reaper removes all of them when we end, however we end.
 */
export async function startContainer(version: string): Promise<RunningEmulator> {
  const [{ LocalstackContainer }, { getContainerRuntimeClient }] = await Promise.all([
    import('@testcontainers/localstack'),
    import('testcontainers'),
  ]);
  const socket = (await getContainerRuntimeClient()).info.containerRuntime.remoteSocketPath;
  const token = process.env['LOCALSTACK_AUTH_TOKEN'] ?? '';
  const container = await new LocalstackContainer(`localstack/localstack:${version}`)
    .withEnvironment({
      ...SETTINGS,
      SERVICES: SERVICES.join(),
      // On Linux the name is known only to containers that are told of it.
      LAMBDA_DOCKER_FLAGS: `--add-host ${MACHINE}:host-gateway`,
      ...(token === '' ? {} : { LOCALSTACK_AUTH_TOKEN: token }),
    })
    .withBindMounts([{ source: socket, target: '/var/run/docker.sock' }])
    .start();
  return {
    url: container.getConnectionUri(),
    collectorHost: MACHINE,
    // Its log is the engine's affair.
    lastWords: () => undefined,
    stop: async () => {
      await container.stop();
    },
  };
}
