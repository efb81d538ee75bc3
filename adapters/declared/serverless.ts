/** What plug-ins of the Serverless framework have in common that serve the functions of a service on this machine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../engine/json.ts';
import { installedOnce } from '../emulators/installing.ts';
import { installPackages } from '../emulators/npmPackages.ts';
import type { ProcessSpec } from '../emulators/process.ts';
import type { DeclaredFunction, DeclaredProfile } from './profile.ts';

/** The last version that runs without an account of its maker. */
const SERVERLESS = 'serverless@3.40.0';

const PROBE = new URL('../aws/probe/probe.cjs', import.meta.url);
/** On a busy machine the framework takes its time to load. */
const READY_WITHIN_SECONDS = 120;

/** What the profiles of such plug-ins have in common: worker threads of one process run the functions. */
export const ofPlugin = (plugin: string, version: string) =>
  ({
    name: plugin,
    version,
    tolerances: {
      // It never waits before it would try again: what it does with an event it does at once.
      retryTimeScale: 1 / 60,
      // A worker thread that loads the probe, for each attempt that finds none idle.
      schedulingSlackSeconds: 2,
    },
    // A thread takes half a second to start, and with others beside it longer than a timeout of one second.
    warms: true,
    // Scenarios on a real clock have timeouts of 1 and 3 seconds. It takes seconds to start: once for some dozens of them.
    functions: { timeoutsSeconds: [1, 3], ofEach: 60 },
    install: (folder) =>
      installedOnce(folder, `${plugin}-${version}`, (home) =>
        installPackages([SERVERLESS, `${plugin}@${version}`], home),
      ),
  }) satisfies Partial<DeclaredProfile>;

export interface ServerlessService {
  readonly name: string;
  /** Where the framework and the plug-in are installed. */
  readonly home: string;
  readonly plugin: string;
  readonly custom: { readonly [key: string]: Json };
  readonly args: readonly string[];
  /** Options of Node, before the framework. */
  readonly nodeArgs?: readonly string[];
  /** Of 127.0.0.1, on which it serves Invoke and nothing else. */
  readonly port: number;
}

/** How to start a service with these functions. JSON is YAML, so that nothing has to be written as such. */
export function serverlessProcess(
  service: ServerlessService,
  functions: readonly DeclaredFunction[],
): ProcessSpec {
  const { name, home, plugin, custom, args, nodeArgs = [], port } = service;
  const yml = {
    service: 'lc',
    frameworkVersion: '3',
    // A plug-in's settings are its own to know.
    configValidationMode: 'off',
    provider: { name: 'aws', runtime: 'nodejs22.x', region: 'us-east-1', stage: 'dev' },
    plugins: [join(home, 'node_modules', plugin)],
    custom,
    functions: Object.fromEntries(
      functions.map((fn) => [
        fn.name,
        { name: fn.name, handler: 'index.handler', timeout: fn.timeoutSeconds, environment: fn.environment },
      ]),
    ),
  };
  return {
    name,
    command: process.execPath,
    args: [...nodeArgs, join(home, 'node_modules', 'serverless', 'bin', 'serverless.js'), ...args],
    env: {
      SLS_TELEMETRY_DISABLED: '1',
      SLS_NOTIFICATIONS_MODE: 'off',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    },
    files: {
      'serverless.yml': JSON.stringify(yml),
      'index.js': readFileSync(PROBE, 'utf8'),
      'package.json': '{"private": true}',
    },
    // Only Invoke is there, and that is a POST.
    healthUrl: `http://127.0.0.1:${port}/`,
    healthStatus: 404,
    readyWithinSeconds: READY_WITHIN_SECONDS,
  };
}
