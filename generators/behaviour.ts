/** What a handler does on one attempt: an outcome, and at most one particular. */
import { filler } from '../engine/json.ts';
import {
  type Behaviour,
  type BehaviourObject,
  isSuccess,
  OUTCOMES,
  type Outcome,
} from '../engine/scenario.ts';
import { choice, type Option } from './choice.ts';
import { type Arbitrary, fc } from './fc.ts';
import { type Feature, weigh } from './features.ts';

/** Everything of a behaviour but its outcome. `chainTo` is `self` or `other` until the functions have names. */
export type Particulars = Omit<BehaviourObject, 'do'>;

export const CHAIN_TO_SELF = 'self';
export const CHAIN_TO_OTHER = 'other';

/** AWS, invocation-async-retain-records.html: the first 1 KB of the error message goes with a dead letter. */
const LONG_MESSAGE = `first ${'m'.repeat(1_500)} last`;

export function behaviourArbitrary(features: ReadonlySet<Feature>): Arbitrary<Behaviour> {
  const on = weigh(features);
  const outcome = choice<Outcome>(
    [4, 'ok'],
    [on('throws', 6), 'throw'],
    [on('values', 1), 'nothing'],
    [on('timeouts', 2), 'timeout'],
    [on('exits', 1), 'exit'],
    [on('bigResponses', 1), 'oversize'],
    [on('unserializable', 1), 'unserializable'],
  );
  const particulars = choice<Particulars | undefined>([8, undefined], ...particularsOf(features));
  return fc.tuple(outcome, particulars).map(join, split);
}

/** Work never lasts about as long as a timeout, which is a whole number of seconds: outcomes are definite. */
function particularsOf(features: ReadonlySet<Feature>): Option<Particulars | undefined>[] {
  const on = weigh(features);
  const isRoomy = features.has('roomyTimeouts');
  const link = on('chains', 1) + on('loopsAllowed', 3);
  const roomy = (weight: number) => (isRoomy ? on('sleeps', weight) : 0);
  return [
    [on('sleeps', 3), { afterSeconds: 0.2 }],
    [on('sleeps', 3) + on('crowds', 150), { afterSeconds: 0.5 }],
    [on('sleeps', 1), { afterSeconds: 1.5 }],
    [roomy(1), { afterSeconds: 2.5 }],
    [roomy(1), { afterSeconds: 8.5 }],
    [on('siege', 4), { afterSeconds: 75.5 }],
    [on('siege', 2), { afterSeconds: 190.5 }],
    [on('logTail', 2), { logBytes: 200 }],
    [on('logTail', 2), { logBytes: 9_000 }],
    [on('longErrors', 4), { message: LONG_MESSAGE }],
    [on('throws', 1), { message: 'no luck' }],
    [on('values', 1), { value: null }],
    [on('values', 1), { value: 'text' }],
    [on('values', 1), { value: 0 }],
    [on('values', 1), { value: [] }],
    [on('values', 1), { value: { list: [1, { deep: null }], flag: true } }],
    [on('bigResponses', 2), { value: filler(5_900_000) }],
    [on('bigResponses', 1), { value: filler(300_000) }],
    [link, { chainTo: CHAIN_TO_SELF, chainType: 'Event' }],
    [link, { chainTo: CHAIN_TO_OTHER, chainType: 'Event' }],
    [link, { chainTo: CHAIN_TO_SELF, chainType: 'RequestResponse' }],
    [link, { chainTo: CHAIN_TO_OTHER, chainType: 'RequestResponse' }],
  ];
}

/** The behaviours of one kind of particulars, by outcome: drawn ten thousand times, made once. */
const joined = new WeakMap<Particulars, Readonly<Record<Outcome, Behaviour>>>();

function join([outcome, particulars]: [Outcome, Particulars | undefined]): Behaviour {
  if (particulars === undefined) return outcome;
  let known = joined.get(particulars);
  if (known === undefined) {
    known = Object.fromEntries(OUTCOMES.map((each) => [each, joinOne(each, particulars)])) as Record<
      Outcome,
      Behaviour
    >;
    joined.set(particulars, known);
  }
  return known[outcome];
}

/** Leaves out what the outcome makes meaningless; a link of a chain succeeds, for one that fails multiplies. */
function joinOne(outcome: Outcome, { value, message, chainTo, chainType, ...rest }: Particulars): Behaviour {
  const behaviour: BehaviourObject = {
    do: outcome,
    ...rest,
    ...(value !== undefined && outcome === 'ok' ? { value } : {}),
    ...(message !== undefined && outcome === 'throw' ? { message } : {}),
    ...(chainTo !== undefined && isSuccess(outcome) ? { chainTo } : {}),
    ...(chainType !== undefined && isSuccess(outcome) ? { chainType } : {}),
  };
  return Object.keys(behaviour).length === 1 ? outcome : behaviour;
}

function split(behaviour: unknown): [Outcome, Particulars | undefined] {
  if (typeof behaviour === 'string') return [behaviour as Outcome, undefined];
  const { do: outcome, ...particulars } = behaviour as BehaviourObject;
  return [outcome, Object.keys(particulars).length === 0 ? undefined : particulars];
}
