import { describe, expect, test } from 'vitest';
import type { Entry } from '../../engine/history.ts';
import type { EventInvokeSpec, FunctionSpec, Step } from '../../engine/scenario.ts';
import type { View } from '../../engine/view.ts';
import { viewOf } from '../../engine/viewOf.ts';
import { decided, type Given, view } from '../testing/notation.ts';
import { cfg01, cfg02, cfg04 } from './qualifierConfiguration.ts';

const SILENT = { kept: 0, broken: [], unknown: [] };
const KEPT = { kept: 1, broken: [], unknown: [] };

const LATEST: EventInvokeSpec = { qualifier: '$LATEST', maximumRetryAttempts: 2, onFailure: 'queue:latest' };
const LIVE: EventInvokeSpec = { qualifier: 'live', maximumRetryAttempts: 0, onFailure: 'queue:live' };
const VERSION: EventInvokeSpec = { qualifier: '1', maximumRetryAttempts: 1, onFailure: 'queue:version' };

const given = (qualifier: string, ...eventInvoke: EventInvokeSpec[]): Given => {
  const spec: Partial<FunctionSpec> = { versions: 1, aliases: [{ name: 'live', version: '1' }], eventInvoke };
  return { qualifier, function: spec };
};

describe('ASYNC-CFG-01', () => {
  test('is kept by an alias that follows its own configuration', () => {
    const seen = view(given('live', LATEST, LIVE), 'e1: accept, fail, record RetriesExhausted 1 queue/live');
    expect(decided(cfg01, seen)).toMatchObject(KEPT);
  });

  test('is broken by a record at the destination of another qualifier', () => {
    const seen = view(
      given('live', LATEST, LIVE),
      'e1: accept, fail, record RetriesExhausted 1 queue/latest',
    );
    expect(decided(cfg01, seen).broken).toMatchObject([{ observed: 'one at queue:latest' }]);
  });

  test('is broken by the retries of another qualifier', () => {
    expect(decided(cfg01, view(given('live', LATEST, LIVE), 'e1: accept, fail, fail')).broken).toMatchObject([
      { expected: 'at most 1 attempts of e1, as live is configured', observed: '2' },
    ]);
  });

  test('says nothing where only one qualifier is configured', () => {
    expect(decided(cfg01, view(given('live', LIVE), 'e1: accept, fail, fail'))).toMatchObject(SILENT);
  });

  test('says nothing where alias and version both have a configuration: AWS does not say which counts', () => {
    const seen = view(
      given('live', VERSION, LIVE),
      'e1: accept, fail, fail, record RetriesExhausted 2 queue/version',
    );
    expect(decided(cfg01, seen)).toMatchObject(SILENT);
  });
});

describe('ASYNC-CFG-02', () => {
  const observed = (seen: View) => decided(cfg02, seen).observed;

  test('tells whose configuration an event followed', () => {
    const all = given('live', LATEST, VERSION, LIVE);
    expect(observed(view(all, 'e1: accept, fail, record RetriesExhausted 1 queue/live'))).toEqual([
      'of its qualifier',
    ]);
    expect(observed(view(all, 'e1: accept, fail, fail, record RetriesExhausted 2 queue/version'))).toEqual([
      'of its version',
    ]);
    expect(
      observed(view(all, 'e1: accept, fail, fail, fail, record RetriesExhausted 3 queue/latest')),
    ).toEqual(['of $LATEST']);
    expect(observed(view(all, 'e1: accept, fail, record RetriesExhausted 1 queue/other'))).toEqual([
      'none of them',
    ]);
  });

  test('does not guess where all of them would do the same', () => {
    expect(observed(view(given('live', LATEST, LIVE), 'e1: accept, ok'))).toEqual(['cannot be told']);
  });

  test('says nothing where there is one configuration only', () => {
    expect(observed(view(given('$LATEST', LATEST), 'e1: accept, ok'))).toEqual([]);
  });
});

describe('ASYNC-CFG-04', () => {
  /** The same history, in which the configuration of `$LATEST` was replaced after 30 s. */
  function replaced(seen: View): View {
    const { scenario, entries } = seen.history;
    const input = {
      FunctionName: 'f',
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: 'queue:new' } },
    };
    const step: Step = { atSeconds: 30, do: 'request', operation: 'PutFunctionEventInvokeConfig', input };
    const request: Entry[] = [
      { kind: 'requested', at: 30, call: 'put', step: scenario.steps.length },
      { kind: 'answered', at: 30.1, call: 'put', status: 200 },
    ];
    return viewOf(
      { scenario: { ...scenario, steps: [...scenario.steps, step] }, entries: [...entries, ...request] },
      seen.tolerances,
    );
  }

  const latest = given('$LATEST', LATEST);
  const observed = (line: string) => decided(cfg04, replaced(view(latest, line))).observed;

  test('tells which configuration an event followed that lived through the change', () => {
    expect(observed('e1: accept, fail, fail, record RetriesExhausted 2 queue/new')).toEqual([
      'the new configuration',
    ]);
    expect(observed('e1: accept, fail, fail, fail, record RetriesExhausted 3 queue/latest')).toEqual([
      'the old configuration',
    ]);
    expect(observed('e1: accept, fail, ok')).toEqual(['cannot be told']);
  });

  test('says nothing of events that were over before', () => {
    expect(observed('e1: accept, ok')).toEqual([]);
  });
});
