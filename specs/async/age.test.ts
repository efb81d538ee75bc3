import { describe, expect, test } from 'vitest';
import { decided, type Given, view } from '../testing/notation.ts';
import { age01, age02, age03 } from './age.ts';

const NOTHING = { kept: 0, broken: [], unknown: [] };
const KEPT = { kept: 1, broken: [], unknown: [] };

const told: Given = {
  ageSeconds: 60,
  onFailure: 'queue:failed',
  function: { deadLetter: 'queue:dead' },
  scenario: { queues: [{ name: 'failed' }, { name: 'dead' }] },
};

describe('ASYNC-AGE-01', () => {
  test('is kept by attempts within the limit', () => {
    expect(decided(age01, view({ ageSeconds: 200 }, 'e1: accept, fail, fail, fail'))).toMatchObject(KEPT);
  });

  test('is broken by an attempt after it', () => {
    const { broken } = decided(age01, view({ ageSeconds: 100 }, 'e1: accept, throttle@1, ok@130'));
    expect(broken).toMatchObject([{ observed: 'one after 130 s' }]);
  });

  test('grants slack, and an initialisation that lasts', () => {
    expect(decided(age01, view({ ageSeconds: 60 }, 'e1: accept, ok@61'))).toMatchObject(KEPT);
    const given = { ageSeconds: 60, function: { initSeconds: 8 } };
    expect(decided(age01, view(given, 'e1: accept, ok@75'))).toMatchObject(KEPT);
  });

  test('is open where the observer left before the limit, and says nothing without an attempt', () => {
    expect(decided(age01, view({ closedAt: 30 }, 'e1: accept, ok')).unknown).toHaveLength(1);
    expect(decided(age01, view({}, 'e1: accept'))).toMatchObject(NOTHING);
  });

  test('counts a limit by the emulator’s clock or by its own', () => {
    const scaled = { ageSeconds: 60, tolerances: { retryTimeScale: 1 / 60 } };
    expect(decided(age01, view(scaled, 'e1: accept, fail, ok@3'))).toMatchObject(KEPT);
  });
});

describe('ASYNC-AGE-02', () => {
  test('is kept by an expired event that goes to the destination and the dead-letter queue', () => {
    expect(decided(age02, view(told, 'e1: accept, fail, record EventAgeExceeded 1, dead'))).toMatchObject(
      KEPT,
    );
  });

  test('is broken by one that vanishes, and by one that reaches only one of them', () => {
    expect(decided(age02, view(told, 'e1: accept, fail')).broken).toHaveLength(1);
    const { broken } = decided(age02, view(told, 'e1: accept, fail, record EventAgeExceeded 1'));
    expect(broken).toMatchObject([{ expected: 'a dead letter about e1 at queue:dead' }]);
  });

  test('is broken by one that was throttled until it was too old, and vanishes', () => {
    expect(decided(age02, view(told, 'e1: accept, throttle@1')).broken).toHaveLength(1);
  });

  test('says nothing of an event whose retries are exhausted, or that succeeded', () => {
    expect(decided(age02, view({ ...told, retries: 0 }, 'e1: accept, fail'))).toMatchObject(NOTHING);
    expect(decided(age02, view(told, 'e1: accept, ok'))).toMatchObject(NOTHING);
  });

  test('says nothing while the limit has not passed', () => {
    expect(decided(age02, view({ ...told, closedAt: 70 }, 'e1: accept, fail'))).toMatchObject(NOTHING);
  });
});

describe('ASYNC-AGE-03 reports', () => {
  test.each([
    ['fail, record EventAgeExceeded 1', 'discarded as soon as the attempt failed'],
    ['fail, record EventAgeExceeded 1@30', 'discarded before its age limit'],
    ['fail, record EventAgeExceeded 1@60', 'discarded at its age limit or later'],
    ['fail', 'not told when discarded'],
  ])('%s: %s', (words, label) => {
    expect(decided(age03, view(told, `e1: accept, ${words}`)).observed).toEqual([label]);
  });

  test('nothing of an event whose limit is far away', () => {
    expect(decided(age03, view({}, 'e1: accept, fail')).observed).toEqual([]);
  });
});
