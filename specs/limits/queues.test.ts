import { describe, expect, test } from 'vitest';
import type { Entry } from '../../engine/history.ts';
import type { Json } from '../../engine/json.ts';
import { type Scenario, scenarioSchema } from '../../engine/scenario.ts';
import { AWS_TOLERANCES } from '../../engine/tolerances.ts';
import { viewOf } from '../../engine/viewOf.ts';
import { decided } from '../testing/notation.ts';
import { type Answer, requests } from '../testing/requests.ts';
import { sqs01 } from './queues.ts';

const INVALID = '400 InvalidAttributeValue: no';

function set(attributes: Record<string, Json>, answer: Answer) {
  const declared = { scenario: { queues: [{ name: 'q' }] } };
  return decided(
    sqs01,
    requests(declared, ['SetQueueAttributes', { QueueUrl: 'queue:q', Attributes: attributes }, answer]),
  );
}

/** What became of one message of so many bytes. */
function sent(bytes: number, refused?: string) {
  const scenario: Scenario = scenarioSchema.parse({
    scenario: 1,
    functions: [{ name: 'f' }],
    queues: [{ name: 'q' }],
    steps: [
      { atSeconds: 0, do: 'send', to: 'queue:q', records: [{ record: 'r', body: { $filler: bytes } }] },
    ],
  });
  const told = { at: 0.1, step: 0, record: 'r', resource: 'queue:q' };
  const entry: Entry =
    refused === undefined
      ? { kind: 'sent', requestedAt: 0, ...told }
      : { kind: 'unsent', error: refused, ...told };
  const closed: Entry = { kind: 'closed', at: 1, isComplete: true };
  return decided(sqs01, viewOf({ scenario, entries: [entry, closed] }, AWS_TOLERANCES));
}

describe('LIM-SQS-01', () => {
  test.each([
    ['VisibilityTimeout', '43201', '43200'],
    ['MessageRetentionPeriod', '59', '60'],
    ['DelaySeconds', '901', '0'],
  ])('bounds %s: %s must be refused, %s taken', (name, out, inside) => {
    expect(set({ [name]: out }, INVALID)).toMatchObject({ kept: 1, broken: [] });
    expect(set({ [name]: inside }, 200)).toMatchObject({ kept: 1, broken: [] });
    expect(set({ [name]: out }, 200).broken).toHaveLength(1);
    expect(set({ [name]: inside }, INVALID).broken).toHaveLength(1);
  });

  test('says nothing of an attribute in range beside another one that it does not know', () => {
    expect(set({ DelaySeconds: '0', RedrivePolicy: '{}' }, INVALID)).toMatchObject({ kept: 0, broken: [] });
  });

  test('bounds messages: one MiB is taken, a byte more is not', () => {
    expect(sent(1_048_576)).toMatchObject({ kept: 1, broken: [] });
    expect(sent(1_048_577, 'InvalidParameterValue: too long')).toMatchObject({ kept: 1, broken: [] });
    expect(sent(1_048_577).broken).toHaveLength(1);
    expect(
      sent(1_000_000, 'InvalidParameterValue: One or more parameters are invalid: message too large').broken,
    ).toHaveLength(1);
  });

  test('does not take a queue that was not there for one that is too strict', () => {
    expect(sent(10, 'QueueDoesNotExist').broken).toEqual([]);
  });
});
