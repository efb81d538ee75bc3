import { describe, expect, test } from 'vitest';
import type { Metric } from '../../engine/history.ts';
import { filler } from '../../engine/json.ts';
import { type SeenCall, seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { rej01, rej02, rej03, rej04, rej05 } from './rejections.ts';

type Step = SeenCall['step'];
const noPayload = { payload: undefined } as unknown as NonNullable<Step>;

const badBody: Step = { ...noPayload, body: '{"n":' };
const nobody: Step = { function: 'nobody' };
const tooLarge: Step = { payload: filler(7_000_000) };
const xml: Step = { contentType: 'application/xml' };

describe.each([
  ['SYNC-REJ-01', rej01, badBody, 400, 'InvalidRequestContentException'],
  ['SYNC-REJ-02', rej02, nobody, 404, 'ResourceNotFoundException'],
  ['SYNC-REJ-03', rej03, tooLarge, 413, 'RequestTooLargeException'],
  ['SYNC-REJ-04', rej04, xml, 415, 'UnsupportedMediaTypeException'],
] as const)('%s', (_, rule, step, status, error) => {
  test('is kept by the documented refusal', () => {
    expect(decided(rule, seen({}, { step, rejected: { status, error } }))).toMatchObject({
      kept: 1,
      broken: [],
    });
  });

  test('is broken by success, by another status and by another error', () => {
    for (const call of [
      { step, attempts: ['ok'], answered: {} },
      { step, rejected: { status: 418, error } },
      { step, rejected: { status: 500, error: 'InternalError' } },
      { step, rejected: { status, error: 'ValidationException' } },
    ] as const) {
      expect(decided(rule, seen({}, call)).broken).toHaveLength(1);
    }
  });

  test('says nothing of a sound call', () => {
    expect(decided(rule, seen({}, { attempts: ['ok'], answered: {} }))).toMatchObject({
      kept: 0,
      broken: [],
    });
  });

  test('is open for a refusal for want of capacity, or for trouble of the service', () => {
    for (const other of [429, 503]) {
      const view = seen({}, { step, rejected: { status: other, error: 'Other' } });
      expect(decided(rule, view)).toMatchObject({ kept: 0, broken: [] });
    }
  });

  test('is not asked about a call with two flaws', () => {
    const second = step === nobody ? badBody : nobody;
    const view = seen({}, { step: { ...step, ...second }, rejected: { status: 418, error: 'Teapot' } });
    expect(decided(rule, view)).toMatchObject({ kept: 0, broken: [] });
  });
});

describe('SYNC-REJ-01', () => {
  test('does not take blanks, or JSON in the guise of a body, for a flaw', () => {
    for (const body of [' ', '123']) {
      const view = seen({}, { step: { ...noPayload, body }, attempts: ['ok'], answered: {} });
      expect(decided(rej01, view)).toMatchObject({ kept: 0, broken: [] });
    }
  });
});

describe('SYNC-REJ-02', () => {
  const functions = [{ versions: 2, aliases: [{ name: 'live', version: '1' }] }];

  test('knows versions and aliases that are there from those that are not', () => {
    const missing = ['3', 'gone'].map(
      (qualifier) => ({ step: { qualifier }, attempts: ['ok'], answered: {} }) as const,
    );
    const there = ['2', 'live', '$LATEST'].map(
      (qualifier) => ({ step: { qualifier }, attempts: ['ok'], answered: {} }) as const,
    );
    expect(decided(rej02, seen({ functions }, ...missing, ...there)).broken).toHaveLength(2);
  });

  test('holds for Event calls as well', () => {
    const view = seen({}, { step: { ...nobody, type: 'Event' }, answered: {} });
    expect(decided(rej02, view).broken).toMatchObject([{ observed: 'status 202' }]);
  });
});

describe('SYNC-REJ-03', () => {
  test('is broken by a refusal of what is well below the limit', () => {
    const view = seen(
      {},
      { step: { payload: filler(5_000_000) }, rejected: { status: 413, error: 'RequestTooLargeException' } },
    );
    expect(decided(rej03, view).broken).toHaveLength(1);
  });

  test('does not judge within the margin, on neither side', () => {
    for (const bytes of [6_291_000, 6_292_000]) {
      const step = { payload: filler(bytes) };
      const view = seen(
        {},
        { step, answered: {} },
        { step, rejected: { status: 413, error: 'RequestTooLargeException' } },
      );
      expect(decided(rej03, view)).toMatchObject({ kept: 0, broken: [] });
    }
  });
});

describe('SYNC-REJ-04', () => {
  test('leaves kinds of JSON alone', () => {
    for (const contentType of ['application/json; charset=utf-8', 'application/x-amz-json-1.1']) {
      const view = seen({}, { step: { contentType }, attempts: ['ok'], answered: {} });
      expect(decided(rej04, view)).toMatchObject({ kept: 0, broken: [] });
    }
  });
});

describe('SYNC-REJ-05', () => {
  const metric = (name: Metric['name'], value: number): Metric => ({
    kind: 'metric',
    at: 9,
    function: 'f',
    name,
    value,
  });

  test('is kept by a refused call that leaves no trace', () => {
    const view = seen(
      { entries: [metric('Invocations', 1), metric('Errors', 1)] },
      { rejected: {} },
      { attempts: ['throw'], answered: {} },
    );
    expect(decided(rej05, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is broken by an attempt under the request id of the refusal', () => {
    expect(decided(rej05, seen({}, { attempts: ['ok'], rejected: {} })).broken).toMatchObject([
      { observed: 'an attempt' },
    ]);
  });

  test('is broken by metrics that count it', () => {
    for (const name of ['Invocations', 'Errors'] as const) {
      const view = seen(
        { entries: [metric(name, 2)] },
        { rejected: {} },
        { attempts: ['throw'], answered: {} },
      );
      expect(decided(rej05, view).broken).toHaveLength(1);
    }
  });

  test('says nothing of an accepted call, nor of an error of the service itself', () => {
    const view = seen(
      {},
      { attempts: ['ok'], answered: {} },
      { attempts: ['ok'], rejected: { status: 500 } },
    );
    expect(decided(rej05, view)).toMatchObject({ kept: 0, broken: [] });
  });

  test('grants invocations that failed before the handler was entered', () => {
    const view = seen(
      { entries: [metric('Invocations', 4)] },
      { rejected: {} },
      { answered: { functionError: 'Unhandled' } },
      { step: { type: 'Event' }, answered: {} },
    );
    expect(decided(rej05, view)).toMatchObject({ kept: 1, broken: [] });
  });

  test('is open where the attempt may be that of a call that looks the same', () => {
    const step = { payload: 1 };
    const view = seen(
      {},
      { step, attempts: [{ planned: 'ok', requestId: 'r-x' }], rejected: {} },
      { step, answered: {} },
    );
    expect(decided(rej05, view)).toMatchObject({ kept: 0, broken: [] });
  });
});
