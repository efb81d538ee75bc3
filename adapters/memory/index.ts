import { ALL_CAPABILITIES } from '../../engine/capabilities.ts';
import type { Target } from '../../engine/target.ts';
import { AWS_TOLERANCES } from '../../engine/tolerances.ts';
import { type SimulateOptions, simulate } from './simulate.ts';

/**
 * The reference model as a target: no real second passes, everything can be seen, and one seed gives one history.
 * @example memory({ policy: { maximumRetryAttempts: 3 } })
 */
export function memory(options: SimulateOptions = {}): Target {
  return {
    name: 'memory',
    version: '',
    capabilities: ALL_CAPABILITIES,
    tolerances: AWS_TOLERANCES,
    isRealTime: false,
    jobs: 1,
    run: ({ scenario, seed }) => simulate(scenario, seed, options),
    close: async () => {},
  };
}

export { type SimulateOptions, simulate } from './simulate.ts';
