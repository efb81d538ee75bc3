/** A queue of a broker, and what reads it. AWS, with-mq.html: five batches of ActiveMQ at once, one of RabbitMQ. */
import type { Remaining } from '../../../../engine/history.ts';
import { recordIds, type SendStep } from '../../../../engine/sourceSpec.ts';
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import type { Poller, Source } from '../source.ts';
import { isPermitted } from '../steps.ts';
import { LogEntry } from './entry.ts';
import { Line, type LineOwner } from './line.ts';

export class BrokerQueue implements Source {
  readonly ref: string;
  readonly isRabbit: boolean;
  private readonly held = new Map<number, LogEntry>();
  private readonly pollers: BrokerPoller[] = [];
  private messages = 0;

  constructor(ref: string, isRabbit: boolean) {
    this.ref = ref;
    this.isRabbit = isRabbit;
  }

  exists(world: World): boolean {
    return world.account.resources.get(this.ref)?.exists === true;
  }

  attach(_world: World, mapping: MappingRuntime): Poller {
    const poller = new BrokerPoller(this, mapping);
    // The messages of a queue go to one of those that read it: here to the first.
    if (this.pollers.length === 0) for (const entry of this.held.values()) poller.line.add(entry);
    this.pollers.push(poller);
    return poller;
  }

  send(world: World, step: SendStep, index: number): void {
    const at = world.seconds;
    for (const spec of step.records) {
      for (const record of spec.times === undefined ? [spec.record] : recordIds(spec)) {
        if (!this.exists(world)) {
          world.recorder.push({
            kind: 'unsent',
            at,
            step: index,
            record,
            resource: this.ref,
            error: 'the queue is gone',
          });
          continue;
        }
        const entry = new LogEntry(record, spec, 0, this.messages++, undefined, world.clock.now);
        this.held.set(entry.offset, entry);
        world.recorder.push({
          kind: 'sent',
          at,
          requestedAt: at,
          step: index,
          record,
          resource: this.ref,
          id: `ID:${entry.offset}`,
        });
        this.pollers[0]?.line.add(entry);
      }
    }
    this.pollers[0]?.line.lookSoon(world);
  }

  acknowledge({ offset }: LogEntry): void {
    this.held.delete(offset);
  }

  remaining(world: World): Remaining | undefined {
    if (!this.exists(world)) return undefined;
    const records = [...this.held.values()].map(({ record }) => record);
    return { kind: 'remaining', at: world.seconds, resource: this.ref, count: records.length, records };
  }
}

class BrokerPoller implements Poller, LineOwner {
  readonly queue: BrokerQueue;
  readonly mapping: MappingRuntime;
  readonly line: Line;

  constructor(queue: BrokerQueue, mapping: MappingRuntime) {
    this.queue = queue;
    this.mapping = mapping;
    this.line = new Line(this);
  }

  resume(world: World): void {
    this.line.lookSoon(world);
  }

  pause(): void {
    this.line.giveUp();
  }

  mayRead(world: World): boolean {
    const { mapping, queue } = this;
    if (!mapping.isActive && world.policy.honoursDisabling) return false;
    return (
      queue.exists(world) &&
      mapping.owner.resource.exists &&
      isPermitted(world, mapping.owner.name, queue.ref)
    );
  }

  atOnce({ policy }: World): number {
    return this.queue.isRabbit ? policy.rabbitMqAttempts : policy.activeMqAttempts;
  }

  takePlace(): boolean {
    return true;
  }

  givePlace(): void {}

  settled(world: World, entries: readonly LogEntry[], isHandled: boolean): void {
    if (isHandled && world.policy.acknowledges) for (const entry of entries) this.queue.acknowledge(entry);
  }
}
