import { expect, test } from 'vitest';
import type { Scenario } from '../engine/scenario.ts';
import { counted, duration, givenLines, hintsFor, paceSentence, sizeOf, targetFlags } from './sentences.ts';
import { withVerdict } from './summary.ts';
import { exampleScenario, exampleSummary } from './testing/exampleRun.ts';

test('counts have their noun in the right number', () => {
  expect([counted(0, 'event'), counted(1, 'event'), counted(12_345, 'event')]).toEqual([
    ...['0 events', '1 event', '12,345 events'],
  ]);
});

test('durations are short', () => {
  expect([0.4, 59.96, 83.4, 3_600].map(duration)).toEqual(['0.40 s', '60.0 s', '1 min 23 s', '60 min 00 s']);
});

test('what a scenario sets up is told whole', () => {
  const scenario: Scenario = {
    ...exampleScenario,
    account: { concurrency: 10, unreservedMinimum: 2 },
    functions: [
      {
        ...{ name: 'f', timeoutSeconds: 3, versions: 2, reservedConcurrency: 0, deadLetter: 'queue:dead' },
        ...{ recursiveLoop: 'Allow', initSeconds: 11, fresh: true },
        aliases: [{ name: 'live', version: '1', additional: { version: '2', weight: 0.25 } }],
        provisioned: [{ qualifier: 'live', concurrency: 3 }],
        eventInvoke: [
          { qualifier: 'live', maximumRetryAttempts: 0, maximumEventAgeSeconds: 60, onSuccess: 'bus:b' },
          { qualifier: '1' },
        ],
      },
    ],
  };
  expect(givenLines(scenario)).toEqual([
    'account  concurrency 10, of which 2 stay unreserved',
    'f        timeout 3 s, invoked as soon as it is created, initialisation 11 s, 2 versions, reserved concurrency 0, recursive loops: Allow, dead letters → queue:dead',
    'f:live   alias → 1, 0.25 of it → 2, provisioned concurrency 3, 0 retries, events up to 60 s old, success → bus:b',
    'f:1      a configuration of defaults',
  ]);
});

test('what a scenario sets up is wrapped beside its labels', () => {
  expect(givenLines(exampleScenario, 40)).toEqual([
    'f          timeout 3 s',
    'f:$LATEST  1 retry, failure →',
    '           queue:failed',
  ]);
});

test('a broken rule has all its hints, whatever note it has', () => {
  const hints = withVerdict(exampleSummary(), 'WARNED').flatMap(hintsFor);
  expect(hints).toEqual([
    'Note: The page says "about".',
    'lambda-conformance explain ONE-WARNED-01 shows what the rule rests on.',
  ]);
  expect(withVerdict(exampleSummary(), 'VIOLATED').flatMap(hintsFor)).toEqual([
    'It does not recur every time: replay it with -n 20 to see how often.',
    'lambda-conformance explain ONE-VIOLATED-01 shows what the rule rests on.',
  ]);
});

test('the size of a scenario counts a repeated call as often as it is made', () => {
  const [step] = exampleScenario.steps;
  const steps = step?.do === 'invoke' ? [{ ...step, times: 7 }] : [];
  expect(sizeOf({ ...exampleScenario, steps })).toBe('1 function, 7 events');
});

test('records are counted as they are sent, and each kind of step by its name', () => {
  const mapping = { name: 'm', source: 'stream:s', function: 'f' };
  const steps: Scenario['steps'] = [
    {
      ...({ atSeconds: 0, do: 'send', to: 'stream:s' } as const),
      records: [
        { record: 'r1', plan: ['ok'] },
        { record: 'r2', plan: ['ok'], times: 4 },
      ],
    },
    { atSeconds: 1, do: 'reshard', stream: 'stream:s', shard: 0, action: 'split' },
    { atSeconds: 2, do: 'permission', function: 'f', resource: 'stream:s', isAllowed: false },
    { atSeconds: 3, do: 'remove', resource: 'stream:s' },
  ];
  expect(sizeOf({ ...exampleScenario, mappings: [mapping], steps })).toBe(
    '1 function, 1 mapping, 5 records, 1 removal, 1 resharding, 1 permission change',
  );
});

test('a target is chosen again as it was chosen', () => {
  expect(['memory', 'ministack', 'http://127.0.0.1:4566'].map((name) => targetFlags({ name }))).toEqual([
    ...['', ' --target ministack', ' --endpoint http://127.0.0.1:4566'],
  ]);
});

test('the time of a run is held against what bounded it', () => {
  const sentence = (longestSeconds: number, busySeconds: number) =>
    paceSentence({ scenariosSeconds: 120, longestSeconds, busySeconds });
  expect(sentence(100, 60)).toBe('The scenarios took 2 min 00 s: 1.2 times the longest of them, 1 min 40 s.');
  expect(sentence(30, 96)).toBe(
    'The scenarios took 2 min 00 s: 1.3 times the 1 min 36 s for which the processors were busy.',
  );
});
