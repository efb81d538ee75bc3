import { fileURLToPath } from 'node:url';
import { servesDeclared } from './driver.ts';
import type { DeclaredProfile } from './profile.ts';
import { ofPlugin, serverlessProcess } from './serverless.ts';

const VERSION = '4.8.4';
const PLUGIN = 'serverless-aws-lambda';

/** serverless-aws-lambda: the functions of a service, bundled, in worker threads behind Lambda's Invoke. */
export const SERVERLESS_AWS_LAMBDA: DeclaredProfile = {
  ...ofPlugin(PLUGIN, VERSION),
  homepage: 'https://github.com/Inqnuam/serverless-aws-lambda',
  // Versions and aliases are nothing that a service declares to it.
  capabilities: ['invoke', 'async', 'dryRun', 'environments', 'names', 'overlap'],
  // One process has all functions. Scenarios wait most of their time: with eight the longest takes as long as all.
  jobs: 8,
  async server(home, port, functions) {
    const service = {
      name: PLUGIN,
      home,
      plugin: PLUGIN,
      custom: { [PLUGIN]: { port, watch: false, online: false } },
      args: ['aws-lambda', '-s', 'dev'],
      nodeArgs: ['--require', fileURLToPath(new URL('bindLocally.cjs', import.meta.url))],
      port,
    };
    return serverlessProcess(service, functions);
  },
};

export const serverlessAwsLambda = servesDeclared(SERVERLESS_AWS_LAMBDA);
