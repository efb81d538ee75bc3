/** One function, before it has a name. */
import type { FunctionSpec } from '../engine/scenario.ts';
import { choice, type Option } from './choice.ts';
import { type EventInvokeDraft, eventInvokeArbitrary } from './eventInvoke.ts';
import { type Arbitrary, fc } from './fc.ts';
import { type Feature, weigh } from './features.ts';

/** What is published of a function. */
export type Layout = Pick<FunctionSpec, 'versions' | 'aliases'>;

export type Provisioned = NonNullable<FunctionSpec['provisioned']>[number];

export type FunctionDraft = readonly [
  timeoutSeconds: number,
  layout: Layout,
  /** For `$LATEST`. */
  eventInvoke: EventInvokeDraft,
  /** For the qualifier, where the layout has it. */
  qualifier: string | undefined,
  qualified: EventInvokeDraft,
  deadLetter: string | undefined,
  reserved: number | undefined,
  provisioned: Provisioned | undefined,
  recursiveLoop: 'Allow' | 'Terminate' | undefined,
  initSeconds: number | undefined,
  fresh: true | undefined,
];

export function functionArbitrary(features: ReadonlySet<Feature>): Arbitrary<FunctionDraft> {
  const on = weigh(features);
  const isSiege = features.has('siege');
  const config = eventInvokeArbitrary(features);
  return fc.tuple(
    choice<number>(
      [isSiege ? 1 : 4, 1],
      // Work of more than a second that is no timeout shows what an answer waits for.
      [on('roomyTimeouts', 3) + on('sleeps', 1), 3],
      [on('roomyTimeouts', 1), 2],
      [on('roomyTimeouts', 1), 10],
      [on('siege', 4), 300],
      [on('roomyTimeouts', 1), 900],
    ),
    choice<Layout>([2, {}], ...layouts(features)),
    config,
    choice<string | undefined>(
      [1, undefined],
      [on('versions', 2), '1'],
      [on('aliases', 2), 'live'],
      [on('weights', 1), 'shift'],
    ),
    config,
    choice<string | undefined>(
      [3, undefined],
      [on('deadLetterQueues', 3), 'queue:dead'],
      [features.has('failureDestinations') ? on('deadLetterQueues', 1) : 0, 'queue:failed'],
      [on('deadLetterTopics', 3), 'topic:dead'],
    ),
    choice<number | undefined>(
      [isSiege ? 1 : 3, undefined],
      [on('reserved', 4) + on('patter', 12), 1],
      [on('reserved', 2), 2],
      [on('reserved', 1), 4],
      [on('zeroReserve', 4) + on('reserveRaised', 8), 0],
    ),
    choice<Provisioned | undefined>(
      [2, undefined],
      [on('provisioned', 2), { qualifier: '1', concurrency: 1 }],
      [on('provisioned', 2), { qualifier: '1', concurrency: 2 }],
      [features.has('aliases') ? on('provisioned', 2) : 0, { qualifier: 'live', concurrency: 1 }],
    ),
    choice<'Allow' | 'Terminate' | undefined>(
      [3, undefined],
      [on('chains', 1), 'Terminate'],
      [on('loopsAllowed', 4), 'Allow'],
    ),
    choice<number | undefined>(
      [3, undefined],
      [on('slowInit', 2), 1],
      [on('slowInit', 1), 9],
      [on('slowInit', 3), 12],
    ),
    choice<true | undefined>([3, undefined], [on('fresh', 2), true]),
  );
}

function layouts(features: ReadonlySet<Feature>): Option<Layout>[] {
  const on = weigh(features);
  const live = { name: 'live', version: '1' };
  const shift = (weight: number) => ({ name: 'shift', version: '1', additional: { version: '2', weight } });
  return [
    [on('versions', 2), { versions: 1 }],
    [on('versions', 1), { versions: 2 }],
    [on('aliases', 2), { versions: 1, aliases: [live] }],
    [on('aliases', 2), { versions: 2, aliases: [{ name: 'live', version: '2' }] }],
    [on('weights', 3), { versions: 2, aliases: [shift(0.5)] }],
    [on('weights', 2), { versions: 2, aliases: [shift(0.1)] }],
    [on('weights', 1), { versions: 2, aliases: [live, shift(0.8)] }],
    [on('weights', 1), { versions: 2, aliases: [shift(0)] }],
    [on('weights', 1), { versions: 2, aliases: [shift(1)] }],
  ];
}
