import { describe, expect, test } from 'vitest';
import type { Entry } from '../../engine/history.ts';
import type { Scenario } from '../../engine/scenario.ts';
import { AWS_TOLERANCES } from '../../engine/tolerances.ts';
import { viewOf } from '../../engine/viewOf.ts';
import { decided, type Given, history } from '../testing/notation.ts';
import { dest01 } from './writing.ts';

const kept = { kept: 1, broken: [], unknown: [] };
const given: Given = {
  retries: 0,
  onFailure: 'queue:failed',
  onSuccess: 'queue:done',
  function: { deadLetter: 'queue:dead' },
  scenario: { queues: [{ name: 'failed' }, { name: 'done' }, { name: 'dead' }] },
};

const right = (resource: string, at: number, isAllowed: boolean): Entry => ({
  kind: 'permission',
  at,
  function: 'f',
  resource,
  isAllowed,
});
const counted = (name: 'DestinationDeliveryFailures' | 'DeadLetterErrors' | 'Invocations'): Entry => ({
  kind: 'metric',
  at: 900,
  function: 'f',
  name,
  value: 1,
});

/** A history of one event, 200 s after the first of the changes of rights. */
function view(lines: string, ...more: Entry[]) {
  const told = history(given, lines);
  const changes: Scenario['steps'] = [
    { atSeconds: 0, do: 'permission', function: 'f', resource: 'queue:failed', isAllowed: false },
  ];
  const scenario = { ...told.scenario, steps: [...told.scenario.steps, ...changes] };
  const entries = [...told.entries.slice(0, -1), ...more].sort((a, b) => a.at - b.at);
  entries.push({ kind: 'closed', at: 1_000, isComplete: true });
  return viewOf({ scenario, entries }, AWS_TOLERANCES);
}

const toFailed = right('queue:failed', 0, false);
const failing = 'e1: accept@200, fail@201';

describe('PERM-DEST-01: a destination that the role may not write to', () => {
  test('gets nothing, and the other one its dead letter: kept', () => {
    expect(decided(dest01, view(`${failing}, dead queue/dead`, toFailed))).toMatchObject(kept);
  });

  test('gets the record: broken', () => {
    const found = decided(dest01, view(`${failing}, record RetriesExhausted 1 queue/failed`, toFailed));
    expect(found.broken).toMatchObject([{ observed: 'it arrived' }]);
  });

  test('of successes, and a dead-letter queue: gets something, broken', () => {
    const success = view(
      'e1: accept@200, ok@201, record Success 1 queue/done',
      right('queue:done', 0, false),
    );
    const dead = view(`${failing}, dead queue/dead`, right('queue:dead', 0, false));
    for (const one of [success, dead]) expect(decided(dest01, one).broken).toHaveLength(1);
  });

  test('costs the event another attempt: broken', () => {
    expect(decided(dest01, view(`${failing}, fail@300`, toFailed)).broken).toHaveLength(1);
  });

  test('is not counted where metrics are seen: broken', () => {
    expect(decided(dest01, view(failing, toFailed, counted('Invocations'))).broken).toHaveLength(1);
    const all = [toFailed, counted('Invocations'), counted('DestinationDeliveryFailures')];
    expect(decided(dest01, view(failing, ...all))).toMatchObject(kept);
  });

  test.each<[string, Entry[]]>([
    ['the right was lost just before', [right('queue:failed', 150, false)]],
    ['the right came back before it was due', [toFailed, right('queue:failed', 201.5, true)]],
    ['it is another function’s role', [{ ...toFailed, function: 'g' } as Entry]],
  ])('where %s, it is not concerned', (_why, rights) => {
    const found = decided(dest01, view(`${failing}, record RetriesExhausted 1 queue/failed`, ...rights));
    expect(found).toMatchObject({ kept: 0, broken: [] });
  });
});
