import { freePort } from '../emulators/process.ts';
import { servesDeclared } from './driver.ts';
import type { DeclaredProfile } from './profile.ts';
import { ofPlugin, serverlessProcess } from './serverless.ts';

const VERSION = '13.10.1';
const PLUGIN = 'serverless-offline';

/** serverless-offline: the functions of a service in worker threads of one process, behind Lambda's Invoke. */
export const SERVERLESS_OFFLINE: DeclaredProfile = {
  ...ofPlugin(PLUGIN, VERSION),
  homepage: 'https://github.com/dherault/serverless-offline',
  // It says of DryRun that it does not support it; versions, aliases and response streams it has none.
  capabilities: ['invoke', 'async', 'environments', 'names', 'overlap'],
  // One process has all functions, and where an event that fails ends it, all that run there begin anew.
  jobs: 2,
  async server(home, port, functions) {
    const ports = { lambdaPort: port, httpPort: await freePort(), websocketPort: await freePort() };
    const service = {
      name: PLUGIN,
      home,
      plugin: PLUGIN,
      custom: { [PLUGIN]: { host: '127.0.0.1', albPort: await freePort(), ...ports } },
      args: ['offline', 'start'],
      port,
    };
    return serverlessProcess(service, functions);
  },
};

export const serverlessOffline = servesDeclared(SERVERLESS_OFFLINE);
