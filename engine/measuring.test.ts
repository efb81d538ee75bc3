import { describe, expect, test } from 'vitest';
import { simulate } from '../adapters/memory/simulate.ts';
import { fc } from '../generators/fc.ts';
import { view } from '../specs/testing/notation.ts';
import { addMeasured, type Measured, nothingMeasured, outlineOf } from './measures.ts';
import { MeasureCount } from './measuring.ts';
import { type Scenario, scenarioSchema } from './scenario.ts';
import { AWS_TOLERANCES } from './tolerances.ts';
import type { View } from './view.ts';
import { viewOf } from './viewOf.ts';

function measuredOf(...views: readonly View[]): Measured {
  const count = new MeasureCount();
  for (const one of views) count.take(one);
  return count.measured() ?? nothingMeasured();
}

const outline = (measured: Measured, name: string) => {
  const spread = measured.numbers[name];
  return spread === undefined ? undefined : outlineOf(spread);
};

/** What the model does with a scenario, which says nothing of defaults. */
const modelled = (scenario: object): View =>
  viewOf(simulate(scenarioSchema.parse({ scenario: 1, ...scenario }) as Scenario, 3), AWS_TOLERANCES);

describe('an asynchronous event', () => {
  test('has its start, its attempts, its waits and its record measured', () => {
    const measured = measuredOf(
      view(
        { onFailure: 'queue:failed' },
        'e1: accept@0, fail@0.5, fail@60.6, fail@181, record RetriesExhausted 3 @190',
      ),
    );
    expect(outline(measured, 'asyncAttempts')).toEqual({ count: 1, min: 3, median: 3, max: 3 });
    expect(outline(measured, 'asyncStartSeconds')).toMatchObject({ count: 1, median: 0.5 });
    expect(outline(measured, 'asyncSecondSeconds')?.median).toBeGreaterThan(59);
    expect(outline(measured, 'asyncThirdSeconds')?.median).toBeGreaterThan(119);
    expect(outline(measured, 'asyncRecordSeconds')?.count).toBe(1);
    const { of, present } = measured.fields['invocationRecord'] ?? { of: 0, present: {} };
    expect([of, present['requestContext.condition'], present['version']]).toEqual([1, 1, 1]);
  });

  test.each([
    ['with retries of its own', view({ retries: 1 }, 'e1: accept, fail, fail')],
    ['that succeeds', view({}, 'e1: accept, fail, ok')],
    ['that was throttled', view({}, 'e1: accept, throttle, fail, fail, fail')],
    ['whose queue was deleted', view({}, 'e1: accept, fail, fail, fail', 'remove: queue/q@1')],
  ])('%s says nothing of attempts on failure', (_, seen) => {
    expect(outline(measuredOf(seen), 'asyncAttempts')).toBeUndefined();
  });

  test('a wait after an end that nobody saw is not measured', () => {
    expect(
      outline(measuredOf(view({}, 'e1: accept, start timeout, fail')), 'asyncSecondSeconds'),
    ).toBeUndefined();
  });

  test('the attributes of a dead letter are counted', () => {
    const seen = view({ function: { deadLetter: 'queue:dead' } }, 'e1: accept, fail, fail, fail, dead');
    expect(measuredOf(seen).fields['deadLetter']).toMatchObject({ of: 1, present: { ErrorCode: 1 } });
  });
});

describe('what is polled', () => {
  const records = (count: number, plan: string[]) =>
    Array.from({ length: count }, (_, k) => ({ record: `r${k}`, plan }));

  test('a message that fails comes again after the visibility timeout', () => {
    const measured = measuredOf(
      modelled({
        functions: [{ name: 'f', timeoutSeconds: 3 }],
        queues: [{ name: 'q', visibilityTimeoutSeconds: 40 }],
        mappings: [{ name: 'm', source: 'queue:q', function: 'f' }],
        steps: [{ atSeconds: 0, do: 'send', to: 'queue:q', records: records(1, ['throw', 'ok']) }],
      }),
    );
    expect(outline(measured, 'batchSize.sqs')).toEqual({ count: 2, min: 1, median: 1, max: 1 });
    // The visibility timeout began a moment before the function did.
    expect(outline(measured, 'retrySeconds.sqs')?.min).toBeGreaterThan(39.5);
    expect(outline(measured, 'sqsRetryShare')?.median).toBeCloseTo(1, 0);
    expect(outline(measured, 'concurrentBatches.sqs')?.max).toBe(1);
  });

  test('batches of a stream: sizes, retries, and how many at once', () => {
    const measured = measuredOf(
      modelled({
        functions: [{ name: 'f', timeoutSeconds: 30 }],
        streams: [{ name: 's', shards: 4 }],
        mappings: [
          { name: 'm', source: 'stream:s', function: 'f', batchSize: 2, startingPosition: 'TRIM_HORIZON' },
        ],
        steps: [
          {
            ...{ atSeconds: 0, do: 'send', to: 'stream:s' },
            records: Array.from({ length: 24 }, (_, k) => ({
              ...{ record: `r${k}`, key: `k${k}` },
              plan: [...(k === 0 ? ['throw'] : []), { do: 'ok', afterSeconds: 5 }],
            })),
          },
        ],
      }),
    );
    expect(outline(measured, 'batchSize.kinesis')).toMatchObject({ max: 2 });
    expect(outline(measured, 'concurrentBatches.kinesis')?.max).toBeGreaterThan(1);
    expect(outline(measured, 'concurrentBatches.kinesis')?.max).toBeLessThanOrEqual(4);
    expect(outline(measured, 'retrySeconds.kinesis')).toMatchObject({ count: 1 });
  });
});

test('nothing seen, nothing measured', () => {
  expect(new MeasureCount().measured()).toBeUndefined();
});

describe('parts', () => {
  /** Histories of one event with these times before its first attempt. */
  const starting = (seconds: readonly number[]): View[] =>
    seconds.map((wait) => view({}, `e1: accept@0, ok@${wait}`));
  const times = fc.array(
    fc.double({ min: 0, max: 100_000, noNaN: true, noDefaultInfinity: true }).map(Math.abs),
    {
      minLength: 1,
      maxLength: 30,
    },
  );

  test('add up to what one count of all has', () => {
    fc.assert(
      fc.property(times, fc.nat(30), (seconds, cut) => {
        const texts = seconds.map((one) => Number(one.toFixed(3)));
        const sum = nothingMeasured();
        addMeasured(sum, measuredOf(...starting(texts.slice(0, cut))));
        addMeasured(sum, measuredOf(...starting(texts.slice(cut))));
        expect(sum).toEqual(measuredOf(...starting(texts)));
      }),
      { seed: 1 },
    );
  });

  test('tell the median to two digits, the least and the greatest exactly', () => {
    fc.assert(
      fc.property(times, (seconds) => {
        const sorted = seconds.map((one) => Number(one.toFixed(3))).sort((a, b) => a - b);
        const found = outline(measuredOf(...starting(sorted)), 'asyncStartSeconds');
        const median = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
        expect(found).toMatchObject({ count: sorted.length, min: sorted[0], max: sorted.at(-1) });
        expect(Math.abs((found?.median ?? Number.NaN) - median)).toBeLessThanOrEqual(median * 0.0501);
      }),
      { seed: 1 },
    );
  });
});
