import type { History } from '../../engine/history.ts';
import type { NumberedScenario, Target } from '../../engine/target.ts';
import { StandIn } from './standIn.ts';

/**
 * Several instances of one target as one: each scenario runs on the instance that has the least to do. What one
 * scenario does to an instance (it may keep its only poller busy) then disturbs few others.
 */
export class SideBySide extends StandIn {
  readonly #instances: readonly { readonly target: Target; running: number }[];

  /** @param first tells for all of them what they offer; `jobs` is how many scenarios they bear together */
  constructor([first, ...others]: readonly [Target, ...Target[]], jobs: number) {
    super(first, jobs);
    this.#instances = [first, ...others].map((target) => ({ target, running: 0 }));
  }

  async run(scenario: NumberedScenario, signal: AbortSignal): Promise<History> {
    const [first, ...others] = this.#instances;
    let idlest = first;
    for (const other of others) if (idlest === undefined || other.running < idlest.running) idlest = other;
    if (idlest === undefined) throw new Error('there is no instance');
    idlest.running++;
    try {
      return await idlest.target.run(scenario, signal);
    } finally {
      idlest.running--;
    }
  }

  /** Closes all of them; throws what the first that could not be closed threw. */
  async close(): Promise<void> {
    const outcomes = await Promise.allSettled(this.#instances.map(({ target }) => target.close()));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }
}
