import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../../engine/scenario.ts';
import { mappingRules } from '../../../specs/mappings/index.ts';
import { breaking, findings, isNoticed } from '../testing/mutants.ts';
import { scenarioFrom } from '../testing/run.ts';

type Part = Readonly<Record<string, unknown>>;
type Step = Readonly<Record<string, unknown>>;

const send = (atSeconds: number, to: string, ...records: (string | Part)[]): Step => ({
  ...{ atSeconds, do: 'send', to },
  records: records.map((record) => (typeof record === 'string' ? { record } : record)),
});
const request = (atSeconds: number, operation: string, input: Part, mapping?: string): Step => ({
  ...{ atSeconds, do: 'request', operation, input },
  ...(mapping === undefined ? {} : { mapping }),
});
const update = (atSeconds: number, input: Part): Step =>
  request(atSeconds, 'UpdateEventSourceMapping', { UUID: 'mapping:m', ...input });

/** What a mutant never deletes comes again for an hour, not for four days. */
const queue = (mapping: Part, ...steps: Step[]): Scenario =>
  scenarioFrom({
    function: { versions: 2 },
    queues: [{ name: 'q', visibilityTimeoutSeconds: 10, retentionSeconds: 3600 }],
    mappings: [{ name: 'm', source: 'queue:q', function: 'f', ...mapping }],
    steps,
  });
const stream = (mapping: Part, ...steps: Step[]): Scenario =>
  scenarioFrom({
    streams: [{ name: 's', shards: mapping['shards'] ?? 1 }],
    mappings: [
      {
        name: 'm',
        source: 'stream:s',
        function: 'f',
        startingPosition: 'TRIM_HORIZON',
        ...without(mapping, 'shards'),
      },
    ],
    steps,
  });
const without = (part: Part, key: string): Part =>
  Object.fromEntries(Object.entries(part).filter(([other]) => other !== key));

const many = (count: number, more: (n: number) => Part = () => ({})): Part[] =>
  Array.from({ length: count }, (_, n) => ({ record: `r${n + 1}`, ...more(n) }));
const kinds = many(8, (n) => ({ body: { kind: n % 2 === 0 ? 'a' : 'b', n: 300 } }));
const filtered = (...filters: unknown[]): Scenario => queue({ filters }, send(0, 'queue:q', ...kinds));
const responding = (as: string, mapping: Part = { reportsItemFailures: true }): Scenario[] => {
  const records = [{ record: 'r1', plan: [{ do: 'report', as }, 'ok'] }];
  return [queue(mapping, send(0, 'queue:q', ...records)), stream(mapping, send(0, 'stream:s', ...records))];
};

