import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../../engine/scenario.ts';
import { streamRules } from '../../../specs/streams/index.ts';
import { breaking, findings, isNoticed } from '../testing/mutants.ts';
import { scenarioFrom } from '../testing/run.ts';

type Part = Readonly<Record<string, unknown>>;

const send = (atSeconds: number, to: string, ...records: (string | Part)[]): Part => ({
  ...{ atSeconds, do: 'send', to },
  records: records.map((record) => (typeof record === 'string' ? { record } : record)),
});
const request = (atSeconds: number, operation: string, input: Part, mapping?: string): Part => ({
  ...{ atSeconds, do: 'request', operation, input },
  ...(mapping === undefined ? {} : { mapping }),
});
const reserve = (atSeconds: number, concurrency: number): Part =>
  request(atSeconds, 'PutFunctionConcurrency', {
    ...{ FunctionName: 'f', ReservedConcurrentExecutions: concurrency },
  });

const mapped = (name: string, source: string, more: Part): Part => ({
  ...{ name, source, function: 'f', startingPosition: 'TRIM_HORIZON' },
  ...more,
});

/** Where failure records go. */
const PLACES = {
  queues: [{ name: 'failed' }],
  topics: [{ name: 'news' }],
  buckets: [{ name: 'store' }],
};

const stream = (mapping: Part, ...steps: Part[]): Scenario =>
  scenarioFrom({ ...PLACES, streams: [{ name: 's' }], mappings: [mapped('m', 'stream:s', mapping)], steps });
const shards = (mapping: Part, ...steps: Part[]): Scenario =>
  scenarioFrom({
    ...PLACES,
    streams: [{ name: 's', shards: 4 }],
    mappings: [mapped('m', 'stream:s', mapping)],
    steps,
  });
const table = (mappings: Part[], ...steps: Part[]): Scenario =>
  scenarioFrom({
    functions: [{ name: 'f' }, { name: 'g' }],
    ...PLACES,
    tables: [{ name: 't' }],
    mappings: mappings.map((mapping, n) => mapped(`m${n + 1}`, 'table:t', mapping)),
    steps,
  });
const created = (input: Part, ...steps: Part[]): Scenario =>
  scenarioFrom({
    streams: [{ name: 's' }],
    tables: [{ name: 't' }],
    steps: [
      send(0, 'stream:s', 'r1', 'r2', 'r3'),
      request(
        5,
        'CreateEventSourceMapping',
        { FunctionName: 'f', EventSourceArn: 'stream:s', ...input },
        'm',
      ),
      ...steps,
    ],
  });

const many = (count: number, more: (n: number) => Part = () => ({})): Part[] =>
  Array.from({ length: count }, (_, n) => ({ record: `r${n + 1}`, ...more(n + 1) }));
const slow = (outcome: string) => ({ do: outcome, afterSeconds: 1 });
const throwing = (times: number): string[] => [...Array.from({ length: times }, () => 'throw'), 'ok'];

/** The `poison`-th of several records does so. */
const withPoison = (count: number, poison: number, plan: unknown[]): Part[] =>
  many(count, (n) => (n === poison ? { plan } : {}));

const toQueue = { onFailure: 'queue:failed' };
const once = { maximumRetryAttempts: 1, ...toQueue };
const report = { do: 'report' };

