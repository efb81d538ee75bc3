import type { Target } from '../../engine/target.ts';
import { AwsDriver } from '../aws/driver.ts';
import { freePort, startProcess } from './process.ts';
import { pythonTool } from './pythonTool.ts';

/** ministack: many AWS services in one Python process, functions as child processes, no Docker. */
export const MINISTACK = {
  name: 'ministack',
  homepage: 'https://pypi.org/project/ministack/',
  version: '1.5.33',
  tolerances: {
    // LAMBDA_ASYNC_RETRY_BASE_SECONDS=1: one second stands for the minute before the second attempt.
    retryTimeScale: 1 / 60,
    // Each cold start is a new Node process; a dozen of them at once on two cores take this long.
    schedulingSlackSeconds: 2,
    // One process that holds its state in memory: what is answered is in force.
    settleSeconds: 0.1,
  },
  jobs: 12,
} as const;

/**
 * Installs ministack if need be, starts it on a free port and drives it.
 * @throws TargetError where it cannot be installed or started
 */
export async function ministack(folder?: string): Promise<Target> {
  const command = await pythonTool(`ministack==${MINISTACK.version}`, 'ministack', folder);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const running = await startProcess({
    name: MINISTACK.name,
    command,
    env: { BIND_HOST: '127.0.0.1', GATEWAY_PORT: String(port), LAMBDA_ASYNC_RETRY_BASE_SECONDS: '1' },
    healthUrl: `${url}/_ministack/health`,
  });
  const { lastWords, stop: release } = running;
  const place = folder === undefined ? {} : { folder };
  return AwsDriver.open({ ...MINISTACK, ...place, endpoint: { url }, lastWords, release }).catch(
    async (thrown: unknown) => {
      await release();
      throw thrown;
    },
  );
}
