/**
 * What the failure records of streams and of Kafka have in common. AWS, kinesis-on-failure-destination.html and
 * kafka-on-failure-destination.html.
 */
import type { Json } from '../../../engine/json.ts';
import { functionArn } from '../qualifiers.ts';
import { isoTime } from '../records.ts';
import type { World } from '../world.ts';
import type { MappingRuntime } from './mapping.ts';
import { mayWrite } from './steps.ts';

/** The last attempt of what was discarded. */
export interface Failed {
  readonly requestId: string;
  readonly version: string;
  readonly isError: boolean;
}

export type Body = Record<string, Json>;

/** Whether a destination takes records of the mapping: it is there, it is standard, and the role may write to it. */
export function takesFailures(world: World, { owner, source }: MappingRuntime, resource: string): boolean {
  const state = world.account.resources.get(resource);
  if (state?.exists !== true || state.isFifo) return false;
  const isOfCluster = state.kind === 'kafka' && source.ref.startsWith('kafka:');
  if (state.kind !== 'queue' && state.kind !== 'topic' && state.kind !== 'bucket' && !isOfCluster)
    return false;
  return mayWrite(world, owner.name, resource);
}

/**
 * What is told of a batch beside its records.
 * @param last its last attempt; undefined where it was in none
 */
export function headOf(
  world: World,
  { owner, settings }: MappingRuntime,
  {
    condition,
    invokeCount,
    last,
    hasResponse,
  }: {
    readonly condition: string;
    readonly invokeCount: number;
    readonly last: Failed | undefined;
    readonly hasResponse: boolean;
  },
): Body {
  const head: Body = {
    requestContext: {
      requestId: last?.requestId ?? world.nextRequestId(),
      // Recorded: as the mapping names it, which may be without a qualifier.
      functionArn: functionArn(owner.name, settings.qualifier),
      condition,
      approximateInvokeCount: invokeCount,
    },
  };
  if (hasResponse && last !== undefined)
    head['responseContext'] = {
      statusCode: 200,
      executedVersion: last.version,
      functionError: last.isError ? 'Unhandled' : null,
    };
  head['version'] = world.policy.recordVersion;
  head['timestamp'] = isoTime(world);
  return head;
}

/**
 * AWS, of streams: `aws/lambda/<mapping's UUID>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random>`. For Kafka its page
 * gives no name: the same, with the partition.
 */
export function objectKey(world: World, { uuid }: MappingRuntime, shard: string): string {
  const time = isoTime(world);
  const day = time.slice(0, 10).replaceAll('-', '/');
  const second = time.slice(0, 19).replaceAll(':', '.');
  return `${world.policy.batchObjectKeyPrefix}${uuid}/${shard}/${day}/${second}-${world.nextRequestId()}`;
}
