/** One call of a function, before names and numbers are given. */
import type { Behaviour, InvokeStep } from '../engine/scenario.ts';
import { choice } from './choice.ts';
import { type Arbitrary, fc } from './fc.ts';
import { type Feature, weigh } from './features.ts';
import { momentArbitrary } from './moment.ts';
import { type PayloadDraft, payloadArbitrary } from './payload.ts';
import { planArbitrary } from './plan.ts';

/** In place of a function's number: the function that does not exist. */
export const NOBODY_INDEX = -1;

/** Qualifiers that no function has. */
export const UNKNOWN_QUALIFIERS: readonly string[] = ['missing', '99'];

/** So many calls show the shares of an alias with weights; they are made through one only. */
export const TIMES_THROUGH_WEIGHTS = 32;

/** How the call is made. */
export type Mode = Pick<InvokeStep, 'type' | 'stream'>;

/** What else there is about a call, one thing at a time. */
export type Extra = Pick<
  InvokeStep,
  'logType' | 'clientContext' | 'hangUpAfterSeconds' | 'contentType' | 'body' | 'times'
>;

export type InvokeDraft = readonly [
  kind: 'invoke',
  atSeconds: number,
  /** Counted from the first function, and round again. */
  functionIndex: number,
  qualifier: string | undefined,
  mode: Mode,
  payload: PayloadDraft,
  plan: readonly Behaviour[],
  extra: Extra | undefined,
];

export function invokeArbitrary(features: ReadonlySet<Feature>): Arbitrary<InvokeDraft> {
  const on = weigh(features);
  return fc.tuple(
    fc.constant('invoke' as const),
    momentArbitrary(features),
    choice<number>(
      [4, 0],
      [on('functions', 2), 1],
      [on('functions', 1), 2],
      [on('unknownFunctions', 1), NOBODY_INDEX],
    ),
    choice<string | undefined>(
      [features.has('weights') ? 2 : 4, undefined],
      [on('versions', 1), '$LATEST'],
      [on('versions', 2), '1'],
      [on('versions', 1), '2'],
      [on('aliases', 2), 'live'],
      [on('weights', 5), 'shift'],
      [on('unknownQualifiers', 1), 'missing'],
      [on('unknownQualifiers', 1), '99'],
    ),
    modeArbitrary(features),
    payloadArbitrary(features),
    planArbitrary(features),
    extraArbitrary(features),
  );
}

function modeArbitrary(features: ReadonlySet<Feature>): Arbitrary<Mode> {
  const on = weigh(features);
  return choice<Mode>(
    [on('async', 6), { type: 'Event' }],
    [on('sync', 3), { type: 'RequestResponse' }],
    [on('sync', 1), {}],
    [on('stream', 2), { stream: true }],
    [on('dryRun', 1), { type: 'DryRun' }],
  );
}

function extraArbitrary(features: ReadonlySet<Feature>): Arbitrary<Extra | undefined> {
  const on = weigh(features);
  const isReal = !features.has('roomyTimeouts');
  return choice<Extra | undefined>(
    [features.has('siege') ? 4 : 10, undefined],
    [on('logTail', 4), { logType: 'Tail' }],
    [on('logTail', 1), { logType: 'None' }],
    [on('clientContext', 2), { clientContext: { client: { app: 'conformance' } } }],
    [on('clientContext', 1), { clientContext: { custom: { note: 'n'.repeat(2_000) } } }],
    [on('clientContext', 1), { clientContext: { env: {} }, logType: 'Tail' }],
    [on('hangUps', 3), { hangUpAfterSeconds: 0.1 }],
    [on('hangUps', isReal ? 0 : 1), { hangUpAfterSeconds: 1 }],
    [on('contentTypes', 2), { contentType: 'text/plain' }],
    [on('contentTypes', 1), { contentType: 'application/xml' }],
    [on('contentTypes', 1), { contentType: 'application/json' }],
    [on('badJson', 1), { body: '{"n": 1' }],
    [on('badJson', 1), { body: 'not JSON' }],
    [on('badJson', 1), { body: "{'n': 1}" }],
    [on('bursts', 3), { times: 2 }],
    [on('bursts', 3), { times: 3 }],
    [on('bursts', 1), { times: 5 }],
    [on('bursts', 1), { times: 7 }],
    [on('weights', 3), { times: TIMES_THROUGH_WEIGHTS }],
    [on('rushes', 1), { times: 60 }],
    [on('crowds', 150), { times: 600 }],
  );
}
