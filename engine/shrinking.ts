/** From a scenario that breaks a rule to the smallest one that still does. */
import type { Scenario, Step } from './scenario.ts';
import type { Drawn } from './source.ts';

export interface Shrunk {
  readonly scenario: Scenario;
  /** Number of the drawn scenario, the shrink steps from there, and the steps dropped at last: `417:0:2/-3`. */
  readonly path: string;
}

export interface ShrinkOptions {
  /** Whether a scenario still breaks the rule. */
  readonly stillBreaks: (scenario: Scenario) => Promise<boolean> | boolean;
  /** How many candidates are tried side by side. The first in order that still breaks is taken: the result is
   * the same for every number. */
  readonly jobs: number;
  /** Candidates to try at most. */
  readonly budget: number;
  /** Stops early with the smallest found so far. */
  readonly signal: AbortSignal;
}

/**
 * Shrinks as fast-check does, the first candidate in order that still breaks and on from there; then drops steps
 * one by one, which finds what no arbitrary could know to be superfluous.
 * @param index number of the scenario in its campaign, for the path
 */
export async function shrink(drawn: Drawn, index: number, options: ShrinkOptions): Promise<Shrunk> {
  const search = new Search(options);
  let current = drawn;
  const path = [index];
  for (;;) {
    const found = await search.first(current.shrinks());
    if (found === undefined) break;
    current = found.candidate;
    path.push(found.position);
  }
  const { scenario, dropped } = await dropSteps(current.scenario, search);
  return { scenario, path: path.join(':') + dropped.map((step) => `/-${step}`).join('') };
}

class Search {
  private readonly options: ShrinkOptions;
  private tried = 0;

  constructor(options: ShrinkOptions) {
    this.options = options;
  }

  /** The first candidate in order that still breaks, and its position. */
  async first<T extends { readonly scenario: Scenario }>(
    candidates: Iterable<T>,
  ): Promise<{ readonly candidate: T; readonly position: number } | undefined> {
    const { jobs, stillBreaks, budget, signal } = this.options;
    let position = 0;
    let batch: T[] = [];
    const tryBatch = async () => {
      const outcomes = await Promise.all(batch.map((candidate) => stillBreaks(candidate.scenario)));
      const hit = outcomes.indexOf(true);
      const candidate = batch[hit];
      return candidate === undefined ? undefined : { candidate, position: position - batch.length + hit };
    };
    for (const candidate of candidates) {
      if (signal.aborted || this.tried >= budget) break;
      this.tried++;
      position++;
      batch.push(candidate);
      if (batch.length < jobs) continue;
      const found = await tryBatch();
      if (found !== undefined) return found;
      batch = [];
    }
    return batch.length === 0 ? undefined : tryBatch();
  }
}

async function dropSteps(
  scenario: Scenario,
  search: Search,
): Promise<{ readonly scenario: Scenario; readonly dropped: readonly number[] }> {
  const dropped: number[] = [];
  let current = scenario;
  for (;;) {
    const candidates = current.steps.map((_, step) => ({ scenario: without(current, step) }));
    const found = candidates.length > 1 ? await search.first(candidates) : undefined;
    if (found === undefined) return { scenario: current, dropped };
    current = found.candidate.scenario;
    dropped.push(found.position);
  }
}

const without = (scenario: Scenario, dropped: number): Scenario => ({
  ...scenario,
  steps: scenario.steps.filter((_: Step, step: number) => step !== dropped),
});
