import { describe, expect, test } from 'vitest';
import { handleBatch } from './batchHandler.ts';
import { type RecordBehaviour, recordBehaviourAt } from './sourceSpec.ts';

const records = (...behaviours: RecordBehaviour[]) =>
  behaviours.map((behaviour, index) => ({
    behaviour: recordBehaviourAt([behaviour], 1),
    identifier: `id${index}`,
  }));

describe('the handler of a batch', () => {
  test('reports those that it is to report', () => {
    expect(handleBatch(records('ok', 'report', { do: 'report', as: 'twice' }), 3).value).toEqual({
      batchItemFailures: [{ itemIdentifier: 'id1' }, { itemIdentifier: 'id2' }, { itemIdentifier: 'id2' }],
    });
  });

  test('comes to the worst end of all', () => {
    expect(handleBatch(records('report', 'throw', 'timeout'), 3).outcome).toBe('timeout');
    expect(handleBatch(records('ok', { do: 'throw', message: 'no' }), 3)).toMatchObject({
      outcome: 'throw',
      message: 'no',
    });
  });

  test('works as long as its slowest record, and times out where that is too long', () => {
    expect(
      handleBatch(records({ do: 'ok', afterSeconds: 1 }, { do: 'ok', afterSeconds: 4 }), 3).outcome,
    ).toBe('timeout');
  });

  test('returns a value as it stands where nothing is reported', () => {
    expect(handleBatch(records({ do: 'ok', value: null }), 3).value).toBeNull();
    expect(handleBatch(records({ do: 'ok', value: {} }, 'report'), 3).value).toHaveProperty(
      'batchItemFailures',
    );
  });

  test('counts attempts in the state of a window', () => {
    expect(handleBatch(records('ok'), 3, {}).value).toMatchObject({ state: { attempts: 1 } });
    expect(handleBatch(records('ok'), 3, { attempts: 2 }).value).toMatchObject({ state: { attempts: 3 } });
  });
});
