/**
 * The one place that imports fast-check: its public interface, and the state of chance of one scenario.
 */
import fc, { type Arbitrary, type JsonValue, type Random } from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { targetSeed } from '../engine/seeds.ts';

export type { Arbitrary, JsonValue, Random };
export { fc };

/** Keeps the drawing of scenario i apart from what a simulated target draws for it (engine/seeds.ts). */
const DRAWING = 0x3c6ef372;

/** The state of chance from which scenario number `index` is drawn, whatever was drawn before. */
export const randomOf = (seed: number, index: number): Random =>
  new fc.Random(xoroshiro128plus(targetSeed(seed ^ DRAWING, index)));

/** How often fast-check favours small and extreme values in run number `index`: 1 time in so many. */
export const biasOf = (index: number): number => 2 + Math.floor(Math.log10(index + 1));
