import { describe, expect, test } from 'vitest';
import { redelivered } from '../testing/changed.ts';
import { decided, type Given, view } from '../testing/notation.ts';
import { dlq03 } from './deadLetterAttributes.ts';

const SILENT = { kept: 0, broken: [], unknown: [] };
const KEPT = { kept: 1, broken: [], unknown: [] };
const dead: Given = {
  retries: 0,
  function: { deadLetter: 'queue:dead', eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 0 }] },
};
const discarded = view(dead, 'e1: accept, fail, dead');

describe('ASYNC-DLQ-03', () => {
  const withAttribute = (name: string, attribute: { type: string; value: string } | undefined) =>
    redelivered(discarded, (entry) => {
      const { [name]: _, ...others } = entry.attributes ?? {};
      return { ...entry, attributes: attribute === undefined ? others : { ...others, [name]: attribute } };
    });

  test('is kept by the three attributes', () => {
    expect(decided(dlq03, discarded)).toMatchObject(KEPT);
  });

  test.each(['RequestID', 'ErrorCode', 'ErrorMessage'])('is broken without %s', (name) => {
    expect(decided(dlq03, withAttribute(name, undefined)).broken).toMatchObject([{ observed: 'none' }]);
  });

  test.each([
    ['RequestID', 'String', 'another'],
    ['ErrorCode', 'String', '200'],
    ['ErrorCode', 'Number', 'Unhandled'],
    ['ErrorMessage', 'Number', '1'],
    ['ErrorMessage', 'String', 'm'.repeat(1_025)],
  ])('is broken by %s, a %s', (name, type, value) => {
    expect(decided(dlq03, withAttribute(name, { type, value })).broken).toHaveLength(1);
  });

  test('says nothing without a dead letter', () => {
    expect(decided(dlq03, view(dead, 'e1: accept, fail'))).toMatchObject(SILENT);
  });

  test('asks for no error where no attempt ran', () => {
    const given: Given = { function: { deadLetter: 'queue:dead', reservedConcurrency: 0 } };
    const seen = redelivered(view(given, 'e1: accept, dead'), (entry) => ({
      ...entry,
      attributes: { RequestID: { type: 'String', value: 'r-e1' } },
    }));
    expect(decided(dlq03, seen)).toMatchObject(KEPT);
  });

  test('does not compare errors where the last attempt may have failed in its initialisation', () => {
    const spec = {
      deadLetter: 'queue:dead',
      initSeconds: 12,
      timeoutSeconds: 1,
      eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 0 }],
    };
    const seen = view({ function: spec }, 'e1: accept, fail, dead');
    const [step] = seen.history.scenario.steps;
    if (step?.do !== 'invoke') throw new Error('the scenario has a call');
    step.plan = [{ do: 'throw', message: 'first' }];
    expect(decided(dlq03, seen)).toMatchObject(KEPT);
  });
});
