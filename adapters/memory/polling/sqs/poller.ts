/** What reads a queue for one mapping. AWS, services-sqs-scaling.html, services-sqs-configure.html. */
import { documentOf } from '../../../../engine/filterPattern.ts';
import { isStoppedInQueue } from '../../recursion.ts';
import type { World } from '../../world.ts';
import { batchSizeOf, Gathering, isLetThrough, rollingWindowFrom, windowMsOf } from '../batching.ts';
import type { MappingRuntime } from '../mapping.ts';
import { mayRead } from '../reading.ts';
import type { Poller, Turn } from '../source.ts';
import { SqsBatch } from './batch.ts';
import type { Message } from './message.ts';
import type { SqsQueue } from './queue.ts';
import { Scale } from './scale.ts';
import { GroupedWaiting } from './waiting.ts';

/** How soon a refused message may come again, where the visibility timeout is 0. */
const LEAST_AGAIN_MS = 1_000;

export class SqsPoller implements Poller {
  readonly queue: SqsQueue;
  readonly mapping: MappingRuntime;
  readonly scale: Scale;
  /** Batches that have a place: in flight, or waiting for capacity. */
  busy = 0;
  private readonly gathering = new Gathering<Message>();
  private isLooking = false;
  /** Milliseconds of the clock. */
  private lastCompletedAt: number;
  private mixesGroups = false;

  constructor(world: World, queue: SqsQueue, mapping: MappingRuntime) {
    this.queue = queue;
    this.mapping = mapping;
    this.lastCompletedAt = world.clock.now;
    this.scale = new Scale(world, this);
  }

  resume(world: World): void {
    this.scale.reset(world);
    this.lookSoon(world);
  }

  /** What was gathered is given up: it comes back when it is visible again. */
  pause(): void {
    this.gathering.take();
  }

  /** Looks when a poll is due. */
  lookSoon(world: World): void {
    if (this.isLooking) return;
    this.isLooking = true;
    const share = world.chance.between(0, 1_000) / 1_000;
    world.clock.in(1 + world.policy.sqsPollMostSeconds * 1_000 * share * share, 'turn', this.look);
  }

  private readonly look: Turn = {
    turn: (world) => {
      this.isLooking = false;
      this.poll(world);
    },
  };

  /** As many batches as there are places and messages for. */
  private poll(world: World): void {
    if (!mayRead(world, this.mapping, this.queue)) {
      this.pause();
      return;
    }
    while (this.busy < this.scale.limit(world)) {
      if (!this.gather(world)) break;
      this.invoke(world);
    }
    if (this.queue.waiting.size > 0) this.scale.wantMore(world);
  }

  /** Receives until a batch is complete. False: there is none, or its window is still open. */
  private gather(world: World): boolean {
    const { gathering, queue, mapping } = this;
    const windowMs = windowMsOf(world, mapping);
    const most = this.batchMost(world, windowMs);
    let isFull = false;
    while (gathering.places < most) {
      const message = this.nextFor(world);
      if (message === undefined) break;
      if (!this.isWanted(world, message)) {
        if (world.policy.filtersAfterBatching) gathering.dropped++;
        continue;
      }
      if (isStoppedInQueue(world, mapping.owner, message)) {
        this.refuse(world, message);
        continue;
      }
      const bytes = message.recordBytes;
      if (!gathering.hasRoom(world, bytes)) {
        this.putBack(world, message);
        isFull = true;
        break;
      }
      if (gathering.items.length === 0) this.openWindow(world, windowMs);
      gathering.add(message, bytes);
    }
    if (queue.waiting instanceof GroupedWaiting && gathering.items.length > 0) queue.waiting.closeBatch();
    if (gathering.items.length === 0) return false;
    this.receive(world, windowMs);
    return isFull || gathering.places >= mapping.settings.batchSize || gathering.closesAt <= world.clock.now;
  }

  /** How many to take: as many as may be, or fewer where nothing says that a batch must be full. */
  private batchMost(world: World, windowMs: number): number {
    const most = batchSizeOf(world, this.mapping);
    if (windowMs > 0 || most === 1 || !world.chance.isTrue(world.policy.cutsBatchesShare)) return most;
    return 1 + world.chance.index(most);
  }

  private nextFor(world: World): Message | undefined {
    const { waiting } = this.queue;
    if (waiting instanceof GroupedWaiting) {
      if (this.gathering.items.length === 0)
        this.mixesGroups = world.chance.isTrue(world.policy.mixesGroupsShare);
      else if (!this.mixesGroups && waiting.isAnotherGroup()) return undefined;
    }
    return this.queue.receive(world);
  }

