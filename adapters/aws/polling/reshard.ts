/** Splits and merges shards. */
import {
  ListShardsCommand,
  MergeShardsCommand,
  type Shard,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import type { ReshardStep } from '../../../engine/sourceSpec.ts';
import type { Caller } from '../caller.ts';
import { ignoreGone, type Maker, needing } from '../maker.ts';
import { untilStreamActive } from './makeSource.ts';

/**
 * Splits a shard in the middle of its hash keys, or merges it with the next, and records which shards came of it. A
 * step that names a shard or a stream that is not there (any more), or the last shard for a merge, does nothing.
 */
export async function reshard(step: ReshardStep, caller: Caller, maker: Maker): Promise<void> {
  const StreamName = caller.renaming.get(step.stream)?.realName;
  if (StreamName === undefined) return;
  const before = await openShards(StreamName, maker);
  const parents = before.slice(step.shard, step.shard + (step.action === 'merge' ? 2 : 1));
  if (parents.length < (step.action === 'merge' ? 2 : 1)) return;
  await caller.observation.polling.during(
    needing('reshard', change(StreamName, step.action, parents, maker)),
  );
  const known = new Set(before.map(({ ShardId }) => ShardId));
  const after = await openShards(StreamName, maker);
  const { observation } = caller;
  observation.record({
    kind: 'resharded',
    at: observation.now(),
    resource: step.stream,
    parents: parents.map(({ ShardId = '' }) => ShardId),
    children: after.flatMap(({ ShardId = '' }) => (known.has(ShardId) ? [] : [ShardId])),
  });
  observation.polling.lastStirAt = observation.now();
}

async function change(
  StreamName: string,
  action: ReshardStep['action'],
  [first, second]: readonly Shard[],
  maker: Maker,
): Promise<void> {
  const { kinesis } = maker.clients;
  if (action === 'split') {
    const input = { StreamName, ShardToSplit: first?.ShardId, NewStartingHashKey: middleOf(first) };
    await kinesis.send(new SplitShardCommand(input), maker.within());
  } else {
    const input = { StreamName, ShardToMerge: first?.ShardId, AdjacentShardToMerge: second?.ShardId };
    await kinesis.send(new MergeShardsCommand(input), maker.within());
  }
  await untilStreamActive(StreamName, maker);
}

/** The open shards in order of their hash keys; none of a stream that an earlier step has removed. */
async function openShards(StreamName: string, maker: Maker): Promise<Shard[]> {
  const list = new ListShardsCommand({ StreamName });
  const listed = await maker.clients.kinesis.send(list, maker.within()).catch(ignoreGone);
  return (listed?.Shards ?? [])
    .filter(({ SequenceNumberRange }) => SequenceNumberRange?.EndingSequenceNumber === undefined)
    .sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1));
}

const startOf = ({ HashKeyRange }: Shard): bigint => BigInt(HashKeyRange?.StartingHashKey ?? 0);

function middleOf(shard: Shard | undefined): string {
  const from = BigInt(shard?.HashKeyRange?.StartingHashKey ?? 0);
  const to = BigInt(shard?.HashKeyRange?.EndingHashKey ?? 0);
  return String((from + to) / 2n + 1n);
}
