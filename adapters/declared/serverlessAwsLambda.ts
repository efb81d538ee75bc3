import { fileURLToPath } from 'node:url';
import { installedOnce } from '../emulators/installing.ts';
import { installPackages } from '../emulators/npmPackages.ts';
import { servesDeclared } from './driver.ts';
import type { DeclaredProfile } from './profile.ts';
import { SERVERLESS, serverlessProcess } from './serverless.ts';

const VERSION = '4.8.4';
const PLUGIN = 'serverless-aws-lambda';

/** serverless-aws-lambda: the functions of a service, bundled, in worker threads behind Lambda's Invoke. */
export const SERVERLESS_AWS_LAMBDA: DeclaredProfile = {
  name: PLUGIN,
  homepage: 'https://github.com/Inqnuam/serverless-aws-lambda',
  version: VERSION,
  // Versions and aliases are nothing that a service declares to it.
  capabilities: ['invoke', 'async', 'dryRun', 'environments', 'names', 'overlap'],
  tolerances: {
    // It never waits before it would try again: what it does with an event it does at once.
    retryTimeScale: 1 / 60,
    // A worker thread that loads the probe, for each attempt that finds none idle.
    schedulingSlackSeconds: 2,
  },
  // One process has all functions. Scenarios wait most of their time: with eight the longest takes as long as all.
  jobs: 8,
  // A thread takes a while to start, and with others beside it longer than a timeout of one second.
  warms: true,
  // Scenarios on a real clock have timeouts of 1 and 3 seconds. It takes seconds to start: once for some dozens of them.
  functions: { timeoutsSeconds: [1, 3], ofEach: 60 },
  install: (folder) =>
    installedOnce(folder, `${PLUGIN}-${VERSION}`, (home) =>
      installPackages([SERVERLESS, `${PLUGIN}@${VERSION}`], home),
    ),
  async server(home, port, functions) {
    const service = {
      name: PLUGIN,
      home,
      plugin: PLUGIN,
      custom: { [PLUGIN]: { port, watch: false, online: false } },
      args: ['aws-lambda', '-s', 'dev'],
      nodeArgs: ['--require', fileURLToPath(new URL('bindLocally.cjs', import.meta.url))],
      // Only Invoke is there, and that is a POST.
      healthUrl: `http://127.0.0.1:${port}/`,
      healthStatus: 404,
    };
    return serverlessProcess(service, functions);
  },
};

export const serverlessAwsLambda = servesDeclared(SERVERLESS_AWS_LAMBDA);