  /** Filtered messages are deleted, and take no place. */
  private isWanted(world: World, message: Message): boolean {
    const { policy } = world;
    const document = () => documentOf('sqs', message.text);
    this.mapping.polled++;
    if (isLetThrough(world, this.mapping, document)) return true;
    this.mapping.filteredOut++;
    if (policy.textMatchesJsonPatterns && !/^\s*[{[]/.test(message.text)) return true;
    const redrive = world.account.queues.get(this.queue.ref)?.redrive;
    if (policy.redrivesFiltered && redrive !== undefined) this.queue.redrive(world, message, redrive.to);
    if (policy.deletesFiltered || policy.redrivesFiltered) this.queue.delete(message);
    return false;
  }

  /** AWS, invocation-recursion.html: Lambda refuses the invocation, and the message is received again later. */
  private refuse(world: World, message: Message): void {
    this.mapping.owner.loopsStopped++;
    if (world.policy.losesStoppedMessages) {
      this.queue.delete(message);
      return;
    }
    const againMs = Math.max(LEAST_AGAIN_MS, this.visibilityMs(world, 0));
    message.visibleAt = world.clock.now + againMs;
    world.clock.in(againMs, 'turn', new Reappearance(this.queue, [message]));
  }

  private putBack(world: World, message: Message): void {
    message.receives--;
    this.queue.release(message);
    this.queue.waiting.add(world, message);
  }

  private openWindow(world: World, windowMs: number): void {
    const { gathering } = this;
    const { now } = world.clock;
    if (windowMs === 0) {
      gathering.closesAt = now;
      return;
    }
    const openedAt = rollingWindowFrom(world, this.lastCompletedAt, windowMs);
    const { windowLateShare, windowLateMostSeconds } = world.policy;
    const lateMs = world.chance.isTrue(windowLateShare)
      ? world.chance.between(0, windowLateMostSeconds * 1_000)
      : 0;
    gathering.closesAt = openedAt + windowMs + lateMs;
    if (gathering.closesAt > now) world.clock.in(gathering.closesAt - now, 'turn', this.look);
  }

  /** The message is visible again before its batch was complete. */
  forget(message: Message): void {
    this.gathering.remove(message, message.recordBytes);
  }

  /** What was gathered is invisible from now on, and comes back when that is over. */
  private receive(world: World, windowMs: number): void {
    const fresh = this.gathering.items.filter(({ visibleAt }) => visibleAt <= world.clock.now);
    if (fresh.length === 0) return;
    const visibilityMs = this.visibilityMs(world, windowMs);
    const visibleAt = world.clock.now + visibilityMs;
    for (const message of fresh) message.visibleAt = visibleAt;
    world.clock.in(visibilityMs, 'turn', new Reappearance(this.queue, fresh));
  }

  private visibilityMs(world: World, windowMs: number): number {
    if (!world.policy.honoursVisibility) return 200;
    const own = this.queue.visibilityMs(world);
    const needed = windowMs + 1_000 * this.mapping.owner.state.timeoutSeconds;
    // An old page of the guide: where these exceed it, window and timeout and 30 s are taken.
    const isShort = windowMs > 0 && needed > own && world.policy.extendsShortVisibility;
    return isShort ? needed + 30_000 : own;
  }

  private invoke(world: World): void {
    const { items, bytes } = this.gathering.take();
    const alive = items.filter(({ isGone }) => !isGone);
    if (alive.length === 0) return;
    this.busy++;
    new SqsBatch(world, this, alive, bytes).begin(world);
  }

  /** A place is free: of a batch that is over. */
  completed(world: World): void {
    this.busy--;
    this.lastCompletedAt = world.clock.now;
    if (this.queue.waiting.size > 0 || this.gathering.items.length > 0) this.lookSoon(world);
  }
}

/** The visibility timeout of received messages is over. */
class Reappearance implements Turn {
  private readonly queue: SqsQueue;
  private readonly messages: readonly Message[];
  private readonly receipts: readonly number[];

  constructor(queue: SqsQueue, messages: readonly Message[]) {
    this.queue = queue;
    this.messages = messages;
    this.receipts = messages.map(({ receipt }) => receipt);
  }

  turn(world: World): void {
    this.queue.comeBack(world, this.messages, this.receipts);
  }
}
