/** The fault that a resource is deleted. */
import { choice } from './choice.ts';
import { type Arbitrary, fc } from './fc.ts';
import type { Feature } from './features.ts';
import { changeMomentArbitrary } from './moment.ts';

export type RemoveDraft = readonly [
  kind: 'remove',
  atSeconds: number,
  /** Number of the resource among those the scenario uses, and round again; without any, the step is left out. */
  resourceIndex: number,
];

export const removeArbitrary = (features: ReadonlySet<Feature>): Arbitrary<RemoveDraft> =>
  fc.tuple(
    fc.constant('remove' as const),
    changeMomentArbitrary(features),
    choice<number>([1, 0], [1, 1], [1, 2], [1, 3]),
  );
