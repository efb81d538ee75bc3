import type { FunctionSpec } from '../../engine/scenario.ts';
import type { SharedFunctions } from './profile.ts';

/** A function of a server that no scenario has had. */
export interface UnusedFunction {
  readonly name: string;
  readonly timeoutSeconds: number;
}

/**
 * The functions that a server was started with. Each is for one scenario and never for another: it may be worn by what a
 * handler did there, and a late attempt finds nobody who would take it for his.
 */
export class UnusedFunctions {
  readonly #left: UnusedFunction[] = [];

  constructor({ timeoutsSeconds, ofEach }: SharedFunctions) {
    for (const timeoutSeconds of timeoutsSeconds) {
      for (let k = 1; k <= ofEach; k++)
        this.#left.push({ name: `lc-t${timeoutSeconds}-fn${String(k).padStart(3, '0')}`, timeoutSeconds });
    }
  }

  get left(): readonly UnusedFunction[] {
    return this.#left;
  }

  /** A function for each of `specs`, in their order; undefined where there are not enough any more. */
  take(specs: readonly FunctionSpec[]): readonly UnusedFunction[] | undefined {
    const taken = new Set<UnusedFunction>();
    for (const { timeoutSeconds } of specs) {
      const next = this.#left.find((fn) => fn.timeoutSeconds === timeoutSeconds && !taken.has(fn));
      if (next === undefined) return undefined;
      taken.add(next);
    }
    for (const fn of taken) this.#left.splice(this.#left.indexOf(fn), 1);
    return [...taken];
  }
}
