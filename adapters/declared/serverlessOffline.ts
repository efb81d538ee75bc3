import { installedOnce } from '../emulators/installing.ts';
import { installPackages } from '../emulators/npmPackages.ts';
import { freePort } from '../emulators/process.ts';
import { servesDeclared } from './driver.ts';
import type { DeclaredProfile } from './profile.ts';
import { SERVERLESS, serverlessProcess } from './serverless.ts';

const VERSION = '13.10.1';
const PLUGIN = 'serverless-offline';

/** serverless-offline: the functions of a service in worker threads of one process, behind Lambda's Invoke. */
export const SERVERLESS_OFFLINE: DeclaredProfile = {
  name: PLUGIN,
  homepage: 'https://github.com/dherault/serverless-offline',
  version: VERSION,
  // It says of DryRun that it does not support it; versions, aliases and response streams it has none.
  capabilities: ['invoke', 'async', 'environments', 'names', 'overlap'],
  tolerances: {
    // It never waits before it would try again: what it does with an event it does at once.
    retryTimeScale: 1 / 60,
    // A worker thread that loads the probe, for each attempt that finds none idle.
    schedulingSlackSeconds: 2,
  },
  // One process has all functions, and where an event that fails ends it, all that run there begin anew.
  jobs: 2,
  // A thread takes half a second to start, and with others beside it longer than a timeout of one second.
  warms: true,
  // Scenarios on a real clock have timeouts of 1 and 3 seconds. It takes seconds to start: once for some dozens of them.
  functions: { timeoutsSeconds: [1, 3], ofEach: 60 },
  install: (folder) =>
    installedOnce(folder, `${PLUGIN}-${VERSION}`, (home) =>
      installPackages([SERVERLESS, `${PLUGIN}@${VERSION}`], home),
    ),
  async server(home, port, functions) {
    const ports = { lambdaPort: port, httpPort: await freePort(), websocketPort: await freePort() };
    const service = {
      name: PLUGIN,
      home,
      plugin: PLUGIN,
      custom: { [PLUGIN]: { host: '127.0.0.1', albPort: await freePort(), ...ports } },
      args: ['offline', 'start'],
      // Only Invoke is there, and that is a POST.
      healthUrl: `http://127.0.0.1:${port}/`,
      healthStatus: 404,
    };
    return serverlessProcess(service, functions);
  },
};

export const serverlessOffline = servesDeclared(SERVERLESS_OFFLINE);
