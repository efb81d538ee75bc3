import type { ScenarioSource } from './source.ts';

/** The scenarios of a plan, in its order, and after them all others of the source in theirs. */
export function plannedSource(source: ScenarioSource, planned: readonly number[]): ScenarioSource {
  const others = new Others(planned);
  return {
    seed: source.seed,
    draw: (position) => source.draw(planned[position] ?? others.at(position - planned.length)),
  };
}

/** The numbers from 0 on that are in no plan. */
class Others {
  private readonly planned: ReadonlySet<number>;
  private readonly known: number[] = [];
  private next = 0;

  constructor(planned: readonly number[]) {
    this.planned = new Set(planned);
  }

  at(position: number): number {
    while (this.known.length <= position) {
      if (!this.planned.has(this.next)) this.known.push(this.next);
      this.next++;
    }
    return this.known[position] ?? this.next;
  }
}
