/** What the handler does on the 1st, 2nd, … attempt of an event. */
import type { Behaviour } from '../engine/scenario.ts';
import { behaviourArbitrary } from './behaviour.ts';
import { type Arbitrary, fc } from './fc.ts';
import type { Feature } from './features.ts';

/** Three attempts are what Lambda makes at most: the last entry repeats for what an emulator adds to them. */
const LONGEST = 3;

export const planArbitrary = (features: ReadonlySet<Feature>): Arbitrary<Behaviour[]> =>
  fc.array(behaviourArbitrary(features), { minLength: 1, maxLength: features.has('throws') ? LONGEST : 1 });
