import { describe, expect, test } from 'vitest';
import { type SeenCall, seen } from '../testing/calls.ts';
import { decided, view } from '../testing/notation.ts';
import { acc01, acc02, acc03, size01 } from './acceptance.ts';

const NOTHING = { kept: 0, broken: [], unknown: [] };

/** An event that was accepted at once, but for what is given. */
const event = ({ step, answered, ...more }: SeenCall = {}): SeenCall => ({
  attempts: ['ok'],
  ...more,
  step: { type: 'Event', ...step },
  ...(more.rejected === undefined ? { answered: { at: more.at ?? 0, ...answered } } : {}),
});

describe('ASYNC-ACC-01', () => {
  test('is kept by 202 and nothing else', () => {
    expect(decided(acc01, seen({}, event()))).toMatchObject({ kept: 1, broken: [] });
  });

  test.each([
    ['another status', { status: 200 }],
    ['a result', { payload: { n: 1 } }],
    ['the payload null', { payload: null }],
    ['a body that is no JSON', { body: 'ok' }],
    ['a function error', { functionError: 'Unhandled' }],
    ['a log', { logTail: 'START' }],
  ])('is broken by %s', (_what, answered) => {
    expect(decided(acc01, seen({}, event({ answered }))).broken).toHaveLength(1);
  });

  test('says nothing of a call that waits for its result', () => {
    expect(decided(acc01, seen({}, { attempts: ['ok'], answered: {} }))).toEqual({
      ...NOTHING,
      observed: [],
    });
  });
});

describe('ASYNC-ACC-02', () => {
  const long = { planned: 'ok', at: 0.1, until: 2.1 } as const;

  test('is kept by an answer that comes while the handler works', () => {
    expect(decided(acc02, seen({}, event({ attempts: [long] })))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by an answer that comes after it', () => {
    const seenOne = seen({}, event({ attempts: [long], answered: { at: 2.12 } }));
    expect(decided(acc02, seenOne).broken).toMatchObject([{ observed: 'afterwards' }]);
  });

  test('does not take a slow answer to a quick handler for one that waited', () => {
    expect(decided(acc02, seen({}, event({ answered: { at: 0.9 } })))).toMatchObject(NOTHING);
  });
});

describe('ASYNC-ACC-03', () => {
  const refused = {
    step: { type: 'Event' },
    rejected: { status: 404, error: 'ResourceNotFoundException' },
  } as const;

  test('is kept by a refused event of which nothing comes', () => {
    expect(decided(acc03, seen({}, refused))).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by an attempt of it', () => {
    expect(decided(acc03, seen({}, { ...refused, attempts: ['ok'] })).broken).toHaveLength(1);
  });

  test('is broken by a record about it', () => {
    const given = { onFailure: 'queue:failed', scenario: { queues: [{ name: 'failed' }] } };
    const history = view(given, 'e1: accept, reject 413 RequestTooLargeException, record RetriesExhausted 1');
    expect(decided(acc03, history).broken).toMatchObject([{ observed: 'an invocation record' }]);
  });

  test('does not say what a 5xx broke off', () => {
    const seenOne = seen(
      {},
      { ...refused, rejected: { status: 500, error: 'ServiceException' }, attempts: ['ok'] },
    );
    expect(decided(acc03, seenOne)).toMatchObject({ broken: [], unknown: [expect.stringContaining('500')] });
  });

  test('is open where the observer left at once', () => {
    expect(decided(acc03, seen({ closedAt: 0.5 }, refused)).unknown).toHaveLength(1);
  });

  test('does not take the attempt of an event that looks the same for its own', () => {
    const twin = { ...refused, attempts: [{ planned: 'ok', requestId: 'r-other' }] } as const;
    const history = seen(
      {},
      { ...twin, step: { type: 'Event', payload: 1 } },
      event({ step: { payload: 1 } }),
    );
    expect(decided(acc03, history)).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });
});

describe('ASYNC-SIZE-01', () => {
  const of = ($filler: number) => ({ type: 'Event', payload: { $filler } }) as const;
  const rejected = { status: 413, error: 'RequestTooLargeException' };

  test('is kept by a large event that is accepted and by one too large that is refused', () => {
    const history = seen(
      {},
      event({ step: of(900_000) }),
      event({ step: of(2_000_000), attempts: [], rejected }),
    );
    expect(decided(size01, history)).toMatchObject({ kept: 2, broken: [] });
  });

  test('is broken by the limit of 256 KB', () => {
    const history = seen({}, event({ step: of(300_000), attempts: [], rejected }));
    expect(decided(size01, history).broken).toMatchObject([{ expected: 'e1 not refused for its size' }]);
  });

  test('is broken by one too large that is accepted, and by one that is refused and runs', () => {
    expect(decided(size01, seen({}, event({ step: of(2_000_000) }))).broken).toHaveLength(1);
    expect(decided(size01, seen({}, event({ step: of(2_000_000), rejected }))).broken).toHaveLength(1);
  });

  test('is broken by another error name', () => {
    const history = seen(
      {},
      event({ step: of(2_000_000), attempts: [], rejected: { status: 400, error: 'Other' } }),
    );
    expect(decided(size01, history).broken).toHaveLength(1);
  });

  test('does not judge what is near to the limit, nor small events', () => {
    expect(decided(size01, seen({}, event({ step: of(1_048_576) })))).toMatchObject({ kept: 0, broken: [] });
    expect(decided(size01, seen({}, event()))).toMatchObject(NOTHING);
  });
});
