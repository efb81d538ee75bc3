import { expect, test } from 'vitest';
import type { Scenario } from '../engine/scenario.ts';
import { counted, duration, givenLines, sizeOf, targetFlags } from './sentences.ts';
import { exampleScenario } from './testing/exampleRun.ts';

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
    'the account: concurrency 10, of which 2 stay unreserved',
    'f: timeout 3 s, invoked as soon as it is created, initialisation 11 s, 2 versions, alias live → 1, 0.25 of it → 2, reserved concurrency 0, provisioned concurrency of live 3, recursive loops: Allow, dead letters → queue:dead, live: 0 retries, events up to 60 s old, success → bus:b, 1: a configuration of defaults',
  ]);
});

test('the size of a scenario counts a repeated call as often as it is made', () => {
  const [step] = exampleScenario.steps;
  const steps = step?.do === 'invoke' ? [{ ...step, times: 7 }] : [];
  expect(sizeOf({ ...exampleScenario, steps })).toBe('1 function, 7 events');
});

test('a target is chosen again as it was chosen', () => {
  expect(['memory', 'ministack', 'http://127.0.0.1:4566'].map((name) => targetFlags({ name }))).toEqual([
    ...['', ' --target ministack', ' --endpoint http://127.0.0.1:4566'],
  ]);
});
