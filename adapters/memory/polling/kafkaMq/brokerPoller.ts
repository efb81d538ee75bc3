/** What reads a broker's queue for a mapping. AWS, with-mq.html: five batches of ActiveMQ at once, one of RabbitMQ. */
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import { mayRead } from '../reading.ts';
import type { Poller } from '../source.ts';
import type { BrokerQueue } from './broker.ts';
import type { LogEntry } from './entry.ts';
import { Line, type LineOwner } from './line.ts';

const NO_LINES: readonly Line[] = [];

export class BrokerPoller implements Poller, LineOwner {
  readonly mapping: MappingRuntime;
  /** It takes messages: the mapping is enabled. */
  isReading = false;
  private readonly queue: BrokerQueue;
  private readonly line: Line;

  constructor(queue: BrokerQueue, mapping: MappingRuntime) {
    this.queue = queue;
    this.mapping = mapping;
    this.line = new Line(this);
  }

  take(entry: LogEntry): void {
    this.line.add(entry);
  }

  wake(world: World): void {
    this.line.lookSoon(world);
  }

  resume(world: World): void {
    this.isReading = true;
    this.queue.distribute(world);
    this.wake(world);
  }

  pause(world: World): void {
    this.isReading = false;
    this.queue.takeBack(world, this.line.drained());
  }

  mayRead(world: World): boolean {
    return mayRead(world, this.mapping, this.queue);
  }

  atOnce({ policy }: World): number {
    return this.queue.isRabbit ? policy.rabbitMqAttempts : policy.activeMqAttempts;
  }

  hasPlace(): boolean {
    return true;
  }

  takePlace(): void {}

  givePlace(): void {}

  othersOf(): readonly Line[] {
    return NO_LINES;
  }

  settled(world: World, entries: readonly LogEntry[], isHandled: boolean): void {
    if (isHandled && world.policy.acknowledges) for (const entry of entries) this.queue.acknowledge(entry);
  }

  /** A disabled mapping holds no messages; one that only lacks a right goes on where it was. */
  takeBack(world: World, entries: readonly LogEntry[]): boolean {
    if (this.isReading) return false;
    this.queue.takeBack(world, entries);
    return true;
  }

  /** Amazon MQ has no on-failure destinations. */
  produce(): void {}
}
