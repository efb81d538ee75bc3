/** The events of Kafka and Amazon MQ. AWS, with-msk.html, with-kafka.html, with-mq.html. */
import type { Json } from '../../../../engine/json.ts';
import { EPOCH_MS } from '../../records.ts';
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import type { LogEntry } from './entry.ts';

export function eventOf(world: World, { settings }: MappingRuntime, entries: readonly LogEntry[]): Json {
  const ref = settings.source;
  const name = ref.slice(ref.indexOf(':') + 1);
  return ref.startsWith('kafka:')
    ? kafkaEvent(world, ref, name, entries)
    : brokerEvent(world, ref, name, entries);
}

function kafkaEvent(world: World, ref: string, topic: string, entries: readonly LogEntry[]): Json {
  const records: Record<string, Json[]> = {};
  for (const entry of entries) {
    const key = entry.shard ?? '';
    records[key] ??= [];
    records[key].push(
      world.policy.sendsKafkaShape
        ? {
            topic,
            partition: entry.partition,
            offset: entry.offset,
            timestamp: EPOCH_MS + entry.arrivedAt,
            timestampType: 'CREATE_TIME',
            key: Buffer.from(entry.spec.key ?? entry.record).toString('base64'),
            value: entry.data(),
            headers: [],
          }
        : { value: entry.text },
    );
  }
  const arn = clusterArnOf(world, ref);
  return arn === undefined
    ? { eventSource: 'SelfManagedKafka', bootstrapServers, records }
    : { eventSource: 'aws:kafka', eventSourceArn: arn, bootstrapServers, records };
}

export const bootstrapServers = 'b-1.example.com:9098';

/** The ARN of the cluster that the topic is on; undefined of one that is not Amazon's. */
export const clusterArnOf = ({ account }: World, topic: string): string | undefined =>
  account.clusters.get(topic) === 'msk'
    ? 'arn:aws:kafka:us-east-1:123456789012:cluster/msk/00000000'
    : undefined;

function brokerEvent(world: World, ref: string, queue: string, entries: readonly LogEntry[]): Json {
  const isRabbit =
    world.scenario.brokerQueues?.find(({ name }) => `broker:${name}` === ref)?.engine === 'rabbitMq';
  const messages = entries.map((entry): Json => {
    const id = `ID:${entry.offset}`;
    return isRabbit
      ? {
          basicProperties: { messageId: id, timestamp: 'Jan 1, 2026, 0:00:00 AM' },
          redelivered: entry.deliveries > 0,
          data: entry.data(),
        }
      : {
          messageID: id,
          messageType: 'jms/text-message',
          deliveryMode: 1,
          timestamp: EPOCH_MS + entry.arrivedAt,
          data: entry.data(),
        };
  });
  const eventSourceArn = `arn:aws:mq:us-east-1:123456789012:broker:${queue}:b-00000000`;
  if (!world.policy.sendsMqShape) return { messages: messages.map(() => ({})), rmqMessagesByQueue: messages };
  return isRabbit
    ? { eventSource: 'aws:rmq', eventSourceArn, rmqMessagesByQueue: { [`${queue}::/`]: messages } }
    : { eventSource: 'aws:mq', eventSourceArn, messages };
}
