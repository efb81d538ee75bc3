import type { FunctionSpec } from '../../engine/scenario.ts';

/** A function of a server that no scenario holds. */
interface Free {
  readonly name: string;
  readonly timeoutSeconds: number;
}

/**
 * The functions that a server was started with, lent to one scenario at a time. What comes back is lent again after all
 * others: what may still run in it has the time to end, and a late attempt finds nobody who would take it for his.
 */
export class FunctionPool {
  readonly #free: Free[] = [];

  constructor(timeoutsSeconds: readonly number[], ofEach: number) {
    for (const timeoutSeconds of timeoutsSeconds) {
      for (let k = 1; k <= ofEach; k++)
        this.#free.push({ name: `lc-t${timeoutSeconds}-fn${String(k).padStart(3, '0')}`, timeoutSeconds });
    }
  }

  /** All that are there: what the server is started with. */
  get all(): readonly Free[] {
    return [...this.#free];
  }

  /** A function for each of `specs`, in their order; undefined where there is none of a timeout. */
  lend(specs: readonly FunctionSpec[]): readonly Free[] | undefined {
    const lent: Free[] = [];
    for (const { timeoutSeconds } of specs) {
      const at = this.#free.findIndex((free) => free.timeoutSeconds === timeoutSeconds);
      const [free] = at < 0 ? [] : this.#free.splice(at, 1);
      if (free === undefined) {
        this.giveBack(lent);
        return undefined;
      }
      lent.push(free);
    }
    return lent;
  }

  giveBack(lent: readonly Free[]): void {
    this.#free.push(...lent);
  }
}
