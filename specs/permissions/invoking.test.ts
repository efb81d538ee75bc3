import { describe, expect, test } from 'vitest';
import type { Rule } from '../../engine/rule.ts';
import type { InvokeStep } from '../../engine/scenario.ts';
import { type SeenCall, seen } from '../testing/calls.ts';
import { decided } from '../testing/notation.ts';
import { inv01, inv02 } from './invoking.ts';

const kept = { kept: 1, broken: [], unknown: [] };
const denied = { status: 403, error: 'AccessDeniedException' };
const stranger = (step: Partial<InvokeStep>, rest: Omit<SeenCall, 'step'>) =>
  seen({}, { step: { asStranger: true, ...step }, ...rest });

describe.each<[Rule, Partial<InvokeStep>]>([
  [inv01, { type: 'RequestResponse' }],
  [inv01, { type: 'Event' }],
  [inv01, { type: 'DryRun' }],
  [inv01, { stream: true }],
  [inv02, { type: 'DryRun' }],
])('$id: a call as %j by a caller that may not invoke', (rule, step) => {
  test('refused with 403: kept', () => {
    expect(decided(rule, stranger(step, { rejected: denied }))).toMatchObject(kept);
  });

  test('answered: broken', () => {
    const status = step.type === 'DryRun' ? 204 : 200;
    expect(decided(rule, stranger(step, { answered: { status } })).broken).toHaveLength(1);
  });

  test('refused, and run all the same: broken', () => {
    expect(decided(rule, stranger(step, { rejected: denied, attempts: ['ok'] })).broken).toHaveLength(1);
  });

  test('refused with another error: broken', () => {
    const rejected = { status: 400, error: 'ValidationException' };
    expect(decided(rule, stranger(step, { rejected })).broken).toHaveLength(1);
  });

  test.each([429, 503, 409])('refused with %i, which says nothing of it: nobody can tell', (status) => {
    const found = decided(rule, stranger(step, { rejected: { status, error: 'Other' } }));
    expect(found).toMatchObject({ broken: [], unknown: [expect.any(String)] });
  });

  test('with another flaw beside, any refusal will do: kept', () => {
    const rejected = { status: 404, error: 'ResourceNotFoundException' };
    expect(decided(rule, stranger({ ...step, qualifier: '7' }, { rejected })).broken).toEqual([]);
  });

  test('a caller that may invoke is not concerned', () => {
    expect(decided(rule, seen({}, { step, answered: {} })).kept).toBe(0);
  });
});

test('PERM-INV-02 speaks of dry runs only', () => {
  expect(decided(inv02, stranger({ type: 'Event' }, { rejected: denied })).kept).toBe(0);
});