/** Order, attempts at once, and what waits for a failure. */
const orderly: readonly Scenario[] = [
  stream({ batchSize: 3 }, send(0, 'stream:s', ...many(9, () => ({ key: 'k', plan: [slow('ok')] })))),
  stream(
    { parallelizationFactor: 3, batchSize: 2 },
    send(0, 'stream:s', ...many(24, (n) => ({ key: `k${n % 3}`, plan: [slow('ok')] }))),
  ),
  stream(
    { parallelizationFactor: 2, batchSize: 2 },
    send(0, 'stream:s', ...many(6, (n) => ({ key: 'k', plan: n === 1 ? ['throw', 'ok'] : ['ok'] }))),
  ),
  shards({ batchSize: 2 }, send(0, 'stream:s', ...many(24, (n) => (n === 1 ? { plan: throwing(8) } : {})))),
  stream({}, send(0, 'stream:s', { record: 'r1', plan: throwing(3) }), send(0.1, 'stream:s', 'r2', 'r3')),
  // What always fails blocks its shard until it has left the stream.
  stream(
    { ...toQueue },
    send(0, 'stream:s', { record: 'r1', plan: ['throw'] }),
    send(1_000, 'stream:s', 'r2'),
  ),
  stream({}, send(0, 'stream:s', 'r1'), send(30, 'stream:s', 'r2'), send(60, 'stream:s', 'r3')),
  stream(
    { batchSize: 1 },
    send(0, 'stream:s', ...many(4, () => ({ key: 'k', plan: [slow('ok')] }))),
    { atSeconds: 1, do: 'reshard', stream: 'stream:s', shard: 0, action: 'split' },
    send(1.5, 'stream:s', { record: 'r5', key: 'k' }),
  ),
];

/** Retries with their bounds, and what is told of their end. */
const bounded: readonly Scenario[] = [
  stream({ ...once, batchSize: 2 }, send(0, 'stream:s', ...withPoison(5, 2, ['throw']))),
  stream({ ...once, batchSize: 2 }, send(0, 'stream:s', ...withPoison(5, 2, ['throw', 'ok']))),
  stream({ ...once, onFailure: 'topic:news' }, send(0, 'stream:s', ...withPoison(3, 1, ['timeout']))),
  stream({ ...once, onFailure: 'bucket:store' }, send(0, 'stream:s', ...withPoison(3, 1, ['throw']))),
  stream(
    { ...once, batchSize: 1 },
    { atSeconds: 0, do: 'remove', resource: 'queue:failed' },
    send(10, 'stream:s', ...withPoison(3, 1, ['throw'])),
  ),
  stream(
    once,
    send(0, 'stream:s', { record: 'r1', plan: ['throw'] }),
    reserve(0.5, 0),
    send(5, 'stream:s', 'r2', 'r3'),
    reserve(60, 10),
    send(90, 'stream:s', 'r4'),
  ),
  stream(
    { ...once, batchSize: 1 },
    reserve(0, 0),
    send(10, 'stream:s', 'r1'),
    reserve(60, 10),
    send(61, 'stream:s', 'r2', 'r3'),
  ),
  stream(
    { maximumRecordAgeSeconds: 60, windowSeconds: 20, batchSize: 2, ...toQueue },
    send(0, 'stream:s', { record: 'r1', plan: ['throw'] }),
    send(10, 'stream:s', { record: 'r2', plan: throwing(9) }, 'r3'),
  ),
];

/** Batches that are cut, or succeed in part. */
const parts: readonly Scenario[] = [
  stream({ bisects: true, batchSize: 8 }, send(0, 'stream:s', ...withPoison(8, 3, throwing(4)))),
  stream(
    { bisects: true, batchSize: 8, maximumRetryAttempts: 1, ...toQueue },
    send(0, 'stream:s', ...withPoison(8, 6, ['throw'])),
  ),
  stream(
    { bisects: true, batchSize: 2, maximumRetryAttempts: 5, ...toQueue },
    send(0, 'stream:s', ...withPoison(2, 1, ['throw'])),
  ),
  stream(
    { bisects: true, reportsItemFailures: true, batchSize: 6 },
    send(0, 'stream:s', ...withPoison(6, 2, throwing(3))),
  ),
  stream(
    { bisects: true, reportsItemFailures: true, batchSize: 6 },
    send(0, 'stream:s', ...withPoison(6, 4, [report, 'ok'])),
  ),
  stream(
    { reportsItemFailures: true, batchSize: 6, ...once },
    send(0, 'stream:s', ...many(6, (n) => ({ plan: n === 3 || n === 5 ? [report, 'ok'] : ['ok'] }))),
  ),
  stream(
    { reportsItemFailures: true, batchSize: 3, ...once },
    send(0, 'stream:s', ...withPoison(3, 3, [report])),
  ),
];

