/** Shrinking in large steps first: whole parts dropped, before fast-check simplifies value by value. */
import { type Arbitrary, fc, type Random } from './fc.ts';

/**
 * The same values as `arbitrary`; when it shrinks, the candidates of `bolder` come first. It always shrinks by the
 * inverses of the maps, never by what it remembers of the drawing: a value from outside shrinks as a drawn one, and
 * what a map left out of a draft is not tried. A value that `arbitrary` could not draw shrinks by `bolder` alone.
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
    return new fc.Value(this.arbitrary.generate(random, biasFactor).value, undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is T {
    return true;
  }

  override shrink(value: T) {
    return fc.stream(this.candidates(value));
  }

  private *candidates(value: T): IterableIterator<InstanceType<typeof fc.Value<T>>> {
    for (const bold of this.bolder(value)) yield new fc.Value(bold, undefined);
    if (this.arbitrary.canShrinkWithoutContext(value)) yield* this.arbitrary.shrink(value, undefined);
  }
}
