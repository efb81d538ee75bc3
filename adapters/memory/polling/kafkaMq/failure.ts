/** Failure records of Kafka. AWS, kafka-on-failure-destination.html. */
import type { Json } from '../../../../engine/json.ts';
import type { Attempt } from '../../attempt.ts';
import type { Result } from '../../invocation.ts';
import { functionArn } from '../../qualifiers.ts';
import { isoTime } from '../../records.ts';
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import { isPermitted } from '../steps.ts';
import type { LogEntry } from './entry.ts';

const LATENCY_MS = { least: 5, most: 400 } as const;

export function reportFailure(
  world: World,
  mapping: MappingRuntime,
  entries: readonly LogEntry[],
  attempts: number,
  attempt: Attempt,
  result: Result,
): void {
  const { onFailure } = mapping.settings;
  mapping.dropped += entries.length;
  const [first] = entries;
  if (onFailure === undefined || first?.shard === undefined) return;
  const offsets = entries.map(({ offset }) => offset);
  const body: Record<string, Json> = {
    version: '1.0',
    timestamp: isoTime(world),
    requestContext: {
      requestId: attempt.invocation.requestId,
      functionArn: functionArn(mapping.owner.name, mapping.settings.qualifier),
      condition: world.policy.kafkaCondition,
      approximateInvokeCount: attempts,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: result.version,
      functionError: result.isError ? 'Unhandled' : null,
    },
    KafkaBatchInfo: {
      batchSize: entries.length,
      topic: mapping.settings.source.slice('kafka:'.length),
      partition: first.shard,
      startOffset: Math.min(...offsets),
      endOffset: Math.max(...offsets),
    },
  };
  if (!world.policy.kafkaRecordsHaveMetadata) delete body['requestContext'];
  world.clock.in(world.chance.between(LATENCY_MS.least, LATENCY_MS.most), 'turn', {
    turn: () => deliver(world, mapping, onFailure, body),
  });
}

function deliver(world: World, mapping: MappingRuntime, resource: string, body: Json): void {
  const state = world.account.resources.get(resource);
  if (state?.exists !== true || state.isFifo || !isPermitted(world, mapping.owner.name, resource)) {
    mapping.owner.deliveryFailures++;
    return;
  }
  world.recorder.push({ kind: 'delivered', at: world.seconds, resource, mapping: mapping.name, body });
}
