import { describe, expect, test } from 'vitest';
import { asObject } from '../../../engine/record.ts';
import { of, run, SEEDS, type Written } from '../testing/run.ts';

const service = (source: string) =>
  ({ topic: 'sns', bus: 'events', bucket: 's3' })[source.slice(0, source.indexOf(':'))];

/** One record sent to a place that may invoke `f`. */
const written = (source: string, more: Partial<Written> = {}): Written => ({
  functions: [{ name: 'f', policy: [{ service: service(source), source }] }],
  topics: [{ name: 'news' }],
  buses: [{ name: 'events' }],
  buckets: [{ name: 'uploads' }],
  subscriptions: [{ source, function: 'f' }],
  steps: [{ do: 'send', to: source, records: [{ record: 'r1', body: { hello: 'world' } }] }],
  ...more,
});

const attempts = (what: Written, seed = 1) => of(run(what, seed), 'started');

describe('services that push', () => {
  test.each(['topic:news', 'bus:events', 'bucket:uploads'])('%s invokes once, with the record', (source) => {
    for (const seed of SEEDS) {
      const [started, ...others] = attempts(written(source), seed);
      expect(started?.records?.map(({ record }) => record)).toEqual(['r1']);
      expect(started).not.toHaveProperty('mapping');
      expect(others).toEqual([]);
    }
  });

  test('send events in the shape of their service', () => {
    const payload = (source: string) => asObject(attempts(written(source))[0]?.payload);
    expect(payload('topic:news')?.['Records']).toMatchObject([
      { EventSource: 'aws:sns', Sns: { Message: '{"hello":"world"}' } },
    ]);
    expect(payload('bus:events')).toMatchObject({ detail: { hello: 'world' } });
    expect(payload('bucket:uploads')?.['Records']).toMatchObject([
      { eventSource: 'aws:s3', s3: { bucket: { name: 'uploads' }, object: { key: 'r1', size: 17 } } },
    ]);
  });

  test('invoke asynchronously: what fails is tried again a minute later', () => {
    const records = [{ record: 'r1', plan: ['throw', 'ok'] }];
    const steps = [{ do: 'send', to: 'topic:news', records }];
    const [first, second, ...others] = attempts(written('topic:news', { steps }));
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(60);
    expect(second?.requestId).toBe(first?.requestId);
    expect(others).toEqual([]);
  });

  test.each<[string, unknown[], string | undefined]>([
    ['no statement', [], undefined],
    ['a statement for another service', [{ service: 's3' }], undefined],
    ['a statement for another topic', [{ service: 'sns', source: 'topic:other' }], undefined],
    ['a statement on another version', [{ service: 'sns', qualifier: '2' }], '1'],
  ])('do not invoke with %s', (_what, policy, qualifier) => {
    const subscription = {
      source: 'topic:news',
      function: 'f',
      ...(qualifier === undefined ? {} : { qualifier }),
    };
    const more = { functions: [{ name: 'f', versions: 2, policy }], subscriptions: [subscription] };
    for (const seed of SEEDS) expect(attempts(written('topic:news', more), seed)).toEqual([]);
  });

  test('run the version that the subscription names', () => {
    const [started] = attempts(
      written('topic:news', {
        functions: [{ name: 'f', versions: 2, policy: [{ service: 'sns', qualifier: '2' }] }],
        subscriptions: [{ source: 'topic:news', function: 'f', qualifier: '2' }],
      }),
    );
    expect(started?.version).toBe('2');
  });

  test('that were deleted take nothing, and FIFO topics invoke nothing', () => {
    const gone = { do: 'remove', resource: 'topic:news' };
    const { steps } = written('topic:news');
    const entries = run(written('topic:news', { steps: [gone, ...steps] }));
    expect(of(entries, 'unsent')).toHaveLength(1);
    expect(of(entries, 'started')).toEqual([]);
    expect(attempts(written('topic:news', { topics: [{ name: 'news', fifo: true }] }))).toEqual([]);
  });
});

describe('callers and roles', () => {
  test.each(['RequestResponse', 'Event', 'DryRun'])(
    'a stranger’s %s is refused with 403 and starts nothing',
    (type) => {
      const entries = run({ steps: [{ event: 'e1', payload: 1, asStranger: true, type }] });
      expect(of(entries, 'rejected')).toMatchObject([{ status: 403, error: 'AccessDeniedException' }]);
      expect(of(entries, 'started')).toEqual([]);
    },
  );

  test('what the role may not write to gets nothing, and the failure is counted', () => {
    const entries = run({
      function: {
        deadLetter: 'queue:dead',
        eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 0, onFailure: 'queue:failed' }],
      },
      queues: [{ name: 'dead' }, { name: 'failed' }],
      steps: [
        { do: 'permission', function: 'f', resource: 'queue:failed', isAllowed: false },
        { event: 'e1', type: 'Event', payload: 1, plan: ['throw'] },
      ],
    });
    expect(of(entries, 'delivered').map(({ resource }) => resource)).toEqual(['queue:dead']);
    expect(of(entries, 'metric').filter(({ name }) => name === 'DestinationDeliveryFailures')).toHaveLength(
      1,
    );
  });
});
