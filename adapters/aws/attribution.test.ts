import { expect, test } from 'vitest';
import { scenarioSchema } from '../../engine/scenario.ts';
import { Attribution } from './attribution.ts';

/** Attribution of a scenario with functions f and g whose calls have all left. */
function sent(...steps: object[]): Attribution {
  const attribution = new Attribution(
    scenarioSchema.parse({
      scenario: 1,
      functions: [{ name: 'f' }, { name: 'g' }],
      steps: steps.map((step) => ({ atSeconds: 0, do: 'invoke', function: 'f', type: 'Event', ...step })),
    }),
  );
  for (const event of attribution.events.values()) event.isSent = true;
  return attribution;
}

test('an attempt is told by its payload, key order aside', () => {
  const attribution = sent({ event: 'e1', payload: { a: 1, b: 2 } }, { event: 'e2', payload: [1] });
  expect(attribution.ofAttempt('f', 'r1', { b: 2, a: 1 })?.id).toBe('e1');
  expect(attribution.ofAttempt('f', 'r2', [1])?.id).toBe('e2');
});

test('null, and no payload at all, are two different events', () => {
  const attribution = sent({ event: 'e1', payload: null }, { event: 'e2' });
  expect(attribution.ofAttempt('f', 'r1', {})?.id).toBe('e2');
  expect(attribution.ofAttempt('f', 'r2', null)?.id).toBe('e1');
});

test('a retry is told by its request id, even with a changed payload', () => {
  const attribution = sent({ event: 'e1', payload: 1 }, { event: 'e2', payload: 2 });
  attribution.ofAttempt('f', 'r1', 1);
  expect(attribution.ofAttempt('f', 'r1', 2)?.id).toBe('e1');
  expect(attribution.events.get('e1')?.attempts).toBe(2);
});

test('repeated events share a payload: the oldest without an attempt comes first', () => {
  const attribution = sent({ event: 'e1', payload: 1, times: 3 });
  const ids = ['r1', 'r2', 'r3'].map((requestId) => attribution.ofAttempt('f', requestId, 1)?.id);
  expect(ids).toEqual(['e1', 'e1#2', 'e1#3']);
});

test('an answer that comes after the attempt outranks the payload', () => {
  const attribution = sent({ event: 'e1', payload: 1, times: 2 });
  const assumed = attribution.ofAttempt('f', 'r2', 1);
  expect(assumed?.id).toBe('e1');
  attribution.answered('e1#2', 'r2');
  expect(attribution.revised('r2', assumed, 'f')?.id).toBe('e1#2');
});

test('a request id that two answers share tells nothing', () => {
  const attribution = sent({ event: 'e1', payload: 1 }, { event: 'e2', payload: 2 });
  attribution.answered('e1', 'same');
  attribution.answered('e2', 'same');
  expect(attribution.ofAttempt('f', 'same', 2)?.id).toBe('e2');
  expect(attribution.revised('same', undefined, 'f')).toBeUndefined();
});

test('a changed payload belongs to the only event that still waits, or to none', () => {
  const attribution = sent({ event: 'e1', payload: 1 }, { event: 'e2', payload: 2 });
  expect(attribution.ofAttempt('f', 'r0', 'odd')).toBeUndefined();
  attribution.ofAttempt('f', 'r1', 1);
  expect(attribution.ofAttempt('f', 'r2', 'odd')?.id).toBe('e2');
});

test('a body that is no JSON, let in as an empty event, is not one attempt more of another event', () => {
  const attribution = sent(
    { event: 'e1', type: 'RequestResponse' },
    { event: 'e2', type: 'RequestResponse', body: '{nope' },
  );
  expect(attribution.ofAttempt('f', 'r1', {})?.id).toBe('e1');
  expect(attribution.ofAttempt('f', 'r2', {})?.id).toBe('e2');
});

test('a record for a function is no event of that function', () => {
  const attribution = sent({ event: 'e1', function: 'g', payload: 1 }, { event: 'e2', payload: 2 });
  const record = { requestContext: { requestId: 'r2' }, requestPayload: 2 };
  attribution.ofAttempt('f', 'r2', 2);
  expect(attribution.ofAttempt('g', 'r9', record)).toBeUndefined();
  expect(attribution.ofDelivery('r2', 2)?.id).toBe('e2');
});

test('a delivery is told by request id, else by a payload that only one event has', () => {
  const attribution = sent({ event: 'e1', payload: 1 }, { event: 'e2', function: 'g', payload: 1 });
  attribution.answered('e2', 'r2');
  expect(attribution.ofDelivery('r2', 1)?.id).toBe('e2');
  expect(attribution.ofDelivery('unknown', 1)).toBeUndefined();
  expect(sent({ event: 'e1', payload: 1 }).ofDelivery(undefined, 1)?.id).toBe('e1');
});

test('large payloads are compared in their short form', () => {
  const attribution = sent({ event: 'e1', payload: { big: { $filler: 5_000 } } });
  expect(attribution.ofAttempt('f', 'r1', { big: { $filler: 5_000 } })?.id).toBe('e1');
});

test('a body that is JSON is told by what it says, on each attempt', () => {
  const attribution = sent({ event: 'e1', body: '{"n": 1}' }, { event: 'e2', body: 'null' });
  expect(attribution.ofAttempt('f', 'r1', { n: 1 })?.id).toBe('e1');
  expect(attribution.ofAttempt('f', 'r2', null)?.id).toBe('e2');
  expect(attribution.ofAttempt('f', 'r3', { n: 1 })?.id).toBe('e1');
});
