/** When a step is taken. Absolute times: a step that is dropped does not move the others. */
import { choice } from './choice.ts';
import type { Arbitrary } from './fc.ts';
import { type Feature, weigh } from './features.ts';

/** Seconds since the scenario began. Most steps come at once, so that they meet. */
export function momentArbitrary(features: ReadonlySet<Feature>): Arbitrary<number> {
  const on = weigh(features);
  return choice<number>(
    [features.has('crowds') ? 100 : 8, 0],
    [1, 0.1],
    [2, 0.3],
    [2, 1],
    [1, 2],
    // Between and after the attempts of an event that fails: AWS waits about one minute, then two.
    [on('later', 1), 10],
    [on('later', 1), 30],
    [on('later', 1), 70],
    [on('later', 1), 150],
    [on('later', 1), 400],
    ...PATTER.map((at): [number, number] => [on('patter', 1), at]),
  );
}

/** A second and a half in steps of ten milliseconds. */
const PATTER = Array.from({ length: 150 }, (_, k) => k / 100);

/** When something is changed: seldom at once, for then nothing has happened yet. */
export function changeMomentArbitrary(features: ReadonlySet<Feature>): Arbitrary<number> {
  const on = weigh(features);
  return choice<number>(
    [2, 0],
    [2, 0.3],
    [2, 1],
    [2, 2],
    [on('later', 3), 10],
    [on('later', 2), 30],
    [on('later', 2), 100],
    ...PATTER.map((at): [number, number] => [on('requestRush', 1), at]),
  );
}
