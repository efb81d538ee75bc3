import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../../engine/scenario.ts';
import { AWS_TOLERANCES } from '../../../engine/tolerances.ts';
import { viewOf } from '../../../engine/viewOf.ts';
import { sqsRules } from '../../../specs/sqs/index.ts';
import { decided } from '../../../specs/testing/notation.ts';
import { queueNeighbours } from '../polling/sqs/neighbours.ts';
import { simulate } from '../simulate.ts';
import { breaking, findings, isNoticed } from '../testing/mutants.ts';
import { scenarioFrom } from '../testing/run.ts';

type Part = Readonly<Record<string, unknown>>;

const send = (atSeconds: number, to: string, ...records: Part[]): Part => ({
  atSeconds,
  do: 'send',
  to,
  records,
});
const request = (atSeconds: number, operation: string, input: Part, more: Part = {}): Part => ({
  atSeconds,
  do: 'request',
  operation,
  input,
  ...more,
});
const many = (count: number, more: (n: number) => Part = () => ({})): Part[] =>
  Array.from({ length: count }, (_, n) => ({ record: `r${n + 1}`, ...more(n) }));
/** What a mutant never deletes comes again for so long. */
const A_WHILE = { retentionSeconds: 900 };
const slow = (afterSeconds: number) => ({ plan: [{ do: 'ok', afterSeconds }] });

/** A queue that one mapping reads, for a function of 3 s. */
const queue = (settings: Part, mapping: Part, records: Part[], more: Part = {}): Scenario =>
  scenarioFrom({
    queues: [{ name: 'q', ...A_WHILE, ...settings }, { name: 'dead' }, { name: 'own' }],
    mappings: [{ name: 'm', source: 'queue:q', function: 'f', ...mapping }],
    steps: [send(0, 'queue:q', ...records)],
    ...more,
  });

const short = { visibilityTimeoutSeconds: 6 };
const redrive = { ...short, redrive: { to: 'queue:dead', maxReceiveCount: 2 } };
const long = { visibilityTimeoutSeconds: 200 };
const reporting = { reportsItemFailures: true };
const each = { batchSize: 1 };
const f30 = { function: { timeoutSeconds: 30 } };

const groups = (fails: boolean): Scenario =>
  scenarioFrom({
    queues: [{ name: 'q', fifo: true, ...A_WHILE, visibilityTimeoutSeconds: 20 }],
    mappings: [{ name: 'm', source: 'queue:q', function: 'f', batchSize: 2 }],
    steps: [
      send(
        0,
        'queue:q',
        ...many(12, (n) => ({
          group: n % 3 === 0 ? 'b' : 'a',
          plan: fails && n % 4 === 1 ? ['throw', 'ok'] : [{ do: 'ok', afterSeconds: 1 }],
        })),
      ),
    ],
  });

const requests: Scenario = scenarioFrom({
  function: { timeoutSeconds: 20 },
  queues: [
    { name: 'q' },
    { name: 'hasty', visibilityTimeoutSeconds: 19 },
    { name: 'fifo', fifo: true },
    { name: 'dead' },
  ],
  mappings: [
    { name: 'm', source: 'queue:q', function: 'f' },
    { name: 'n', source: 'queue:fifo', function: 'f' },
  ],
  steps: [
    request(
      0,
      'CreateEventSourceMapping',
      { EventSourceArn: 'queue:hasty', FunctionName: 'f' },
      { mapping: 'x' },
    ),
    request(20, 'UpdateEventSourceMapping', {
      UUID: 'mapping:m',
      ScalingConfig: { MaximumConcurrency: 2 },
      ProvisionedPollerConfig: { MaximumPollers: 2 },
    }),
    request(40, 'UpdateEventSourceMapping', { UUID: 'mapping:n', MaximumBatchingWindowInSeconds: 5 }),
    request(60, 'SetQueueAttributes', {
      QueueUrl: 'queue:fifo',
      Attributes: { RedrivePolicy: { deadLetterTargetArn: 'queue:dead', maxReceiveCount: 2 } },
    }),
    request(
      80,
      'CreateEventSourceMapping',
      { EventSourceArn: 'arn:aws:sqs:xx-else-1:123456789012:q', FunctionName: 'f' },
      { mapping: 'y' },
    ),
    request(100, 'UpdateEventSourceMapping', {
      UUID: 'mapping:m',
      ProvisionedPollerConfig: { MaximumPollers: 3_000 },
    }),
    request(120, 'SetQueueAttributes', { QueueUrl: 'queue:q', Attributes: { VisibilityTimeout: '5' } }),
  ],
});

