/** What reads a stream for one mapping: each of its shards by itself. AWS, services-kinesis-create.html. */
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import type { Poller } from '../source.ts';
import { ShardReader } from './reader.ts';
import type { StreamRecord } from './record.ts';
import type { Shard } from './shard.ts';
import { startIn } from './startingPosition.ts';
import type { StreamSource } from './stream.ts';

export class StreamPoller implements Poller {
  readonly stream: StreamSource;
  readonly mapping: MappingRuntime;
  readonly readers: ShardReader[] = [];
  /** Attempts of final invocations of tumbling windows so far. */
  finalAttempts = 0;
  private wasPaused = false;

  constructor(world: World, stream: StreamSource, mapping: MappingRuntime) {
    this.stream = stream;
    this.mapping = mapping;
    const start = startIn(world, mapping);
    for (const shard of stream.shards) this.readers.push(new ShardReader(world, this, shard, start(shard)));
  }

  /** A record is on a shard. */
  take(world: World, record: StreamRecord): void {
    const { readers } = this;
    for (const reader of readers) {
      if (reader.shard !== record.shard) continue;
      (world.policy.separatesShards ? reader : (readers[0] ?? reader)).add(world, record);
      return;
    }
  }

  wake(world: World): void {
    for (const reader of this.readers) reader.lookSoon(world);
  }

  /** New shards have taken the place of others: they are read from their beginning. */
  readNew(world: World, children: readonly Shard[]): void {
    for (const shard of children) this.readers.push(new ShardReader(world, this, shard, 0));
    for (const reader of this.readers) if (reader.shard.isClosed) reader.advance(world);
  }

  resume(world: World): void {
    const { resumesFrom } = world.policy;
    const jumps = this.wasPaused && resumesFrom !== 'checkpoint';
    this.wasPaused = false;
    for (const reader of this.readers) {
      if (jumps) reader.jumpTo(world, resumesFrom === 'horizon' ? 0 : reader.shard.records.length);
      reader.resume(world);
    }
  }

  pause(): void {
    this.wasPaused = true;
  }

  /** Whether something fails in another shard. */
  isFailingBeside(own: ShardReader): boolean {
    for (const reader of this.readers) if (reader !== own && reader.isFailing) return true;
    return false;
  }
}
