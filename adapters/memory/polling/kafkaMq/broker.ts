/** A queue of a broker of Amazon MQ. AWS, with-mq.html. */
import type { Remaining } from '../../../../engine/history.ts';
import { recordIds, type SendStep } from '../../../../engine/sourceSpec.ts';
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import type { Poller, Source } from '../source.ts';
import { BrokerPoller } from './brokerPoller.ts';
import { LogEntry } from './entry.ts';

export class BrokerQueue implements Source {
  readonly ref: string;
  readonly isRabbit: boolean;
  /** Not acknowledged, by number. */
  private readonly held = new Map<number, LogEntry>();
  /** Held, and given to no poller. */
  private waiting: LogEntry[] = [];
  private readonly pollers: BrokerPoller[] = [];
  private messages = 0;
  private turns = 0;

  constructor(ref: string, isRabbit: boolean) {
    this.ref = ref;
    this.isRabbit = isRabbit;
  }

  exists(world: World): boolean {
    return world.account.resources.get(this.ref)?.exists === true;
  }

  attach(_world: World, mapping: MappingRuntime): Poller {
    const poller = new BrokerPoller(this, mapping);
    this.pollers.push(poller);
    return poller;
  }

  send(world: World, step: SendStep, index: number): void {
    const told = { at: world.seconds, step: index, resource: this.ref };
    const exists = this.exists(world);
    for (const spec of step.records) {
      for (const record of recordIds(spec)) {
        if (!exists) {
          world.recorder.push({ kind: 'unsent', ...told, record, error: 'the queue is gone' });
          continue;
        }
        const entry = new LogEntry(record, spec, 0, this.messages++, undefined, world.clock.now);
        this.held.set(entry.offset, entry);
        this.waiting.push(entry);
        const id = `ID:${entry.offset}`;
        world.recorder.push({ kind: 'sent', ...told, requestedAt: told.at, record, id });
      }
    }
    this.distribute(world);
  }

  /** Each message goes to one of those that read the queue, by turns. */
  distribute(world: World): void {
    const reading = this.pollers.filter((poller) => poller.isReading);
    if (reading.length === 0 || this.waiting.length === 0) return;
    for (const entry of this.waiting) reading[this.turns++ % reading.length]?.take(entry);
    this.waiting = [];
    for (const poller of reading) poller.wake(world);
  }

  /** Nobody has acknowledged these: they wait for whoever reads the queue next. */
  takeBack(world: World, entries: readonly LogEntry[]): void {
    if (entries.length === 0) return;
    this.waiting = entries.concat(this.waiting);
    this.distribute(world);
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
