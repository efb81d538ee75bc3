/** Scenarios written by hand, on which no rule may fire: what random campaigns walk past. */
import { expect, test } from 'vitest';
import { rules } from '../../specs/catalogue.ts';
import { findings } from './testing/mutants.ts';
import { SEEDS, scenarioFrom, type Written } from './testing/run.ts';

const setQueue = (atSeconds: number, Attributes: object) => ({
  atSeconds,
  do: 'request',
  operation: 'SetQueueAttributes',
  input: { QueueUrl: 'queue:q', Attributes },
});

const queue: Omit<Written, 'steps'> = {
  functions: [{ name: 'f', timeoutSeconds: 3 }],
  queues: [{ name: 'q', visibilityTimeoutSeconds: 5 }, { name: 'dead' }],
  mappings: [{ name: 'm', source: 'queue:q', function: 'f' }],
};

const send = (atSeconds: number, ...records: object[]) => ({
  atSeconds,
  do: 'send',
  to: 'queue:q',
  records,
});

const redrive = { RedrivePolicy: { deadLetterTargetArn: 'queue:dead', maxReceiveCount: 2 } };
const failing = { plan: ['throw', 'throw', 'throw', 'throw', 'throw', 'throw'] };

const scenarios: Record<string, Written> = {
  'a redrive policy set under way': {
    ...queue,
    steps: [
      send(0, { record: 'a', ...failing }, { record: 'b' }),
      setQueue(2, redrive),
      send(30, { record: 'c' }),
    ],
  },
  'a redrive policy set under way, as JSON text': {
    ...queue,
    steps: [
      send(0, { record: 'a', ...failing }),
      setQueue(2, { RedrivePolicy: JSON.stringify(redrive.RedrivePolicy) }),
    ],
  },
  'a delay of ten minutes set under way': {
    ...queue,
    steps: [send(0, { record: 'a' }), setQueue(5, { DelaySeconds: '600' }), send(10, { record: 'b' })],
  },
  'a shorter retention set under way': {
    ...queue,
    steps: [send(0, { record: 'a', ...failing }), setQueue(5, { MessageRetentionPeriod: '60' })],
  },
};

test.each(Object.entries(scenarios))('%s', (_name, written) => {
  const scenario = scenarioFrom(written);
  for (const seed of SEEDS.slice(0, 10)) expect(findings(rules, [scenario], seed).broken).toEqual({});
});
