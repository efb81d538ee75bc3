import { describe, expect, test } from 'vitest';
import type { FunctionSpec } from '../../engine/scenario.ts';
import type { View } from '../../engine/view.ts';
import { type SeenCall, seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { recur01, recur02, recur03 } from './recursion.ts';

/** Which invocation of the chain it is, from 1, and what differs from one that runs. */
type Odd = Readonly<Record<number, Partial<SeenCall>>>;

/** A chain in which the function `f` invokes itself `count - 1` times. */
function chain(count: number, odd: Odd = {}, f: Partial<FunctionSpec> = {}, ...more: SeenCall[]): View {
  const calls = Array.from({ length: count }, (_, k): SeenCall => {
    const { answered = { at: k }, ...rest } = odd[k + 1] ?? {};
    return {
      at: k,
      step: { type: 'Event' },
      attempts: [{ planned: 'ok', at: k + 0.1, until: k + 0.9 }],
      ...(k === 0 ? {} : { chainedFrom: `a-e${k}-1` }),
      ...(rest.rejected === undefined ? { answered } : {}),
      ...rest,
    };
  });
  return seen({ functions: [f] }, ...calls, ...more);
}

const stopped = { attempts: [] };
const told: Partial<FunctionSpec> = { eventInvoke: [{ qualifier: '$LATEST', onFailure: 'queue:failed' }] };
const allowed: Partial<FunctionSpec> = { recursiveLoop: 'Allow' };
const refused = { attempts: [], rejected: { status: 400, error: 'RecursiveInvocationException' } };

describe('ASYNC-RECUR-01', () => {
  test('is kept by a loop that is stopped at its 17th invocation', () => {
    expect(decided(recur01, chain(17, { 17: stopped }))).toMatchObject({ broken: [], kept: 5 });
  });

  test('is broken by a loop that goes on', () => {
    const { broken } = decided(recur01, chain(22));
    expect(broken).toMatchObject([{ observed: 'invocation 21' }, { observed: 'invocation 22' }]);
  });

  test('is broken by a loop that is stopped at its 5th invocation, by silence or by an error', () => {
    expect(decided(recur01, chain(5, { 5: stopped })).broken).toMatchObject([{ observed: 'stopped' }]);
    const sync = { ...refused, step: { type: 'RequestResponse' } } as const;
    expect(decided(recur01, chain(5, { 5: sync })).broken).toHaveLength(1);
  });

  test('says nothing of short chains, nor of loops that are allowed', () => {
    expect(decided(recur01, chain(11))).toMatchObject({ kept: 0, broken: [], unknown: [] });
    expect(decided(recur01, chain(22, {}, allowed))).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });

  test('does not take a link that may have been throttled for a stopped one', () => {
    const busy = {
      reservedConcurrency: 1,
      eventInvoke: [{ qualifier: '$LATEST', maximumEventAgeSeconds: 60 }],
    };
    expect(decided(recur01, chain(5, { 5: stopped }, busy))).toMatchObject({ broken: [], unknown: [{}] });
  });
});

describe('ASYNC-RECUR-02', () => {
  const about = 'e17';
  const record = { kind: 'delivered', at: 18, resource: 'queue:failed', event: about, body: {} } as const;

  test('is kept by a stopped event that is told of', () => {
    const loop = chain(17, { 17: stopped }, told);
    const withRecord = loop.chainedEvents.map((event) =>
      event.id === about
        ? {
            ...event,
            records: [
              { entry: record, at: 18, resource: 'queue:failed', event: about, role: 'record' as const },
            ],
          }
        : event,
    );
    expect(decided(recur02, { ...loop, chainedEvents: withRecord })).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by one that vanishes', () => {
    expect(decided(recur02, chain(17, { 17: stopped }, told)).broken).toMatchObject([
      { expected: 'a failure record about e17 at queue:failed' },
    ]);
  });

  test('is broken by another event that does not run any more', () => {
    const other: SeenCall = { at: 30, step: { type: 'Event' }, answered: { at: 30 } };
    expect(decided(recur02, chain(17, { 17: stopped }, {}, other)).broken).toMatchObject([
      { expected: 'an attempt of e18, which is part of no loop' },
    ]);
    expect(decided(recur02, chain(17, { 17: stopped }, {}, { ...other, attempts: ['ok'] }))).toMatchObject({
      kept: 1,
    });
  });

  test('says nothing where no loop is stopped', () => {
    expect(decided(recur02, chain(11, {}, told))).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });
});

describe('ASYNC-RECUR-03', () => {
  test('is kept by a loop that is allowed and goes on', () => {
    expect(decided(recur03, chain(22, {}, allowed))).toMatchObject({ kept: 10, broken: [] });
  });

  test('is broken by one that is stopped, by silence or by an error', () => {
    expect(decided(recur03, chain(17, { 17: stopped }, allowed)).broken).toHaveLength(1);
    const sync = { ...refused, step: { type: 'RequestResponse' } } as const;
    expect(decided(recur03, chain(17, { 17: sync }, allowed)).broken).toHaveLength(1);
  });

  test('says nothing of other functions', () => {
    expect(decided(recur03, chain(22))).toMatchObject({ kept: 0, broken: [], unknown: [] });
  });
});
