import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import { TargetError } from '../../engine/target.ts';
import { installedOnce } from '../emulators/installing.ts';
import { installPackages } from '../emulators/npmPackages.ts';
import { freePort } from '../emulators/process.ts';
import { downloadWheel } from '../emulators/pythonTool.ts';
import { servesDeclared } from './driver.ts';
import type { DeclaredProfile } from './profile.ts';

const VERSION = '1.170.0';
const CLIENT = 'aws-lambda-ric@4.0.2';
const BINARY = 'aws-lambda-rie';
const fileHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * AWS's runtime interface emulator, as AWS's SAM command line brings it, with AWS's runtime interface client for Node:
 * one function in one execution environment behind one path.
 */
export const RIE: DeclaredProfile = {
  name: 'rie',
  homepage: 'https://github.com/aws/aws-lambda-runtime-interface-emulator',
  // Of aws-sam-cli: the emulator tells none of its own.
  version: VERSION,
  // Neither names nor versions: there is one path. No overlap: it has one environment, and two calls at once end it.
  capabilities: ['invoke', 'environments'],
  tolerances: {
    // It has no queue, in which anything would wait for minutes: a call that it repeated it would repeat at once.
    retryTimeScale: 1 / 60,
    // It starts a new Node process after each one that was ended; with several servers on two cores that takes a while.
    schedulingSlackSeconds: 2,
  },
  // A server with its runtime takes half a second of processor time to start, and there is one for each scenario.
  jobs: 4,
  functions: 'each',
  install: (folder) => installedOnce(folder, `rie-${VERSION}`, install),
  async server(home, port, functions) {
    const [fn] = functions;
    if (fn === undefined) throw new Error('a server of one function is started with one');
    return {
      name: 'rie',
      command: join(home, BINARY),
      args: [
        ...['--runtime-interface-emulator-address', `127.0.0.1:${port}`],
        ...['--runtime-api-address', `127.0.0.1:${await freePort()}`],
        process.execPath,
        ...['--require', fileHere('rapidClient.cjs')],
        join(home, 'node_modules', 'aws-lambda-ric', 'index.mjs'),
        'probe.handler',
      ],
      env: {
        ...fn.environment,
        LAMBDA_TASK_ROOT: fileHere('../aws/probe'),
        AWS_LAMBDA_FUNCTION_NAME: fn.name,
        AWS_LAMBDA_FUNCTION_TIMEOUT: String(fn.timeoutSeconds),
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
      },
      // Only the path of the function is there, and asking for that is a call.
      healthUrl: `http://127.0.0.1:${port}/`,
      healthStatus: 404,
    };
  },
};

export const rie = servesDeclared(RIE);

async function install(home: string): Promise<void> {
  // What rapidClient.cjs takes the place of the native client with.
  if (!('registerHooks' in module)) throw new TargetError('The target rie needs Node 22.15 or newer.');
  if (process.platform !== 'linux')
    throw new TargetError("AWS's runtime interface emulator is there for Linux only.");
  await Promise.all([downloadWheel(`aws-sam-cli==${VERSION}`, home), installPackages([CLIENT], home)]);
  const wheel = readdirSync(home).find((file) => file.endsWith('.whl'));
  const member = `samcli/local/rapid/${BINARY}-${process.arch === 'arm64' ? 'arm64' : 'x86_64'}`;
  const files =
    wheel === undefined
      ? {}
      : unzipSync(readFileSync(join(home, wheel)), { filter: ({ name }) => name === member });
  const binary = files[member];
  if (binary === undefined) throw new TargetError(`aws-sam-cli ${VERSION} has no ${member}.`);
  writeFileSync(join(home, BINARY), binary);
  chmodSync(join(home, BINARY), 0o755);
}