/** Between them they give every rule its subjects. */
const scenarios: readonly Scenario[] = [
  scenarioFrom({
    function: { deadLetter: 'queue:dead' },
    queues: [{ name: 'q', visibilityTimeoutSeconds: 10 }, { name: 'dead' }],
    mappings: [{ name: 'm', source: 'queue:q', function: 'f' }],
    steps: [send(0, 'queue:q', { record: 'r1', plan: ['throw', 'ok'] })],
  }),
  stream({ batchSize: 2 }, send(0, 'stream:s', ...many(7))),
  queue({}, send(0, 'queue:q', ...many(10, () => ({ body: { $filler: 1_000_000 } })))),
  stream({ shards: 4 }, send(0, 'stream:s', ...many(12))),
  queue({}, send(0, 'queue:q', 'r1')),
  stream({ windowSeconds: 20 }, send(0, 'stream:s', 'r1'), send(30, 'stream:s', 'r2')),
  scenarioFrom({
    brokerQueues: [{ name: 'b', engine: 'rabbitMq' }],
    mappings: [{ name: 'm', source: 'broker:b', function: 'f' }],
    steps: [send(0, 'broker:b', 'r1')],
  }),
  scenarioFrom({
    brokerQueues: [{ name: 'b', engine: 'rabbitMq' }],
    mappings: [{ name: 'm', source: 'broker:b', function: 'f', windowSeconds: 20 }],
    steps: [send(30, 'broker:b', 'r1')],
  }),
  queue({}, update(0, { Enabled: false }), send(20, 'queue:q', 'r1')),
  stream(
    {},
    send(0, 'stream:s', 'r1'),
    update(20, { Enabled: false }),
    send(40, 'stream:s', 'r2'),
    update(60, { Enabled: true }),
  ),
  queue({ batchSize: 5 }, update(0, { BatchSize: 1 }), send(60, 'queue:q', ...many(6))),
  filtered({ body: { kind: ['a'] } }),
  filtered({ body: { kind: ['a'] } }, { body: { n: [1] } }),
  filtered('{"body":{"n":[300.0]}}'),
  filtered({ body: { kind: ['A'] } }),
  filtered({ body: { kind: [{ prefix: 'a' }] } }),
  queue(
    {},
    update(0, { FilterCriteria: { Filters: [{ Pattern: 'none' }] } }),
    update(30, { FilterCriteria: { Filters: [{ Pattern: '{"body":["a"]}' }] } }),
    update(60, { FilterCriteria: {} }),
  ),
  stream(
    { filters: [{ data: { kind: ['a'] } }], windowSeconds: 5, batchSize: 3 },
    send(0, 'stream:s', ...many(24, (n) => ({ key: 'k', body: { kind: n % 2 === 0 ? 'a' : 'b' } }))),
  ),
  ...responding('itself', {}),
  ...responding('empty'),
  ...responding('unknown'),
  queue({ reportsItemFailures: true }, send(0, 'queue:q', 'r1')),
  queue(
    { reportsItemFailures: true },
    send(0, 'queue:q', { record: 'r1', plan: [{ do: 'ok', value: null }] }),
  ),
  queue({ qualifier: '2' }, send(0, 'queue:q', 'r1')),
  scenarioFrom({
    functions: [{ name: 'f' }, { name: 'slow', timeoutSeconds: 900 }],
    queues: [{ name: 'q' }, { name: 'failed' }],
    streams: [{ name: 's' }],
    kafkaTopics: [{ name: 'k', on: 'msk' }],
    mappings: [{ name: 'm', source: 'queue:q', function: 'f' }],
    steps: [
      request(
        0,
        'CreateEventSourceMapping',
        {
          ...{ FunctionName: 'f', EventSourceArn: 'stream:s', StartingPosition: 'LATEST' },
          DestinationConfig: { OnSuccess: { Destination: 'queue:failed' } },
        },
        'n1',
      ),
      update(10, { DestinationConfig: { OnFailure: { Destination: 'queue:failed' } } }),
      request(20, 'CreateEventSourceMapping', { FunctionName: 'f', EventSourceArn: 'queue:q' }, 'n2'),
      request(
        30,
        'CreateEventSourceMapping',
        {
          ...{ FunctionName: 'slow', EventSourceArn: 'kafka:k', StartingPosition: 'LATEST' },
          Topics: ['kafka:k'],
        },
        'n3',
      ),
      request(
        50,
        'CreateEventSourceMapping',
        { FunctionName: 'f', EventSourceArn: 'stream:s', StartingPosition: 'LATEST' },
        'n4',
      ),
      request(60, 'DeleteEventSourceMapping', { UUID: 'mapping:m' }),
    ],
  }),
];

describe('mutants of event source mappings', () => {
  test.each(breaking(mappingRules))('$id notices: $mutant.name', ({ id, mutant: { policy, tamper } }) => {
    expect(isNoticed(id, mappingRules, scenarios, { policy, tamper })).toBe(true);
  });

  test('each MUST and SHOULD has one', () => {
    const noticed = new Set(breaking(mappingRules).map(({ id }) => id));
    const those = mappingRules.filter(({ level }) => level !== 'MAY');
    expect(those.map(({ id }) => id).filter((id) => !noticed.has(id))).toEqual([]);
  });
});

describe('the reference model', () => {
  test('breaks none of the rules on mappings, whatever the seed', () => {
    for (let seed = 1; seed <= 50; seed++) expect(findings(mappingRules, scenarios, seed).broken).toEqual({});
  });

  test('gives each of them something to speak of', () => {
    const spoken = new Set([1, 2, 3].flatMap((seed) => [...findings(mappingRules, scenarios, seed).spoken]));
    const silent = mappingRules.filter(({ id, level }) => level !== 'MAY' && !spoken.has(id));
    expect(silent.map(({ id }) => id)).toEqual([]);
  });
});
