/** What reads a topic for a mapping. AWS, kafka-scaling-modes.html, kafka-starting-positions.html, kafka-consumer-group-id.html. */
import type { Json } from '../../../../engine/json.ts';
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import { mayRead } from '../reading.ts';
import type { Poller, Turn } from '../source.ts';
import type { LogEntry } from './entry.ts';
import { Line, type LineOwner } from './line.ts';
import { KafkaTopic } from './topic.ts';

/** AWS, API_ProvisionedPollerConfig.html. */
const DEFAULT_MAXIMUM_POLLERS = 200;
const NO_LINES: readonly Line[] = [];

/** A line for each partition. In on-demand mode some of them wait for others until there are more pollers. */
export class KafkaPoller implements Poller, LineOwner {
  readonly topic: KafkaTopic;
  readonly mapping: MappingRuntime;
  private readonly lines: readonly Line[];
  /** The offset at which it begins, by partition. */
  private readonly firsts: readonly number[];
  private inFlight = 0;
  private readonly scaledAt: number;
  private isWaitingForScale = false;

  constructor(world: World, topic: KafkaTopic, mapping: MappingRuntime) {
    this.topic = topic;
    this.mapping = mapping;
    this.scaledAt = world.clock.now + world.policy.kafkaScaleMostSeconds * 1_000;
    this.lines = topic.partitions.map(() => new Line(this));
    this.firsts = topic.partitions.map((log, partition) => this.firstOf(world, log, partition));
    for (const log of topic.partitions) for (const entry of log) this.take(entry);
  }

  /** Without a name of its own the group is the mapping's alone. */
  private get group(): string {
    return this.mapping.settings.consumerGroup ?? this.mapping.uuid;
  }

  /** Where the group stands, if it exists; else where the starting position is. */
  private firstOf(world: World, log: readonly LogEntry[], partition: number): number {
    const committed = this.topic.committed(this.group, partition);
    const { startingPosition, startingAtSeconds } = this.mapping.settings;
    const { startsAtCommitted, latestIgnoresCommitted } = world.policy;
    const isIgnored = !startsAtCommitted || (latestIgnoresCommitted && startingPosition === 'LATEST');
    if (committed !== undefined && !isIgnored) return committed;
    if (startingPosition === 'LATEST') return log.length;
    if (startingPosition !== 'AT_TIMESTAMP' || startingAtSeconds === null) return 0;
    const found = log.findIndex(({ arrivedAt }) => arrivedAt >= startingAtSeconds * 1_000);
    return found < 0 ? log.length : found;
  }

  take(entry: LogEntry): void {
    if (entry.offset >= (this.firsts[entry.partition] ?? 0)) this.lines[entry.partition]?.add(entry);
  }

  wake(world: World): void {
    if (this.mapping.isActive) for (const line of this.lines) line.lookSoon(world);
  }

  resume(world: World): void {
    for (const line of this.lines) {
      line.rewind();
      line.lookSoon(world);
    }
  }

  pause(): void {
    for (const line of this.lines) line.ungather();
  }

  mayRead(world: World): boolean {
    return mayRead(world, this.mapping, this.topic);
  }

  atOnce({ policy }: World): number {
    return policy.pollersPerPartition;
  }

  /** Attempts at once over all partitions. */
  private places({ clock, policy }: World): number {
    const { provisioned } = this.mapping.settings;
    if (provisioned !== null)
      return policy.honoursKafkaMaximum
        ? policy.kafkaAttemptsPerPoller * (provisioned.maximum ?? DEFAULT_MAXIMUM_POLLERS)
        : Number.POSITIVE_INFINITY;
    if (clock.now >= this.scaledAt || policy.pollersPerPartition > 1)
      return this.lines.length * policy.pollersPerPartition;
    return Math.ceil(this.lines.length / 2);
  }

  hasPlace(world: World): boolean {
    if (this.inFlight < this.places(world)) return true;
    if (!this.isWaitingForScale && world.clock.now < this.scaledAt) {
      this.isWaitingForScale = true;
      world.clock.in(this.scaledAt - world.clock.now, 'turn', this.scaled);
    }
    return false;
  }

  private readonly scaled: Turn = { turn: (world) => this.wake(world) };

  takePlace(): void {
    this.inFlight++;
  }

  givePlace(world: World): void {
    this.inFlight--;
    // Where there is a line for each place, none waits for one.
    if (this.inFlight + 1 >= this.places(world)) this.wake(world);
  }

  /** AWS, kafka-on-failure.html: what is told of a batch that failed lists several partitions. */
  othersOf(world: World, line: Line): readonly Line[] {
    if (this.lines.length < 2 || !world.chance.isTrue(world.policy.kafkaMixesPartitionsShare))
      return NO_LINES;
    return this.lines.filter((other) => other !== line && other.isIdle);
  }

  settled(_world: World, entries: readonly LogEntry[]): void {
    this.topic.commit(this.group, entries);
  }

  takeBack(): boolean {
    return false;
  }

  produce(world: World, ref: string, failed: LogEntry, body: Json): void {
    const topic = world.sources.get(ref);
    if (topic instanceof KafkaTopic) topic.produced(world, failed, body);
  }
}
