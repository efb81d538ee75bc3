import { expect, test } from 'vitest';
import { of, run } from './testing/run.ts';

const failing = {
  type: 'Event',
  event: 'e1',
  payload: { raise_error: 1 },
  plan: [{ do: 'throw', message: 'intended' }],
};
const toDead = { function: { deadLetter: 'queue:dead' }, queues: [{ name: 'dead' }, { name: 'failed' }] };

test('after the default retries the event itself arrives, with the error in three attributes', () => {
  const entries = run({ ...toDead, steps: [failing] });
  const [started] = of(entries, 'started');
  const [dead, ...more] = of(entries, 'delivered');
  expect(more).toEqual([]);
  expect(dead?.at).toBeGreaterThan(180);
  expect(dead).toEqual({
    kind: 'delivered',
    at: dead?.at,
    resource: 'queue:dead',
    event: 'e1',
    body: { raise_error: 1 },
    attributes: {
      RequestID: { type: 'String', value: started?.requestId },
      ErrorCode: { type: 'Number', value: '200' },
      ErrorMessage: { type: 'String', value: 'intended' },
    },
  });
});

test('an event that succeeds leaves no dead letter', () => {
  expect(of(run({ ...toDead, steps: [{ ...failing, plan: ['throw', 'ok'] }] }), 'delivered')).toEqual([]);
});

test('destination and dead-letter queue both get a discarded event, each in its form', () => {
  const entries = run({
    ...toDead,
    function: { ...toDead.function, eventInvoke: [{ qualifier: '$LATEST', onFailure: 'queue:failed' }] },
    steps: [failing],
  });
  const bodies = new Map(of(entries, 'delivered').map(({ resource, body }) => [resource, body]));
  expect(bodies.get('queue:dead')).toEqual({ raise_error: 1 });
  expect(bodies.get('queue:failed')).toMatchObject({ requestPayload: { raise_error: 1 } });
});

test('all versions use the dead-letter target of the function', () => {
  const entries = run({
    ...toDead,
    function: { ...toDead.function, versions: 1 },
    steps: [{ ...failing, qualifier: '1' }],
  });
  expect(of(entries, 'delivered')).toMatchObject([{ resource: 'queue:dead' }]);
});

test('of a long error message the first kilobyte arrives', () => {
  const long = { ...failing, plan: [{ do: 'throw', message: 'x'.repeat(3_000) }] };
  const [dead] = of(run({ ...toDead, steps: [long] }), 'delivered');
  expect(dead?.attributes?.['ErrorMessage']?.value).toHaveLength(1_024);
});

test.each([
  [
    'the target was deleted',
    [
      { do: 'remove', resource: 'queue:dead' },
      { ...failing, atSeconds: 1 },
    ],
  ],
  ['the attributes make it too large', [{ ...failing, payload: { $filler: 1_048_570 } }]],
])('the event is deleted where %s', (_why, steps) => {
  const entries = run({ ...toDead, steps });
  expect(of(entries, 'delivered')).toEqual([]);
  expect(of(entries, 'started')).toHaveLength(3);
  expect(of(entries, 'metric')).toContainEqual(
    expect.objectContaining({ name: 'DeadLetterErrors', value: 1 }),
  );
});