/** Between them they give every rule its subjects. */
const scenarios: readonly Scenario[] = [
  queue(
    short,
    {},
    many(10, (n) => ({ plan: [n % 3 === 0 ? 'throw' : 'timeout', 'ok'] })),
    {
      function: { timeoutSeconds: 2, deadLetter: 'queue:own' },
    },
  ),
  queue(
    { visibilityTimeoutSeconds: 30 },
    {},
    many(12, (n) => ({ plan: [n % 2 === 0 ? { do: 'ok', afterSeconds: 2 } : 'throw', 'ok'] })),
  ),
  queue(
    redrive,
    each,
    many(4, () => ({ plan: ['throw'] })),
  ),
  queue({ ...redrive, retentionSeconds: 345_600 }, { filters: [{ body: { n: [1] } }] }, [], {
    steps: [
      send(0, 'queue:q', ...many(6, (n) => ({ body: { n: n % 2 } })), { record: 't1', text: 'text one' }),
      // Something to wait for, so that what is left is looked at late.
      request(60, 'GetEventSourceMapping', { UUID: 'mapping:m' }),
    ],
  }),
  queue({}, { filters: [{ messageAttributes: { x: [1] } }] }, many(2)),
  queue(
    short,
    reporting,
    many(8, (n) => ({ plan: [n % 3 === 0 ? 'report' : 'ok', 'ok'] })),
  ),
  queue(
    short,
    {},
    many(3, () => ({ plan: ['unserializable', 'ok'] })),
  ),
  queue(
    { visibilityTimeoutSeconds: 30 },
    each,
    many(9, () => slow(9)),
    {
      function: { timeoutSeconds: 10, reservedConcurrency: 1 },
    },
  ),
  queue(
    long,
    each,
    many(60, () => slow(20)),
    f30,
  ),
  queue(
    long,
    { ...each, maximumConcurrency: 2 },
    many(20, () => slow(5)),
    {
      function: { timeoutSeconds: 30, reservedConcurrency: 50 },
    },
  ),
  scenarioFrom({
    ...f30,
    queues: [
      { name: 'q', ...A_WHILE, ...long },
      { name: 'other', ...A_WHILE, ...long },
    ],
    mappings: [
      { name: 'm', source: 'queue:q', function: 'f', ...each, maximumConcurrency: 2 },
      { name: 'n', source: 'queue:other', function: 'f', ...each, maximumConcurrency: 5 },
    ],
    steps: [send(0, 'queue:q', ...many(20, () => slow(5)))],
  }),
  queue(
    long,
    { ...each, provisioned: { minimum: 2, maximum: 2 } },
    many(80, () => slow(20)),
    f30,
  ),
  queue(long, {}, many(40)),
  queue(
    short,
    each,
    many(25, () => ({ plan: [{ do: 'throw', afterSeconds: 1 }, 'ok'] })),
  ),
  queue(
    { visibilityTimeoutSeconds: 5 },
    { windowSeconds: 5 },
    many(3, () => ({ plan: ['throw', 'ok'] })),
  ),
  scenarioFrom({
    queues: [{ name: 'q', fifo: true, ...A_WHILE, visibilityTimeoutSeconds: 5 }],
    mappings: [{ name: 'm', source: 'queue:q', function: 'f', ...reporting }],
    steps: [send(0, 'queue:q', ...many(4, (n) => ({ group: 'a', plan: [n === 1 ? 'report' : 'ok', 'ok'] })))],
  }),
  queue(redrive, each, many(2), { function: { reservedConcurrency: 0 } }),
  // Throttled at first, and soon after no more: it is tried again while its message is invisible.
  queue({ ...redrive, visibilityTimeoutSeconds: 20 }, each, [], {
    steps: [
      request(0, 'PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 0 }),
      send(3, 'queue:q', { record: 'r1', plan: ['throw'] }),
      request(4, 'PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 5 }),
    ],
  }),
  scenarioFrom({
    queues: [{ name: 'q', ...A_WHILE }],
    steps: [
      send(0, 'queue:q', ...many(40)),
      request(
        5,
        'CreateEventSourceMapping',
        { EventSourceArn: 'queue:q', FunctionName: 'f' },
        { mapping: 'm' },
      ),
    ],
  }),
  queue(redrive, each, [], {
    steps: [
      send(0, 'queue:q', { record: 'r1', plan: ['throw'] }),
      { atSeconds: 1, do: 'remove', resource: 'queue:dead' },
    ],
  }),
  groups(true),
  groups(false),
  requests,
];

describe('mutants of queues', () => {
  test.each(breaking(sqsRules))('$id notices: $mutant.name', ({ id, mutant: { policy, tamper } }) => {
    expect(isNoticed(id, sqsRules, scenarios, { policy, tamper })).toBe(true);
  });

  test('each MUST and SHOULD rule has one', () => {
    const noticed = new Set(breaking(sqsRules).map(({ id }) => id));
    const open = sqsRules.filter(({ id, level }) => level !== 'MAY' && !noticed.has(id));
    expect(open.map(({ id }) => id)).toEqual([]);
  });
});

describe('the reference model', () => {
  test('breaks none of the rules on queues, whatever the seed', () => {
    for (let seed = 1; seed <= 50; seed++) expect(findings(sqsRules, scenarios, seed).broken).toEqual({});
  });

  test('gives each of them something to speak of', () => {
    const spoken = new Set([1, 2, 3].flatMap((seed) => [...findings(sqsRules, scenarios, seed).spoken]));
    expect(sqsRules.map(({ id }) => id).filter((id) => !spoken.has(id))).toEqual([]);
  });

  test.each(queueNeighbours)('is not accused where it has $name', ({ policy, tamper, tolerances }) => {
    const accused: string[] = [];
    for (let seed = 1; seed <= 10; seed++) {
      for (const scenario of scenarios) {
        const history = simulate(scenario, seed, { policy, tamper });
        const view = viewOf(history, { ...AWS_TOLERANCES, ...tolerances });
        for (const rule of sqsRules)
          for (const { expected, observed } of decided(rule, view).broken)
            accused.push(`${rule.id}: ${expected}; saw ${observed}`);
      }
    }
    expect(accused).toEqual([]);
  });
});
