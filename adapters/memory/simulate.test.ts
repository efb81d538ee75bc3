import { describe, expect, test } from 'vitest';
import type { Entry } from '../../engine/history.ts';
import { memory } from './index.ts';
import { simulate } from './simulate.ts';
import { of, run, SEEDS, scenarioFrom } from './testing/run.ts';

/** A little of everything. */
const rich = scenarioFrom({
  account: { concurrency: 4, unreservedMinimum: 0 },
  functions: [
    {
      name: 'f',
      versions: 2,
      aliases: [{ name: 'live', version: '1', additional: { version: '2', weight: 0.3 } }],
      deadLetter: 'topic:news',
      eventInvoke: [{ qualifier: 'live', onSuccess: 'function:g', onFailure: 'bus:orders' }],
    },
    { name: 'g', fresh: true, reservedConcurrency: 1 },
  ],
  topics: [{ name: 'news' }],
  buses: [{ name: 'orders' }],
  steps: [
    { type: 'Event', event: 'e1', payload: [1], plan: ['throw', 'timeout', 'exit'], times: 4 },
    { type: 'Event', event: 'e2', qualifier: 'live', payload: null, plan: ['throw', 'ok'] },
    { atSeconds: 1, event: 'e3', payload: 'x', plan: [{ do: 'ok', afterSeconds: 1, chainTo: 'g' }] },
    { atSeconds: 1, stream: true, event: 'e4', payload: 4, logType: 'Tail', hangUpAfterSeconds: 0.1 },
    { atSeconds: 2, do: 'request', operation: 'DeleteFunctionConcurrency', input: { FunctionName: 'g' } },
    { atSeconds: 3, do: 'remove', resource: 'bus:orders' },
  ],
});

describe('a simulation', () => {
  test('of the same scenario and seed gives the same history, byte for byte', () => {
    for (const seed of SEEDS) {
      expect(JSON.stringify(simulate(rich, seed))).toBe(JSON.stringify(simulate(rich, seed)));
    }
  });

  test('of another seed gives another one', () => {
    const histories = SEEDS.map((seed) => JSON.stringify(simulate(rich, seed).entries));
    expect(new Set(histories).size).toBe(SEEDS.length);
  });

  test('tells what happened in order of time, and closes as complete', () => {
    for (const seed of SEEDS) {
      const { entries } = simulate(rich, seed);
      entries.forEach((entry, index) => {
        expect(entry.at).toBeGreaterThanOrEqual(entries[index - 1]?.at ?? 0);
        expect(Math.abs(entry.at * 1_000 - Math.round(entry.at * 1_000))).toBeLessThan(1e-6);
      });
      expect(entries.at(-1)).toMatchObject({ kind: 'closed', isComplete: true });
    }
  });

  test('shares payloads with the scenario instead of copying them', () => {
    const payload = rich.steps[0]?.do === 'invoke' ? rich.steps[0].payload : undefined;
    expect(of(simulate(rich, 1).entries, 'started').some((entry) => entry.payload === payload)).toBe(true);
  });

  test('takes minutes of the clock and none of the day', () => {
    expect(simulate(rich, 1).entries.at(-1)?.at).toBeGreaterThan(180);
  });
});

describe('a tamper', () => {
  test('replaces, drops and adds entries, and the order of time is restored', () => {
    const tamper = () => (entry: Entry) => {
      if (entry.kind === 'answered') return null;
      if (entry.kind === 'ended') return [entry, { ...entry, attempt: 'again' }];
      return entry.kind === 'started' ? { ...entry, at: entry.at + 1 } : entry;
    };
    const entries = run({ steps: [{ event: 'e1' }] }, 1, { tamper });
    expect(of(entries, 'answered')).toEqual([]);
    expect(of(entries, 'ended')).toHaveLength(2);
    expect(entries.map(({ kind }) => kind)).toEqual([
      'requested',
      'ended',
      'ended',
      'metric',
      'started',
      'closed',
    ]);
    expect(entries.at(-1)?.at).toBe(entries.at(-2)?.at);
  });
});

test('a request is over before the next step begins', () => {
  const put = (reserve: number) => ({
    do: 'request',
    operation: 'PutFunctionConcurrency',
    input: { FunctionName: 'f', ReservedConcurrentExecutions: reserve },
  });
  for (const seed of SEEDS) {
    const kinds = run({ steps: [put(0), put(5)] }, seed).map(({ kind }) => kind);
    expect(kinds).toEqual(['requested', 'answered', 'requested', 'answered', 'closed']);
  }
});

test('steps that are not written in order of time are taken in that order', () => {
  const steps = [
    { atSeconds: 5, event: 'late', payload: 1 },
    { atSeconds: 1, event: 'soon', payload: 2 },
  ];
  expect(of(run({ steps }), 'requested').map(({ event, step }) => [event, step])).toEqual([
    ['soon', 1],
    ['late', 0],
  ]);
});

test('as a target it answers at once, with a clock of its own', () => {
  const target = memory();
  expect(target.isRealTime).toBe(false);
  expect(target.run({ scenario: rich, seed: 3 }, new AbortController().signal)).toEqual(simulate(rich, 3));
});
