/** A topic of Kafka with its partitions and consumer groups, and what reads it. AWS, with-kafka.html, kafka-scaling-modes.html. */
import { type RecordSpec, recordIds, type SendStep } from '../../../../engine/sourceSpec.ts';
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import { placeOf } from '../shards/shard.ts';
import type { Poller, Source } from '../source.ts';
import { isPermitted } from '../steps.ts';
import { LogEntry } from './entry.ts';
import { Line, type LineOwner } from './line.ts';

export class KafkaTopic implements Source {
  readonly ref: string;
  readonly partitions: LogEntry[][];
  /** Offsets that groups had committed before the scenario began. */
  readonly committed: Readonly<Record<string, number>>;
  private readonly pollers: KafkaPoller[] = [];

  constructor(ref: string, partitions: number, committed: Readonly<Record<string, number>>) {
    this.ref = ref;
    this.partitions = Array.from({ length: partitions }, () => []);
    this.committed = committed;
  }

  exists(world: World): boolean {
    return world.account.resources.get(this.ref)?.exists === true;
  }

  attach(world: World, mapping: MappingRuntime): Poller {
    const poller = new KafkaPoller(world, this, mapping);
    this.pollers.push(poller);
    return poller;
  }

  send(world: World, step: SendStep, index: number): void {
    const requestedAt = world.seconds;
    for (const spec of step.records)
      for (const record of spec.times === undefined ? [spec.record] : recordIds(spec))
        this.take(world, spec, record, { step: index, requestedAt });
    for (const poller of this.pollers) poller.wake(world);
  }

  private take(
    world: World,
    spec: RecordSpec,
    record: string,
    told: { step: number; requestedAt: number },
  ): void {
    const at = world.seconds;
    if (!this.exists(world)) {
      world.recorder.push({
        kind: 'unsent',
        at,
        step: told.step,
        record,
        resource: this.ref,
        error: 'UnknownTopicOrPartition',
      });
      return;
    }
    const partition = (spec.partition ?? placeOf(spec.key ?? record)) % this.partitions.length;
    const log = this.partitions[partition] as LogEntry[];
    const shard = `${this.ref.slice('kafka:'.length)}-${partition}`;
    const entry = new LogEntry(record, spec, partition, log.length, shard, world.clock.now);
    log.push(entry);
    world.recorder.push({
      kind: 'sent',
      at,
      ...told,
      record,
      resource: this.ref,
      id: String(entry.offset),
      shard,
    });
    for (const poller of this.pollers) poller.take(entry);
  }

  remaining(): undefined {
    return undefined;
  }
}

/** In on-demand mode one poller reads several partitions by turns until there are more of them. */
class KafkaPoller implements Poller, LineOwner {
  readonly topic: KafkaTopic;
  readonly mapping: MappingRuntime;
  private readonly lines: Line[];
  private readonly firsts: readonly number[];
  private inFlight = 0;
  private readonly beganAt: number;

  constructor(world: World, topic: KafkaTopic, mapping: MappingRuntime) {
    this.topic = topic;
    this.mapping = mapping;
    this.beganAt = world.clock.now;
    this.lines = topic.partitions.map(() => new Line(this));
    this.firsts = topic.partitions.map((log) => this.firstOf(world, log));
    for (const log of topic.partitions) for (const entry of log) this.take(entry);
  }

  /** Where the group stands, if it exists; else where the starting position is. */
  private firstOf(world: World, log: readonly LogEntry[]): number {
    const { consumerGroup, startingPosition } = this.mapping.settings;
    const committed = consumerGroup === undefined ? undefined : this.topic.committed[consumerGroup];
    if (committed !== undefined && world.policy.startsAtCommitted) return committed;
    return startingPosition === 'LATEST' && this.mapping.createdAt >= 0 ? log.length : 0;
  }

  take(entry: LogEntry): void {
    if (entry.offset >= (this.firsts[entry.partition] ?? 0)) this.lines[entry.partition]?.add(entry);
  }

  wake(world: World): void {
    for (const line of this.lines) line.lookSoon(world);
  }

  resume(world: World): void {
    for (const line of this.lines) line.rewind();
    this.wake(world);
  }

  pause(): void {
    for (const line of this.lines) line.giveUp();
  }

  mayRead(world: World): boolean {
    const { mapping, topic } = this;
    if (!mapping.isActive && world.policy.honoursDisabling) return false;
    return (
      topic.exists(world) &&
      mapping.owner.resource.exists &&
      isPermitted(world, mapping.owner.name, topic.ref)
    );
  }

  atOnce(world: World): number {
    return world.policy.pollersPerPartition;
  }

  /** Attempts at once over all partitions. */
  private places(world: World): number {
    const { provisioned } = this.mapping.settings;
    const { policy } = world;
    if (provisioned !== null)
      return policy.honoursKafkaMaximum
        ? policy.kafkaAttemptsPerPoller * (provisioned.maximum ?? 200)
        : 10_000;
    const isScaled = world.clock.now - this.beganAt > policy.kafkaScaleMostSeconds * 1_000;
    return isScaled || policy.pollersPerPartition > 1
      ? this.lines.length * policy.pollersPerPartition
      : Math.max(1, Math.ceil(this.lines.length / 2));
  }

  takePlace(world: World): boolean {
    if (this.inFlight >= this.places(world)) return false;
    this.inFlight++;
    return true;
  }

  givePlace(world: World): void {
    this.inFlight--;
    for (const line of this.lines) line.lookSoon(world);
  }

  settled(): void {}
}
