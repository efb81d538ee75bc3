import type { History } from '../../engine/history.ts';
import { type NumberedScenario, ScenarioError, type Target, TargetGone } from '../../engine/target.ts';
import { StandIn } from './standIn.ts';

/**
 * A target that is ours to start, and is started anew when it is gone: one call may end a whole server. Whatever ran on
 * it then is run again, one scenario after the other on an instance that has nothing else to do: of which it ends again,
 * that is told of that scenario, with its last words.
 */
export class Reviving extends StandIn {
  readonly #start: () => Promise<Target>;
  #current: Promise<Target>;
  /** Where what was running when an instance ended is run again. */
  #trial: Target | undefined;
  #lastTrial: Promise<unknown> = Promise.resolve();
  readonly #closing: Promise<void>[] = [];

  /** @param first runs now; `start` starts one more of its kind */
  constructor(first: Target, start: () => Promise<Target>) {
    super(first, first.jobs);
    this.#current = Promise.resolve(first);
    this.#start = start;
  }

  async run(scenario: NumberedScenario, signal: AbortSignal): Promise<History> {
    const current = this.#current;
    const target = await current;
    try {
      return await target.run(scenario, signal);
    } catch (thrown) {
      if (!(thrown instanceof TargetGone)) throw thrown;
      signal.throwIfAborted();
      if (this.#current === current) {
        this.#bury(target);
        this.#current = this.#start();
        // Whoever runs next hears of it, should it fail.
        this.#current.catch(() => undefined);
      }
      const trial = this.#lastTrial.then(() => this.#try(scenario, signal));
      this.#lastTrial = trial.catch(() => undefined);
      return await trial;
    }
  }

  async #try(scenario: NumberedScenario, signal: AbortSignal): Promise<History> {
    signal.throwIfAborted();
    this.#trial ??= await this.#start();
    try {
      return await this.#trial.run(scenario, signal);
    } catch (thrown) {
      if (!(thrown instanceof TargetGone)) throw thrown;
      this.#bury(this.#trial);
      this.#trial = undefined;
      throw new ScenarioError(`${this.name} did not survive this scenario, twice: ${thrown.message}`);
    }
  }

  /** What an instance that is gone cannot be asked to remove is gone with it. */
  #bury(target: Target): void {
    this.#closing.push(target.close().catch(() => undefined));
  }

  async close(): Promise<void> {
    await this.#lastTrial;
    await Promise.all(this.#closing);
    await this.#trial?.close();
    const current = await this.#current.catch(() => undefined);
    await current?.close();
  }
}
