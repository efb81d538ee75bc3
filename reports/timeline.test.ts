import { describe, expect, test } from 'vitest';
import type { Entry, History } from '../engine/history.ts';
import { exampleEntries, exampleScenario } from './testing/exampleRun.ts';
import { timelineOf } from './timeline.ts';
import { timelineText } from './timelineText.ts';

const example: History = { scenario: exampleScenario, entries: exampleEntries };

describe('a timeline', () => {
  test('draws each event as a tree, an attempt as one line, and marks where it broke', () => {
    expect(timelineText(timelineOf(example), { marks: [6, 8] })).toEqual([
      '  0.00  e1  accepted 202              f',
      '  0.03  e1  ├─ attempt 1  ✗ throw     $LATEST, 0.25 s',
      '  1.21  e1  ├─ attempt 2  ✗ throw     $LATEST, 0.25 s',
      `${'  3.44  e1  ├─ attempt 3  ✗ throw     $LATEST, 0.25 s'.padEnd(74)}◀ here`,
      `${'  3.70  e1  └─ record → queue:failed  RetriesExhausted, count 3'.padEnd(79)}◀`,
      ' 12.00      observation closed',
    ]);
  });

  test('marks an attempt where only its end is marked', () => {
    const marked = timelineText(timelineOf(example), { marks: [7] }).filter((line) => line.includes('◀'));
    expect(marked).toHaveLength(1);
    expect(marked[0]).toContain('attempt 3');
  });

  test('is never wider than it may be', () => {
    const long: Entry = { kind: 'declined', at: 0, capability: 'buses', error: 'x'.repeat(300) };
    const rows = timelineOf({ ...example, entries: [long, ...exampleEntries] });
    for (const columns of [60, 80]) {
      for (const line of timelineText(rows, { columns, marks: [0, 7] }))
        expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  test('of many rows shows those of the marked event and around the mark, and says what it left out', () => {
    const entries = Array.from({ length: 100 }, (_, k): Entry[] => [
      ...exampleEntries.slice(2, 4).map((entry) => ({ ...entry, attempt: `x${k}`, event: `x${k}` }) as Entry),
    ]).flat();
    const rows = timelineOf({ ...example, entries: [...entries, ...exampleEntries] });
    const lines = timelineText(rows, { marks: [entries.length + 6], rows: 10 });
    expect(lines.some((line) => line.includes('◀ here'))).toBe(true);
    expect(lines.at(-1)).toContain('(100 more lines left out)');
  });

  test('keeps the marked row where the rows of its event alone are too many', () => {
    const attempts = Array.from(
      { length: 50 },
      (_, k) => ({ ...exampleEntries[2], attempt: `a${k}`, at: k }) as Entry,
    );
    for (const mark of [0, 25, 49]) {
      const lines = timelineText(timelineOf({ ...example, entries: attempts }), { marks: [mark], rows: 10 });
      expect(lines.filter((line) => line.includes('◀ here'))).toHaveLength(1);
      expect(lines).toHaveLength(11);
    }
  });

  test('says which records of a batch were reported as failed', () => {
    const records = ['r1', 'r2', 'r3'].map((record, k) => ({ record, id: `m${k + 1}` }));
    const started = { ...exampleEntries[2], records, mapping: 'm' };
    const detailOf = (...identifiers: unknown[]) => {
      const batchItemFailures = identifiers.map((itemIdentifier) => ({ itemIdentifier }));
      const ended = { kind: 'ended', at: 1, attempt: 'a1', outcome: 'ok', result: { batchItemFailures } };
      const entries = [started, ended] as Entry[];
      return timelineOf({ ...example, entries })[0]?.detail;
    };
    expect(detailOf('m2', 'm3')).toContain('reports r2 r3, ');
    expect(detailOf('m9')).toContain('reports "m9" of no record, ');
    expect(detailOf()).not.toContain('reports');
  });

  test('tells a synchronous call with its answer, a refusal and a control-plane request', () => {
    const scenario = {
      ...exampleScenario,
      steps: [
        { atSeconds: 0, do: 'invoke', function: 'f', qualifier: 'live', event: 'e1', plan: ['throw'] },
        {
          atSeconds: 1,
          do: 'request',
          operation: 'PutFunctionConcurrency',
          input: { FunctionName: 'f', ReservedConcurrentExecutions: 950 },
        },
        { atSeconds: 2, do: 'remove', resource: 'queue:failed' },
      ],
    } as unknown as History['scenario'];
    const entries: Entry[] = [
      { kind: 'requested', at: 0, call: 'c1', step: 0, event: 'e1' },
      {
        kind: 'answered',
        at: 0.5,
        call: 'c1',
        status: 200,
        functionError: 'Unhandled',
        payload: { errorType: 'Error' },
      },
      { kind: 'requested', at: 1, call: 'c2', step: 1 },
      {
        kind: 'rejected',
        at: 1.1,
        call: 'c2',
        status: 400,
        error: 'InvalidParameterValueException',
        message: 'too many',
      },
      { kind: 'removed', at: 2, resource: 'queue:failed' },
      { kind: 'closed', at: 3, isComplete: true },
    ];
    expect(timelineText(timelineOf({ scenario, entries }), { columns: 100 })).toEqual([
      '  0.00  e1  call                      RequestResponse f:live',
      '  0.50  e1  └─ answered 200  ✗ Unhandled  {"errorType":"Error"}',
      '  1.00      PutFunctionConcurrency    f, ReservedConcurrentExecutions 950',
      '  1.10      refused 400  ✗ InvalidParameterValueException  PutFunctionConcurrency: too many',
      '  2.00      queue:failed is gone',
      '  3.00      nothing more can happen',
    ]);
  });
});
