/** Against a real emulator: takes Python 3, and a minute. Run with CONFORMANCE_REAL=1. */
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Entry, History } from '../../engine/history.ts';
import { scenarioSchema } from '../../engine/scenario.ts';
import type { Target } from '../../engine/target.ts';
import { makeClients } from '../aws/clients.ts';
import { Journal } from '../aws/journal.ts';
import { Maker } from '../aws/maker.ts';
import { Namer } from '../aws/names.ts';
import { observe } from '../aws/observers.ts';
import { makePlace } from '../aws/places.ts';
import { removeAll } from '../aws/removal.ts';
import { tempFolder } from '../aws/testing/tempFolder.ts';
import { openTarget } from '../index.ts';
import { startEmulator } from './emulator.ts';
import { MINISTACK } from './ministack.ts';

const isAsked = process.env['CONFORMANCE_REAL'] === '1';

describe.skipIf(!isAsked)(
  'ministack (skipped unless CONFORMANCE_REAL=1: it installs and starts an emulator)',
  () => {
    let target: Target;
    beforeAll(async () => {
      target = await openTarget({ name: 'ministack' });
    }, 120_000);
    afterAll(() => target.close(), 60_000);

    const run = async (scenario: object): Promise<History> =>
      target.run(
        { scenario: scenarioSchema.parse({ scenario: 1, ...scenario }), seed: 1 },
        new AbortController().signal,
      );
    const of = <K extends Entry['kind']>(history: History, kind: K) =>
      history.entries.filter((entry): entry is Extract<Entry, { kind: K }> => entry.kind === kind);
    const call = (change: object) => ({
      atSeconds: 0,
      do: 'invoke',
      function: 'f',
      event: 'e1',
      payload: { n: 1 },
      ...change,
    });

    const send = (to: string, ...records: object[]) => ({ atSeconds: 0, do: 'send', to, records });

    test.concurrent('attempts, retries and a failure record of one event are seen', {
      timeout: 60_000,
    }, async () => {
      const history = await run({
        functions: [
          {
            name: 'f',
            timeoutSeconds: 3,
            eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 1, onFailure: 'queue:failed' }],
          },
        ],
        queues: [{ name: 'failed' }],
        steps: [call({ type: 'Event', plan: ['throw'] })],
      });
      expect(of(history, 'answered').map(({ status }) => status)).toEqual([202]);
      const started = of(history, 'started');
      expect(started.map(({ event }) => event)).toEqual(['e1', 'e1']);
      expect(of(history, 'delivered')).toMatchObject([{ resource: 'queue:failed', event: 'e1' }]);
      expect(of(history, 'closed')[0]?.at).toBeGreaterThan((started[1]?.at ?? 0) + 2);
    });

    test.concurrent('each outcome reaches its caller', { timeout: 60_000 }, async () => {
      const plans = ['ok', 'nothing', 'throw', 'timeout', 'exit', 'unserializable'];
      const history = await run({
        functions: [{ name: 'f', timeoutSeconds: 1 }],
        steps: plans.map((plan, index) => call({ event: `e${index}`, payload: index, plan: [plan] })),
      });
      expect(
        of(history, 'started')
          .map(({ payload }) => payload)
          .sort(),
      ).toEqual([0, 1, 2, 3, 4, 5]);
      const failed = of(history, 'answered').filter(({ functionError }) => functionError !== undefined);
      expect(failed.map(({ call: id }) => id).sort()).toEqual(['c2', 'c3', 'c4', 'c5']);
      // Nobody hears of the end of a handler that was killed.
      expect(of(history, 'ended').map(({ outcome }) => outcome)).not.toContain('timeout');
    });

    test.concurrent('versions and aliases run what they name', { timeout: 60_000 }, async () => {
      const history = await run({
        functions: [{ name: 'f', versions: 2, aliases: [{ name: 'live', version: '1' }] }],
        steps: [
          call({ event: 'e1', payload: 1, qualifier: '2' }),
          call({ event: 'e2', payload: 2, qualifier: 'live' }),
        ],
      });
      const versions = of(history, 'started').map(({ event, version }) => `${event} ${version}`);
      expect(versions.sort()).toEqual(['e1 2', 'e2 1']);
    });

    test.concurrent('messages come again by their plan, and go to the dead-letter queue; the queue is empty then', {
      timeout: 60_000,
    }, async () => {
      const history = await run({
        functions: [{ name: 'f', timeoutSeconds: 1 }],
        queues: [
          { name: 'q', visibilityTimeoutSeconds: 1, redrive: { to: 'queue:dead', maxReceiveCount: 2 } },
          { name: 'dead' },
        ],
        mappings: [{ name: 'm', source: 'queue:q', function: 'f', batchSize: 1, reportsItemFailures: true }],
        steps: [send('queue:q', { record: 'r1', plan: ['report', 'ok'] }, { record: 'r2', plan: ['throw'] })],
      });
      const seen = of(history, 'started').flatMap(({ records = [] }) => records);
      expect(seen.map(({ record, receiveCount }) => `${record} ${receiveCount}`).sort()).toEqual([
        'r1 1',
        'r1 2',
        'r2 1',
        'r2 2',
      ]);
      expect(of(history, 'delivered')).toMatchObject([{ resource: 'queue:dead', record: 'r2' }]);
      expect(of(history, 'remaining')).toMatchObject([{ resource: 'queue:q', count: 0, records: [] }]);
    });

    test.concurrent('messages that nobody may read are told by name at the end', {
      timeout: 60_000,
    }, async () => {
      const history = await run({
        functions: [{ name: 'f', timeoutSeconds: 1 }],
        queues: [{ name: 'q' }],
        mappings: [{ name: 'm', source: 'queue:q', function: 'f', enabled: false }],
        steps: [send('queue:q', { record: 'r1' }, { record: 'r2' })],
      });
      expect(of(history, 'started')).toEqual([]);
      expect(of(history, 'remaining')[0]?.records?.toSorted()).toEqual(['r1', 'r2']);
    });

    test.concurrent('records of a stream are told with their shards, before and after a split', {
      timeout: 60_000,
    }, async () => {
      const history = await run({
        functions: [{ name: 'f', timeoutSeconds: 1 }],
        streams: [{ name: 's' }],
        mappings: [{ name: 'm', source: 'stream:s', function: 'f', startingPosition: 'TRIM_HORIZON' }],
        steps: [
          send('stream:s', { record: 'r1' }, { record: 'r2', plan: ['throw', 'ok'] }),
          { atSeconds: 4, do: 'reshard', stream: 'stream:s', shard: 0, action: 'split' },
        ],
      });
      const [sent] = of(history, 'sent');
      const batches = of(history, 'started').map(({ records = [] }) => records);
      expect(batches[0]?.[0]).toEqual({ record: 'r1', id: sent?.id, shard: sent?.shard });
      expect(batches.flat().filter(({ record }) => record === 'r2')).toHaveLength(2);
      expect(of(history, 'resharded')).toMatchObject([
        { parents: [sent?.shard], children: [{}, {}].map(() => expect.any(String)) },
      ]);
    });

    test.concurrent.each(['KEYS_ONLY', 'NEW_AND_OLD_IMAGES'])(
      'changes of items are told as the records that they are: %s',
      { timeout: 60_000 },
      async (view) => {
        const history = await run({
          functions: [{ name: 'f', timeoutSeconds: 1 }],
          tables: [{ name: 't', view }],
          mappings: [{ name: 'm', source: 'table:t', function: 'f', startingPosition: 'TRIM_HORIZON' }],
          steps: [
            send('table:t', { record: 'r1', key: 'k' }, { record: 'r2', key: 'k' }),
            send('table:t', { record: 'r3', key: 'k', change: 'remove' }, { record: 'r4', key: 'k' }),
          ],
        });
        const seen = of(history, 'started').flatMap(({ records = [] }) => records);
        expect(seen.map(({ record }) => record)).toEqual(['r1', 'r2', 'r3', 'r4']);
      },
    );

    test.concurrent('payloads up to the limit come and go whole', { timeout: 60_000 }, async () => {
      const history = await run({
        functions: [{ name: 'f', timeoutSeconds: 20 }],
        steps: [call({ payload: { $filler: 6_000_000 } })],
      });
      expect(of(history, 'started')[0]?.payload).toEqual({ $filler: 6_000_000 });
      expect(of(history, 'answered')[0]?.payload).toEqual({ $filler: 6_000_000 });
    });
  },
);

