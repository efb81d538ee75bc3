import { describe, expect, test } from 'vitest';
import { decided, type Given, view } from '../testing/notation.ts';
import { thr01, thr02, thr03, thr04 } from './throttles.ts';

const NOTHING = { kept: 0, broken: [], unknown: [] };
const KEPT = { kept: 1, broken: [], unknown: [] };

/** A function with a reserve of 1, and whatever else is given. */
const reserve = (more: Given = {}): Given => ({
  ...more,
  function: { reservedConcurrency: 1, timeoutSeconds: 60, ...more.function },
});
const failed = { onFailure: 'queue:failed', scenario: { queues: [{ name: 'failed' }] } };

describe('ASYNC-THR-01', () => {
  test('is kept by an event that has all its attempts after being throttled', () => {
    expect(
      decided(thr01, view(reserve(), 'e1: accept, throttle@1, throttle@2, fail@4, fail, fail')),
    ).toMatchObject(KEPT);
  });

  test('is broken by one that has fewer', () => {
    const { broken } = decided(thr01, view(reserve(), 'e1: accept, throttle@1, throttle@2, fail@4'));
    expect(broken).toMatchObject([{ expected: '3 attempts of e1', observed: '1, then nothing' }]);
  });

  test('says nothing of an event that succeeded, or was not throttled', () => {
    expect(decided(thr01, view(reserve(), 'e1: accept, throttle@1, ok@2'))).toMatchObject(NOTHING);
    expect(decided(thr01, view(reserve(), 'e1: accept, fail'))).toMatchObject(NOTHING);
  });

  test('knows an event for throttled that came while the reserve was busy, where throttles are not shown', () => {
    const busy = ['e1: accept, ok@1', 'e2: accept@5, fail@31'];
    const history = view(reserve(), ...busy);
    const [first] = history.attempts;
    Object.assign(first ?? {}, { endedEarliest: 30, endedLatest: 30 });
    expect(decided(thr01, history).broken).toMatchObject([{ expected: '3 attempts of e2' }]);
  });
});

describe('ASYNC-THR-02', () => {
  test('is kept by one that runs in the end', () => {
    expect(decided(thr02, view(reserve(), 'e1: accept, throttle@1, throttle@2, ok@4'))).toMatchObject(KEPT);
  });

  test('is broken by one that is given up before its age limit', () => {
    const { broken } = decided(
      thr02,
      view(reserve(failed), 'e1: accept, throttle@1, record RetriesExhausted 0@9'),
    );
    expect(broken).toMatchObject([{ observed: 'given up 9 s after it was accepted' }]);
  });

  test('is broken by one that is not tried again', () => {
    expect(decided(thr02, view(reserve(), 'e1: accept, throttle@1'))).toMatchObject({ broken: [{}] });
  });

  test('grants that an event is given up when its next try would come after its age limit', () => {
    const given = reserve({ ...failed, ageSeconds: 300 });
    const history = view(given, 'e1: accept, throttle@1, throttle@200, record EventAgeExceeded 0@200');
    expect(decided(thr02, history)).toMatchObject(KEPT);
  });

  test('does not say what is deleted from a long queue', () => {
    const lines = Array.from({ length: 100 }, (_, k) => `e${k + 1}: accept, throttle@1`);
    expect(decided(thr02, view(reserve(), ...lines))).toMatchObject({ broken: [], kept: 0 });
  });

  test('leaves out functions whose reserve was 0, and those that fail before their handler', () => {
    for (const odd of [{ reservedConcurrency: 0 }, { initSeconds: 12 }]) {
      expect(decided(thr02, view(reserve({ function: odd }), 'e1: accept, throttle@1'))).toMatchObject(
        NOTHING,
      );
    }
  });
});

describe('ASYNC-THR-03', () => {
  const tries = (...at: number[]) => `e1: accept, ${at.map((time) => `throttle@${time}`).join(', ')}`;

  test('is kept by waits that double from one second up to five minutes', () => {
    const history = view(reserve(), tries(0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811, 1_111, 1_411));
    expect(decided(thr03, history)).toMatchObject(KEPT);
  });

  test.each([
    ['tries each second', [0, 1, 2, 3, 4]],
    ['tries at once', [0, 0.1]],
    ['waits of an hour', [0, 1, 3_601]],
  ])('is broken by %s', (_what, times) => {
    expect(decided(thr03, view(reserve(), tries(...times))).broken).toHaveLength(1);
  });

  test('grants a wait in which two tries met a system error', () => {
    expect(decided(thr03, view(reserve(), tries(0, 1, 3, 17, 33, 65)))).toMatchObject(KEPT);
    expect(decided(thr03, view(reserve(), tries(0, 300, 600, 1_500, 1_800)))).toMatchObject(KEPT);
  });

  test('begins anew after an attempt', () => {
    const history = view(
      reserve(),
      `${tries(0, 1, 3, 7, 15)}, fail@31, throttle@91, throttle@92, throttle@94, ok@98`,
    );
    expect(decided(thr03, history)).toMatchObject(KEPT);
  });

  test('says nothing of a single throttle', () => {
    expect(decided(thr03, view(reserve(), 'e1: accept, throttle@1, ok@2'))).toMatchObject(NOTHING);
  });
});

describe('ASYNC-THR-04', () => {
  test('is kept by a throttled event that gets an attempt', () => {
    expect(decided(thr04, view(reserve(), 'e1: accept, throttle@1, fail@2'))).toMatchObject(KEPT);
  });

  test('is broken by one that gets none although the reserve is free', () => {
    const { broken } = decided(thr04, view(reserve(), 'e1: accept, throttle@1', 'e2: accept, ok@1'));
    expect(broken).toMatchObject([{ observed: 'none' }]);
  });

  test('says nothing of an event that was not throttled', () => {
    expect(decided(thr04, view(reserve(), 'e1: accept, ok'))).toMatchObject(NOTHING);
  });

  test.each([
    ['the observer left early', reserve({ closedAt: 100 })],
    ['the age limit comes first', reserve({ ageSeconds: 60 })],
    [
      'others hold all the capacity',
      {
        scenario: { account: { concurrency: 1, unreservedMinimum: 0 } },
        function: { provisioned: [{ qualifier: '1', concurrency: 1 }] },
      },
    ],
  ])('is open where %s', (_why, given: Given) => {
    expect(decided(thr04, view(given, 'e1: accept, throttle@1'))).toMatchObject({
      broken: [],
      unknown: [{}],
    });
  });
});
