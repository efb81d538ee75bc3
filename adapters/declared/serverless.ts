/** What plug-ins of the Serverless framework have in common that serve the functions of a service on this machine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../engine/json.ts';
import type { ProcessSpec } from '../emulators/process.ts';
import type { DeclaredFunction } from './profile.ts';

/** The last version that runs without an account of its maker. */
export const SERVERLESS = 'serverless@3.40.0';

const PROBE = new URL('../aws/probe/probe.cjs', import.meta.url);
/** On a busy machine the framework takes its time to load. */
const READY_WITHIN_SECONDS = 120;

export interface ServerlessService {
  readonly name: string;
  /** Where the framework and the plug-in are installed. */
  readonly home: string;
  readonly plugin: string;
  readonly custom: { readonly [key: string]: Json };
  readonly args: readonly string[];
  /** Options of Node, before the framework. */
  readonly nodeArgs?: readonly string[];
  readonly healthUrl: string;
  readonly healthStatus: number;
}

/** How to start a service with these functions. JSON is YAML, so that nothing has to be written as such. */
export function serverlessProcess(
  service: ServerlessService,
  functions: readonly DeclaredFunction[],
): ProcessSpec {
  const { name, home, plugin, custom, args, nodeArgs = [], healthUrl, healthStatus } = service;
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
    healthUrl,
    healthStatus,
    readyWithinSeconds: READY_WITHIN_SECONDS,
  };
}
