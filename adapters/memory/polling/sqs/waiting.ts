/** Messages that can be received: in an order that no standard queue promises, or by groups. */
import type { World } from '../../world.ts';
import type { Message } from './message.ts';

export interface Waiting {
  /** A message came, or is visible again. */
  add(world: World, message: Message): void;
  /** The next one to be received; undefined where there is none now. It leaves the waiting ones. */
  next(): Message | undefined;
  readonly size: number;
  /** A received message is deleted, or visible again: its group may go on. */
  release(message: Message): void;
}

/** A standard queue: about first in, first out; some are overtaken by the ones behind them. */
export class StandardWaiting implements Waiting {
  private items: (Message | undefined)[] = [];
  private head = 0;

  get size(): number {
    return this.items.length - this.head;
  }

  add(world: World, message: Message): void {
    const { items } = this;
    items.push(message);
    const last = items.length - 1;
    if (last <= this.head || !world.chance.isTrue(world.policy.disorderShare)) return;
    const other = Math.max(this.head, last - 1 - world.chance.index(4));
    items[last] = items[other];
    items[other] = message;
  }

  next(): Message | undefined {
    if (this.head >= this.items.length) return undefined;
    const message = this.items[this.head];
    this.items[this.head++] = undefined;
    if (this.head > 1_024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    return message;
  }

  release(): void {}
}

/** A FIFO queue: a group has its order, and one batch at a time. */
export class GroupedWaiting implements Waiting {
  size = 0;
  private readonly groups = new Map<string, Group>();
  /** Groups with messages that nothing holds up, in turn. */
  private ready: Group[] = [];
  private head = 0;
  private readonly isLocking: boolean;
  private readonly keepsOrder: boolean;

  constructor(world: World) {
    this.isLocking = world.policy.locksGroups;
    this.keepsOrder = world.policy.keepsGroupOrder;
  }

  add(_world: World, message: Message): void {
    let group = this.groups.get(message.group);
    if (group === undefined) {
      group = { waiting: new Line(), inFlight: 0, isReady: false };
      this.groups.set(message.group, group);
    }
    this.size++;
    group.waiting.add(message, this.keepsOrder);
    this.makeReady(group);
  }

  /** The next message of the first group that is ready. A batch may go on with the same group, then with others. */
  next(): Message | undefined {
    for (;;) {
      const group = this.ready[this.head];
      if (group === undefined) {
        this.ready = [];
        this.head = 0;
        return undefined;
      }
      const message = group.waiting.next();
      if (message !== undefined) {
        this.size--;
        group.inFlight++;
        return message;
      }
      group.isReady = false;
      this.head++;
    }
  }

  /** The batch is closed: what is left of groups that it holds has to wait. */
  closeBatch(): void {
    for (;;) {
      const group = this.ready[this.head];
      if (group === undefined || group.inFlight === 0 || !this.isLocking) return;
      group.isReady = false;
      this.head++;
    }
  }

  /** Whether the next message is of a group of which the batch has none yet. */
  isAnotherGroup(): boolean {
    const group = this.ready[this.head];
    return group !== undefined && (group.inFlight === 0 || group.waiting.length === 0);
  }

  release(message: Message): void {
    const group = this.groups.get(message.group);
    if (group === undefined) return;
    group.inFlight--;
    this.makeReady(group);
  }

  private makeReady(group: Group): void {
    if (group.isReady || group.waiting.length === 0 || (this.isLocking && group.inFlight > 0)) return;
    group.isReady = true;
    this.ready.push(group);
  }
}

interface Group {
  readonly waiting: Line;
  inFlight: number;
  isReady: boolean;
}

/** Places that are kept free at the front for what is visible again. */
const FREE_PLACES = 64;

/** Messages of a group in the order of their sequence numbers; what is visible again goes to the front. */
class Line {
  private items: (Message | undefined)[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  /** Behind all with a lower sequence number, where the order is kept. */
  add(message: Message, keepsOrder: boolean): void {
    const { items, head } = this;
    const first = items[head];
    if (keepsOrder && head > 0 && first !== undefined && first.sequence > message.sequence) {
      items[--this.head] = message;
      return;
    }
    let at = items.length;
    if (keepsOrder) while (at > head && (items[at - 1]?.sequence ?? 0) > message.sequence) at--;
    items.splice(at, 0, message);
  }

  next(): Message | undefined {
    const message = this.items[this.head];
    if (message === undefined) return undefined;
    this.items[this.head++] = undefined;
    if (this.head > 1_024 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head - FREE_PLACES);
      this.head = FREE_PLACES;
    }
    return message;
  }
}
