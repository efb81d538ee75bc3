/** A batch of messages, from its invocation to what becomes of them. AWS, services-sqs-errorhandling.html. */
import { type HandledRecord, handleBatch } from '../../../../engine/batchHandler.ts';
import type { SeenRecord } from '../../../../engine/history.ts';
import type { Json } from '../../../../engine/json.ts';
import { recordBehaviourAt } from '../../../../engine/sourceSpec.ts';
import type { Attempt } from '../../attempt.ts';
import type { Result } from '../../invocation.ts';
import { maySendOn } from '../../recursion.ts';
import type { World } from '../../world.ts';
import { invokeBatch, type PolledBatch } from '../batch.ts';
import type { MappingRuntime } from '../mapping.ts';
import { meaningOf } from '../response.ts';
import type { Turn } from '../source.ts';
import { type Message, recordOf, seenMessage } from './message.ts';
import type { SqsPoller } from './poller.ts';

/** A throttled batch is tried again after one second, two, four … */
const BACKOFF_MS = 1_000;
/** How soon a target lets go of what was throttled that does not wait for the visibility timeout. */
const VISIBLE_AGAIN_MS = 3_000;
const BACKOFF_MOST_MS = 60_000;

export class SqsBatch implements PolledBatch, Turn {
  readonly mapping: MappingRuntime;
  readonly seen: readonly SeenRecord[];
  private readonly poller: SqsPoller;
  private readonly messages: readonly Message[];
  private readonly receipts: readonly number[];
  private readonly bytes: number;
  private payload: Json | undefined = undefined;
  private throttles = 0;

  constructor(world: World, poller: SqsPoller, messages: readonly Message[], bytes: number) {
    this.poller = poller;
    this.mapping = poller.mapping;
    this.messages = messages;
    this.bytes = bytes;
    this.receipts = messages.map(({ receipt }) => receipt);
    const isCounting = world.policy.countsReceives;
    this.seen = messages.map((message) => seenMessage(message, isCounting ? message.receives : 1));
  }

  begin(world: World): void {
    this.payload ??= this.event(world);
    const throttled = invokeBatch(world, this, this.payload, this.bytes);
    if (throttled !== undefined) {
      this.throttled(world);
      return;
    }
    this.payload = undefined;
    this.mapping.invoked += this.messages.length;
  }

  private event(world: World): Json {
    const { queue } = this.poller;
    const Records = this.messages.map((message, place) =>
      recordOf(world, message, queue, this.seen[place]?.receiveCount ?? 1),
    );
    return { Records };
  }

  /** AWS: it is tried again as long as the messages are invisible; then they are visible again. */
  private throttled(world: World): void {
    const { policy } = world;
    if (policy.throttleSlows) this.poller.scale.slowDown();
    if (policy.throttledMessagesAreLost)
      for (const message of this.messages) this.poller.queue.delete(message);
    for (const message of this.messages) message.wasThrottled = true;
    const waitMs = Math.min(BACKOFF_MOST_MS, BACKOFF_MS * 2 ** this.throttles++);
    const leftMs = Math.min(...this.messages.map(({ visibleAt }) => visibleAt)) - world.clock.now;
    if (policy.throttledAreVisibleAtOnce) {
      world.clock.in(VISIBLE_AGAIN_MS, 'turn', { turn: () => this.showAtOnce(world, this.messages) });
      this.poller.completed(world);
    } else if (waitMs < leftMs) world.clock.in(waitMs, 'turn', this);
    else this.poller.completed(world);
  }

  turn(world: World): void {
    if (this.mapping.isActive) this.begin(world);
    else this.poller.completed(world);
  }

  behave(timeoutSeconds: number) {
    const handled = this.messages.map(
      (message): HandledRecord => ({
        behaviour: recordBehaviourAt(message.spec.plan, ++message.deliveries),
        identifier: message.messageId,
      }),
    );
    return handleBatch(handled, timeoutSeconds);
  }

  entered(world: World, attempt: Attempt): void {
    for (const message of this.messages) {
      const { chainTo } = recordBehaviourAt(message.spec.plan, message.deliveries);
      if (chainTo === undefined || !maySendOn(world, message)) continue;
      world.sources.get(chainTo)?.takeChained?.(world, message, attempt);
    }
  }

  ended(world: World, _attempt: Attempt, result: Result): void {
    const { poller, messages } = this;
    const { policy } = world;
    const meaning = meaningOf(world, this.mapping, result, placesOf(messages));
    if (meaning !== 'success' && policy.errorsSlow) poller.scale.slowDown();
    else poller.scale.recover(world);
    messages.forEach((message, place) => {
      const hasFailed = meaning === 'failure' || (meaning !== 'success' && meaning.has(place));
      this.settle(world, message, place, hasFailed);
    });
    const failed = meaning === 'success' ? [] : this.failedOf(meaning);
    if (failed.length > 0 && policy.failedAreVisibleAtOnce) this.showAtOnce(world, failed);
    poller.completed(world);
  }

  private settle(world: World, message: Message, place: number, hasFailed: boolean): void {
    const { queue } = this.poller;
    const { policy } = world;
    if (!hasFailed) {
      if (message.receives > policy.handledComeAgain && this.deletes(world, message, place))
        queue.delete(message);
      return;
    }
    if (policy.deletesFailed || !policy.redelivers) queue.delete(message);
    if (queue.isFifo && !policy.failuresBlockGroups) queue.release(message);
  }

  /** Whether the request to delete a handled message succeeds. */
  private deletes(world: World, message: Message, place: number): boolean {
    const { oldReceiptsDeleteShare, messageDuplicateShare } = world.policy;
    // AWS, SQS API_DeleteMessage.html: with a handle that is not the last one the message might not be deleted.
    if (message.receipt !== this.receipts[place]) return world.chance.isTrue(oldReceiptsDeleteShare);
    if (this.poller.queue.isFifo || message.isDuplicated) return true;
    message.isDuplicated = world.chance.isTrue(messageDuplicateShare);
    return !message.isDuplicated;
  }

  private failedOf(meaning: 'failure' | ReadonlySet<number>): Message[] {
    return this.messages.filter((_, place) => meaning === 'failure' || meaning.has(place));
  }

  private showAtOnce(world: World, failed: readonly Message[]): void {
    for (const message of failed) message.visibleAt = world.clock.now;
    this.poller.queue.comeBack(
      world,
      failed,
      failed.map(({ receipt }) => receipt),
    );
  }
}

/** The place of a message by its identifier; made when it is first asked for. */
function placesOf(messages: readonly Message[]): (identifier: Json) => number | undefined {
  let places: Map<Json, number> | undefined;
  return (identifier) => {
    places ??= new Map(messages.map(({ messageId }, place) => [messageId, place]));
    return places.get(identifier);
  };
}
