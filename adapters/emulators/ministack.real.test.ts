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
