import { describe, expect, test } from 'vitest';
import type { Entry } from './history.ts';
import { type Scenario, scenarioSchema } from './scenario.ts';
import { AWS_TOLERANCES } from './tolerances.ts';
import type { View } from './view.ts';
import { viewOf } from './viewOf.ts';

const scenario: Scenario = scenarioSchema.parse({
  scenario: 1,
  functions: [{ name: 'f' }],
  queues: [{ name: 'q', redrive: { to: 'queue:dead', maxReceiveCount: 1 } }, { name: 'dead' }],
  streams: [{ name: 's' }],
  mappings: [
    { name: 'm', source: 'queue:q', function: 'f', batchSize: 2 },
    { name: 'n', source: 'stream:s', function: 'f', startingPosition: 'LATEST', onFailure: 'queue:dead' },
  ],
  steps: [
    { atSeconds: 0, do: 'send', to: 'queue:q', records: [{ record: 'r', times: 2 }] },
    {
      atSeconds: 5,
      do: 'request',
      operation: 'UpdateEventSourceMapping',
      input: { UUID: 'mapping:m', BatchSize: 5 },
    },
  ],
});

function view(...entries: Entry[]): View {
  return viewOf(
    { scenario, entries: [...entries, { kind: 'closed', at: 50, isComplete: true }] },
    AWS_TOLERANCES,
  );
}

const sent = (record: string): Entry => ({
  kind: 'sent',
  at: 0.1,
  requestedAt: 0,
  step: 0,
  record,
  resource: 'queue:q',
  id: `id-${record}`,
});

const started = (attempt: string, ...records: string[]): Entry => ({
  kind: 'started',
  at: 1,
  attempt,
  function: 'f',
  version: '$LATEST',
  requestId: 'x',
  payload: null,
  planned: 'ok',
  mapping: 'm',
  records: records.map((record) => ({ record, id: `id-${record}`, receiveCount: 1 })),
});

describe('the view of what is polled', () => {
  test('leads from a record to its batches and back', () => {
    const { records, batches, mappings, attempts } = view(sent('r'), sent('r#2'), started('a1', 'r', 'r#2'));
    expect(batches).toHaveLength(1);
    expect(records.get('r')?.batches).toEqual(batches);
    expect(records.get('r#2')?.sent?.id).toBe('id-r#2');
    expect(batches[0]?.records.map((record) => record?.id)).toEqual(['r', 'r#2']);
    expect(mappings.get('m')?.batches).toEqual(batches);
    expect(attempts[0]?.batch).toBe(batches[0]);
  });

  test('knows defaults by the kind of source', () => {
    const { mappings } = view();
    expect(mappings.get('m')?.steady?.batchSize).toBe(2);
    expect(mappings.get('n')?.steady?.batchSize).toBe(100);
    expect(mappings.get('n')?.steady?.maximumRetryAttempts).toBe(-1);
  });

  test('has settings over time: a change binds some time after its answer', () => {
    const { mappings } = view(
      { kind: 'requested', at: 5, call: 'c1', step: 1 },
      { kind: 'answered', at: 5.1, call: 'c1', status: 202 },
    );
    expect(mappings.get('m')?.settings.map(({ value }) => value?.batchSize)).toEqual([2, 5]);
    expect(mappings.get('m')?.settings.at(-1)?.bindsAt).toBe(5.1 + AWS_TOLERANCES.mappingSettleSeconds);
    expect(mappings.get('m')?.steady).toBeUndefined();
  });

  test('tells messages that were redriven from failure records', () => {
    const { deliveries, records, mappings } = view(
      { kind: 'delivered', at: 3, resource: 'queue:dead', record: 'r', body: { record: 'r' } },
      { kind: 'delivered', at: 4, resource: 'queue:dead', mapping: 'n', body: { requestContext: {} } },
    );
    expect(deliveries.map(({ role }) => role)).toEqual(['redriven', 'batchRecord']);
    expect(records.get('r')?.redriven).toHaveLength(1);
    expect(mappings.get('n')?.failures).toHaveLength(1);
  });
});

describe('what handlers and services do beside', () => {
  const send = (to: string) =>
    ({ atSeconds: 0, do: 'send', to, records: [{ record: 'r1', plan: ['ok'] }] }) as const;
  const base = { scenario: 1, functions: [{ name: 'f', timeoutSeconds: 3 }] } as const;
  const started = (attempt: string, at: number, record: string, mapping?: string): Entry => ({
    ...{ kind: 'started', at, attempt, function: 'f', version: '$LATEST', requestId: attempt, payload: {} },
    ...{ planned: 'ok', records: [{ record, id: record }] },
    ...(mapping === undefined ? {} : { mapping }),
  });

  test('a message that was sent on finds its batches, also where the function’s clock is behind', () => {
    const scenario = {
      ...base,
      queues: [{ name: 'q' }],
      mappings: [{ name: 'm', source: 'queue:q', function: 'f' }],
      steps: [send('queue:q')],
    };
    const chained = {
      kind: 'sent',
      at: 2,
      requestedAt: 2,
      step: 0,
      resource: 'queue:q',
      record: 'r1.2',
    } as const;
    const entries: Entry[] = [
      started('a1', 0, 'r1', 'm'),
      started('a2', 1, 'r1.2', 'm'),
      { ...chained, chainedFrom: 'a1' },
    ];
    const view = viewOf({ scenario, entries } as never, AWS_TOLERANCES);
    expect(view.chainedRecords.map(({ id, from, batches }) => [id, from?.id, batches.length])).toEqual([
      ['r1.2', 'a1', 1],
    ]);
    expect(view.batches[1]?.records).toEqual([undefined]);
  });

  test('what a topic pushed finds its attempts', () => {
    const scenario = { ...base, topics: [{ name: 't' }], steps: [send('topic:t')] };
    const view = viewOf({ scenario, entries: [started('a1', 1, 'r1')] } as never, AWS_TOLERANCES);
    expect(view.pushes.map(({ id, attempts }) => [id, attempts.length])).toEqual([['r1', 1]]);
    expect(view.records.size).toBe(0);
  });
});
