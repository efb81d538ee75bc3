/** One of a table of values: weighted when it is drawn, towards the first when it shrinks. */
import { isDeepStrictEqual } from 'node:util';
import { type Arbitrary, fc, type Random } from './fc.ts';

/** How often, against the others, and what. A weight of 0 leaves it out. */
export type Option<T> = readonly [weight: number, value: T];

/**
 * Like `fc.constantFrom`, but with weights (whole numbers), with more than one step towards the simplest value, and
 * for values from outside, which are known by their structure. The first option that is kept is the simplest.
 */
export function choice<T>(...options: readonly Option<T>[]): Arbitrary<T> {
  return new Choice(options.filter(([weight]) => weight > 0));
}

const FEW = 6;

class Choice<T> extends fc.Arbitrary<T> {
  private readonly values: readonly T[];
  /** Drawn values are constants: one `Value` each serves all draws. */
  private readonly picks: readonly InstanceType<typeof fc.Value<T>>[];

  constructor(options: readonly Option<T>[]) {
    super();
    this.values = options.map(([, value]) => value);
    this.picks = options.flatMap(([weight, value]) =>
      Array.from({ length: weight }, () => new fc.Value(value, undefined)),
    );
    if (this.picks.length === 0) throw new Error('a choice needs an option with a weight above 0');
  }

  override generate(random: Random) {
    const picked = this.picks[this.picks.length === 1 ? 0 : random.nextInt(0, this.picks.length - 1)];
    if (picked === undefined) throw new RangeError('a choice drew beyond its options');
    return picked;
  }

  override canShrinkWithoutContext(value: unknown): value is T {
    return this.positionOf(value) >= 0;
  }

  /** All simpler values where they are few; else the first, then the ones halfway back: 9 → 0, 5, 7, 8. */
  override shrink(value: T) {
    const position = this.positionOf(value);
    const simpler: InstanceType<typeof fc.Value<T>>[] = [];
    const offer = (at: number) => simpler.push(new fc.Value(this.values[at] as T, undefined));
    if (position <= FEW) for (let at = 0; at < position; at++) offer(at);
    else for (let gap = position; gap >= 1; gap >>= 1) offer(position - gap);
    return fc.Stream.of(...simpler);
  }

  private positionOf(value: unknown): number {
    const same = this.values.indexOf(value as T);
    if (same >= 0 || typeof value !== 'object' || value === null) return same;
    return this.values.findIndex((known) => isDeepStrictEqual(known, value));
  }
}
