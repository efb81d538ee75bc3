/** What the specs of this repository run on, from the environment: so that CI can point them at any target. */
import type { ConformanceOptions } from './vitest.ts';

/**
 * `CONFORMANCE_TARGET` (a target's name), `CONFORMANCE_ENDPOINT` (an address), `CONFORMANCE_SEED` and
 * `CONFORMANCE_SCENARIOS` (whole numbers).
 * @throws Error where a number is none
 */
export function fromEnvironment(env: NodeJS.ProcessEnv = process.env): ConformanceOptions {
  const target = env['CONFORMANCE_TARGET'];
  const endpoint = env['CONFORMANCE_ENDPOINT'];
  const seed = whole(env, 'CONFORMANCE_SEED');
  const scenarios = whole(env, 'CONFORMANCE_SCENARIOS');
  return {
    ...(target === undefined ? {} : { target }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(seed === undefined ? {} : { seed }),
    ...(scenarios === undefined ? {} : { scenarios }),
  };
}

function whole(env: NodeJS.ProcessEnv, key: string): number | undefined {
  const text = env[key];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`${key} is "${text}": give a whole number`);
  return value;
}
