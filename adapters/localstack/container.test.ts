/** The way into a container, with a stub of the library: a real one takes a container engine. */
import { beforeEach, expect, test, vi } from 'vitest';
import { hasEngine, startContainer } from './container.ts';

const made = vi.hoisted(() => ({
  images: [] as string[],
  environment: {} as Record<string, string>,
  mounts: [] as { source: string; target: string }[],
  stops: 0,
  engine: true,
}));

vi.mock('testcontainers', () => ({
  getContainerRuntimeClient: async () => {
    if (!made.engine) throw new Error('Could not find a working container runtime strategy');
    return { info: { containerRuntime: { remoteSocketPath: '/run/engine.sock' } } };
  },
}));

vi.mock('@testcontainers/localstack', () => ({
  LocalstackContainer: class {
    constructor(image: string) {
      made.images.push(image);
    }
    withEnvironment(environment: Record<string, string>) {
      made.environment = environment;
      return this;
    }
    withBindMounts(mounts: { source: string; target: string }[]) {
      made.mounts = mounts;
      return this;
    }
    async start() {
      return {
        getConnectionUri: () => 'http://localhost:32768',
        stop: async () => {
          made.stops++;
        },
      };
    }
  },
}));

beforeEach(() => {
  made.engine = true;
  vi.unstubAllEnvs();
});

test('an engine that answers is one, and none is none', async () => {
  expect(await hasEngine()).toBe(true);
  made.engine = false;
  expect(await hasEngine()).toBe(false);
});

test('the image of that version runs, and its functions find the engine and this machine', async () => {
  vi.stubEnv('LOCALSTACK_AUTH_TOKEN', 'a token');
  const running = await startContainer('4.14.0');
  expect(made.images).toEqual(['localstack/localstack:4.14.0']);
  expect(made.mounts).toEqual([{ source: '/run/engine.sock', target: '/var/run/docker.sock' }]);
  expect(made.environment).toMatchObject({
    LAMBDA_RETRY_BASE_DELAY: '1',
    LAMBDA_DOCKER_FLAGS: '--add-host host.docker.internal:host-gateway',
    LOCALSTACK_AUTH_TOKEN: 'a token',
  });
  expect(running).toMatchObject({ url: 'http://localhost:32768', collectorHost: 'host.docker.internal' });
  // Its own runtime runs there: all rules are judged.
  expect(running.notJudged).toBeUndefined();
  await running.stop();
  expect(made.stops).toBe(1);
});

test('no token, none passed on', async () => {
  vi.stubEnv('LOCALSTACK_AUTH_TOKEN', undefined);
  await startContainer('4.14.0');
  expect(made.environment).not.toHaveProperty('LOCALSTACK_AUTH_TOKEN');
});
