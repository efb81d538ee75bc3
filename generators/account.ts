/** A lower account limit than the Region's default. */
import type { Scenario } from '../engine/scenario.ts';
import { choice } from './choice.ts';
import type { Arbitrary } from './fc.ts';
import { type Feature, weigh } from './features.ts';

export type AccountDraft = NonNullable<Scenario['account']>;

export function accountArbitrary(features: ReadonlySet<Feature>): Arbitrary<AccountDraft | undefined> {
  const on = weigh(features);
  return choice<AccountDraft | undefined>(
    [1, undefined],
    [on('accountLimit', 2), { concurrency: 2, unreservedMinimum: 1 }],
    [on('accountLimit', 2) + on('idleReserve', 6), { concurrency: 4, unreservedMinimum: 1 }],
    [on('accountLimit', 1), { concurrency: 4, unreservedMinimum: 2 }],
    [on('accountLimit', 1), { concurrency: 10, unreservedMinimum: 3 }],
    [on('crowds', 60), { concurrency: 3_000, unreservedMinimum: 100 }],
  );
}
