/** The sources of a scenario, by reference. */
import type { World } from '../world.ts';
import { BrokerQueue } from './kafkaMq/broker.ts';
import { KafkaTopic } from './kafkaMq/topic.ts';
import { PushingService } from './pushes.ts';
import { KinesisStream } from './shards/kinesis.ts';
import { DynamoTable } from './shards/table.ts';
import type { Source } from './source.ts';
import { SqsQueue } from './sqs/queue.ts';

/** All sources that the scenario declares; a queue is one, whether a mapping reads it or not. */
export function sourcesOf(world: World): Map<string, Source> {
  const { scenario } = world;
  const sources = new Map<string, Source>();
  for (const { name } of scenario.queues ?? []) {
    const ref = `queue:${name}`;
    sources.set(ref, new SqsQueue(world, ref));
  }
  for (const { name, shards = 1 } of scenario.streams ?? [])
    sources.set(`stream:${name}`, new KinesisStream(`stream:${name}`, shards));
  for (const { name, shards = 1, view = 'NEW_AND_OLD_IMAGES' } of scenario.tables ?? [])
    sources.set(`table:${name}`, new DynamoTable(`table:${name}`, shards, view));
  for (const { name, partitions = 1, committed = {} } of scenario.kafkaTopics ?? [])
    sources.set(`kafka:${name}`, new KafkaTopic(`kafka:${name}`, partitions, committed));
  for (const { name, engine } of scenario.brokerQueues ?? [])
    sources.set(`broker:${name}`, new BrokerQueue(`broker:${name}`, engine === 'rabbitMq'));
  for (const { name } of scenario.topics ?? [])
    sources.set(`topic:${name}`, new PushingService(`topic:${name}`));
  for (const { name } of scenario.buses ?? []) sources.set(`bus:${name}`, new PushingService(`bus:${name}`));
  for (const { name } of scenario.buckets ?? [])
    sources.set(`bucket:${name}`, new PushingService(`bucket:${name}`));
  return sources;
}
