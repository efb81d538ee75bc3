/** What an event carries: every kind of JSON, and the sizes around the limits. */
import { filler, type Json } from '../engine/json.ts';
import { anyJson } from './anyJson.ts';
import { choice } from './choice.ts';
import { type Arbitrary, fc } from './fc.ts';
import { type Feature, weigh } from './features.ts';

/** Stands for `{ "n": 3 }`, where 3 is the number of the event: the simplest payload, and each event's own. */
export const COUNTED = 'counted payload';
/** Stands for a call without a body. */
export const NO_PAYLOAD = 'no payload';

/** An object, so that no JSON value is mistaken for one of the two marks. */
export type PayloadDraft = { readonly mark: typeof COUNTED | typeof NO_PAYLOAD } | { readonly json: Json };

export const COUNTED_PAYLOAD: PayloadDraft = { mark: COUNTED };
export const NO_PAYLOAD_AT_ALL: PayloadDraft = { mark: NO_PAYLOAD };

const DEEP: Json = [[[[[[[[{ a: [{ b: [{ c: { d: null } }] }] }]]]]]]]];

export function payloadArbitrary(features: ReadonlySet<Feature>): Arbitrary<PayloadDraft> {
  const on = weigh(features);
  const kind = (json: Json): readonly [number, PayloadDraft] => [on('payloadKinds', 1), { json }];
  const known = choice<PayloadDraft>(
    [12, COUNTED_PAYLOAD],
    [on('payloadKinds', 2), NO_PAYLOAD_AT_ALL],
    kind(null),
    kind({}),
    kind([]),
    kind('text'),
    kind(''),
    kind(0),
    kind(-1.5e-7),
    kind(true),
    kind(false),
    kind([1, 2, 3]),
    kind([null, [], {}]),
    kind({ Records: [] }),
    kind({ '': { ' ': '' } }),
    kind('"quoted" \\ \n \u0000 smörgås 🍰'),
    kind(9_007_199_254_740_991),
    kind(DEEP),
    ...[150_000, 300_000, 900_000].map((bytes): [number, PayloadDraft] => [
      on('bigPayloads', 3),
      { json: filler(bytes) },
    ]),
    // Seldom: a real target has to carry them.
    ...[4_000_000, 6_100_000].map((bytes): [number, PayloadDraft] => [
      on('bigPayloads', 1),
      { json: filler(bytes) },
    ]),
    [on('oversizePayloads', 2), { json: filler(BEYOND_ASYNC) }],
    [on('oversizePayloads', 2), { json: filler(BEYOND_SYNC) }],
  );
  if (!features.has('payloadKinds')) return known;
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 1, arbitrary: known },
    { weight: 1, arbitrary: anyJson.map(drafted, jsonOf) },
  );
}

/**
 * AWS, gettingstarted-limits.html: 6 MB synchronous, 1 MB asynchronous (256 KB until October 2025). All sizes keep
 * a margin from each of the limits, for the exact byte is not documented.
 */
const BEYOND_ASYNC = 1_200_000;
const BEYOND_SYNC = 6_500_000;

/** A payload beyond some limit, so that a call with it must not have a second reason to be refused. */
export const isBig = (payload: PayloadDraft): boolean =>
  'json' in payload &&
  typeof payload.json === 'object' &&
  payload.json !== null &&
  '$filler' in payload.json &&
  Number(payload.json['$filler']) > 900_000;

const drafted = (json: Json): PayloadDraft => ({ json });

function jsonOf(payload: unknown): Json {
  if (typeof payload === 'object' && payload !== null && 'json' in payload) return payload.json as Json;
  throw new TypeError('this payload is a mark, and no JSON');
}
