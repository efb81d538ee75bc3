/** Shrinking in large steps first: whole parts dropped, before fast-check simplifies value by value. */
import { type Arbitrary, fc, type Random } from './fc.ts';

/**
 * The same values as `arbitrary`; when it shrinks, the candidates of `bolder` come first. They have no context: from
 * there on it shrinks by the inverses of its maps.
 */
export function boldFirst<T>(arbitrary: Arbitrary<T>, bolder: (value: T) => Iterable<T>): Arbitrary<T> {
  return new BoldFirst(arbitrary, bolder);
}

class BoldFirst<T> extends fc.Arbitrary<T> {
  private readonly arbitrary: Arbitrary<T>;
  private readonly bolder: (value: T) => Iterable<T>;

  constructor(arbitrary: Arbitrary<T>, bolder: (value: T) => Iterable<T>) {
    super();
    this.arbitrary = arbitrary;
    this.bolder = bolder;
  }

  override generate(random: Random, biasFactor: number | undefined) {
    return this.arbitrary.generate(random, biasFactor);
  }

  override canShrinkWithoutContext(value: unknown): value is T {
    return this.arbitrary.canShrinkWithoutContext(value);
  }

  override shrink(value: T, context: unknown) {
    return fc.stream(this.candidates(value, context));
  }

  private *candidates(value: T, context: unknown): IterableIterator<InstanceType<typeof fc.Value<T>>> {
    for (const bold of this.bolder(value)) yield new fc.Value(bold, undefined);
    if (context !== undefined || this.arbitrary.canShrinkWithoutContext(value))
      yield* this.arbitrary.shrink(value, context);
  }
}