const position = { StartingPosition: 'TRIM_HORIZON' };
const text = { record: 'r1', text: 'plain' };
const kinds = many(8, (n) => ({ body: { kind: n % 2 === 0 ? 'a' : 'b' } }));

/** Where reading begins, what it leaves out, and what it shows. */
const reading: readonly Scenario[] = [
  created(position),
  created({ StartingPosition: 'LATEST' }, send(60, 'stream:s', 'r4')),
  created({ StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 0 }, send(3, 'stream:s', 'r4')),
  created({}),
  created({ EventSourceArn: 'table:t', StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: 0 }),
  created({ ...position, FilterCriteria: { Filters: [{ Pattern: '{"data":["text"]}' }] } }),
  stream({ filters: [{ data: { kind: ['a'] } }], ...once }, send(0, 'stream:s', ...kinds)),
  stream({ filters: [{ data: { kind: ['a'] } }] }, send(0, 'stream:s', text, 'r2')),
  table(
    [{}, { function: 'g' }],
    send(0, 'table:t', ...many(4, () => ({ key: 'k' }))),
    send(40, 'table:t', { record: 'r5', key: 'k' }, { record: 'r6', key: 'k', change: 'remove' }),
  ),
  table([{}], send(0, 'table:t', { record: 'r1', key: 'k', plan: throwing(2) }, { record: 'r2', key: 'k' })),
  scenarioFrom({
    tables: [{ name: 't', view: 'KEYS_ONLY' }],
    mappings: [mapped('m', 'table:t', {})],
    steps: [send(0, 'table:t', 'r1')],
  }),
];

const state = (stateBytes: number) => ({ do: 'ok', stateBytes });

/** Tumbling windows. */
const windowed: readonly Scenario[] = [
  stream(
    { tumblingWindowSeconds: 10, batchSize: 1 },
    send(0, 'stream:s', ...many(3)),
    send(12, 'stream:s', { record: 'r4' }, { record: 'r5', plan: throwing(1) }),
    ...[19, 20, 21, 22].map((atSeconds) => send(atSeconds, 'stream:s', `r${atSeconds}`)),
  ),
  stream(
    { tumblingWindowSeconds: 30, batchSize: 1 },
    send(0, 'stream:s', 'r1', { record: 'r2', plan: [state(1_200_000)] }, 'r3'),
  ),
  stream(
    { tumblingWindowSeconds: 30 },
    send(0, 'stream:s', { record: 'r1', plan: [{ do: 'ok', value: { count: 1 } }, 'ok'] }),
  ),
  stream(
    { tumblingWindowSeconds: 60, batchSize: 1, finalPlan: ['throw', 'ok'] },
    send(0, 'stream:s', ...many(3)),
    { atSeconds: 3, do: 'reshard', stream: 'stream:s', shard: 0, action: 'split' },
    send(5, 'stream:s', ...['r4', 'r5', 'r6', 'r7']),
  ),
];

const scenarios = [...orderly, ...bounded, ...parts, ...reading, ...windowed];

describe('mutants of streams', () => {
  test.each(breaking(streamRules))('$id notices: $mutant.name', ({ id, mutant: { policy, tamper } }) => {
    expect(isNoticed(id, streamRules, scenarios, { policy, tamper })).toBe(true);
  });

  test('each MUST and SHOULD has one', () => {
    const noticed = new Set(breaking(streamRules).map(({ id }) => id));
    const those = streamRules.filter(({ level }) => level !== 'MAY');
    expect(those.map(({ id }) => id).filter((id) => !noticed.has(id))).toEqual([]);
  });
});

describe('the reference model', () => {
  test('breaks none of the rules on streams, whatever the seed', () => {
    for (let seed = 1; seed <= 50; seed++) expect(findings(streamRules, scenarios, seed).broken).toEqual({});
  });

  test('gives each of them something to speak of', () => {
    const spoken = new Set([1, 2, 3].flatMap((seed) => [...findings(streamRules, scenarios, seed).spoken]));
    const silent = streamRules.filter(({ id, level }) => level !== 'MAY' && !spoken.has(id));
    expect(silent.map(({ id }) => id)).toEqual([]);
  });
});
