import type { Random } from '../fc.ts';

/** Drawing by hand, where a scenario's parts depend on one another: fast, and shrunk by leaving parts out. */
export class Draw {
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  /** A whole number from `least` to `most`, both included. */
  int(least: number, most: number): number {
    return least >= most ? least : this.random.nextInt(least, most);
  }

  /** True in `percent` of 100 draws. */
  percent(percent: number): boolean {
    return this.random.nextInt(0, 99) < percent;
  }

  /** One of the items, each as often. */
  of<T>(items: readonly [T, ...T[]]): T {
    return items[this.int(0, items.length - 1)] ?? items[0];
  }

  /** A time with tenths of seconds, so that scenarios are short to read. */
  seconds(least: number, most: number): number {
    return this.int(least * 10, most * 10) / 10;
  }
}