// A record that is not seen must not have been overlooked: what is put into a place by hand comes out of its observer.
test.skipIf(!isAsked)(
  'the observer of each kind of place sees what is put there',
  { timeout: 120_000 },
  async () => {
    const emulator = await startEmulator(MINISTACK);
    const clients = makeClients({ url: emulator.url });
    onTestFinished(async () => {
      clients.destroy();
      await emulator.stop();
    });
    const namer = new Namer('places');
    const journal = Journal.begin(namer.run, { url: emulator.url }, tempFolder());
    const maker = new Maker(clients, namer, journal);
    const places = (['queue', 'topic', 'bus', 'bucket'] as const).map((kind) => ({
      kind,
      ref: `${kind}:p`,
      fifo: false,
    }));
    const made = await Promise.all(places.map((place) => makePlace(place, maker)));
    const [queue, topic, bus, bucket] = made;
    const group = { key: '', places, functions: [] };
    const lease = { groups: [{ group, made: { key: '', places: made, functions: [] } }], aliases: [] };
    const seen = new Map<string, string>();
    const over = new AbortController();
    const delivered = (resource: string, { body }: { body: string }) => void seen.set(resource, body);
    const observing = observe(lease, { delivered }, maker, over.signal);
    await clients.sqs.send(new SendMessageCommand({ QueueUrl: queue?.queueUrl, MessageBody: 'by hand' }));
    await clients.sns.send(new PublishCommand({ TopicArn: topic?.arn, Message: 'by hand' }));
    const entry = { EventBusName: bus?.realName, Source: 'lambda', DetailType: 'by hand', Detail: '{}' };
    await clients.eventBridge.send(new PutEventsCommand({ Entries: [entry] }));
    await clients.s3.send(new PutObjectCommand({ Bucket: bucket?.realName, Key: 'k', Body: 'by hand' }));
    await vi.waitFor(
      () => expect([...seen.keys()].sort()).toEqual(['bucket:p', 'bus:p', 'queue:p', 'topic:p']),
      10_000,
    );
    for (const body of seen.values()) expect(body).toContain('by hand');
    over.abort();
    await observing;
    expect((await removeAll(journal.remaining(), maker)).failed).toEqual([]);
    expect(journal.remaining()).toEqual([]);
  },
);
