import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** What AWS leaves open, drawn from the seed: the same seed draws the same. */
export class Chance {
  private readonly generator: ReturnType<typeof xoroshiro128plus>;

  constructor(seed: number) {
    this.generator = xoroshiro128plus(seed);
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return most <= least ? least : uniformInt(this.generator, least, most);
  }

  /** True in `share` (0..1) of all draws. */
  isTrue(share: number): boolean {
    if (share <= 0) return false;
    return share >= 1 || uniformInt(this.generator, 0, 999_999) < share * 1_000_000;
  }

  /** One of `items`, which has at least one. */
  index(count: number): number {
    return count <= 1 ? 0 : uniformInt(this.generator, 0, count - 1);
  }
}
