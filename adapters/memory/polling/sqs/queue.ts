/** A queue of SQS: what it takes, what can be received, and what became of it. */
import type { Remaining } from '../../../../engine/history.ts';
import { parsedJson } from '../../../../engine/json.ts';
import { type RecordSpec, recordIds, type SendStep } from '../../../../engine/sourceSpec.ts';
import type { Attempt } from '../../attempt.ts';
import type { World } from '../../world.ts';
import type { MappingRuntime } from '../mapping.ts';
import type { Poller, Source, Turn } from '../source.ts';
import { Message } from './message.ts';
import { SqsPoller } from './poller.ts';
import { GroupedWaiting, StandardWaiting, type Waiting } from './waiting.ts';

/** AWS, SQS API_CreateQueue.html. */
const DEFAULT_VISIBILITY_SECONDS = 30;
const DEFAULT_RETENTION_SECONDS = 345_600;

/** AWS, SQS: a message with the same deduplication id within five minutes is taken, and delivered no second time. */
const DEDUPLICATION_MS = 300_000;

export class SqsQueue implements Source {
  readonly ref: string;
  readonly arn: string;
  readonly isFifo: boolean;
  readonly waiting: Waiting;
  private readonly pollers: SqsPoller[] = [];
  /** All that are not gone. */
  private readonly held = new Set<Message>();
  private readonly deduplicated = new Map<string, number>();
  private sequence = 0;

  constructor(world: World, ref: string) {
    this.ref = ref;
    this.arn = `arn:aws:sqs:us-east-1:123456789012:${ref.slice('queue:'.length)}`;
    this.isFifo = world.account.queues.get(ref)?.fifo === true;
    this.waiting = this.isFifo ? new GroupedWaiting(world) : new StandardWaiting();
  }

  exists(world: World): boolean {
    return world.account.resources.get(this.ref)?.exists === true;
  }

  attach(world: World, mapping: MappingRuntime): Poller {
    const poller = new SqsPoller(world, this, mapping);
    this.pollers.push(poller);
    return poller;
  }

  /** The visibility timeout now, milliseconds. */
  visibilityMs(world: World): number {
    return (
      1_000 * (world.account.queues.get(this.ref)?.visibilityTimeoutSeconds ?? DEFAULT_VISIBILITY_SECONDS)
    );
  }

  send(world: World, step: SendStep, index: number): void {
    const requestedAt = world.seconds;
    for (const spec of step.records)
      for (const record of recordIds(spec)) this.take(world, spec, record, index, requestedAt);
    this.wake(world);
  }

  private take(world: World, spec: RecordSpec, record: string, step: number, requestedAt: number): void {
    const at = world.seconds;
    const resource = this.ref;
    const message = new Message(record, spec, world.nextRequestId(), world.clock.now, ++this.sequence);
    message.step = step;
    const error = this.refusal(world, message);
    if (error !== undefined) {
      world.recorder.push({ kind: 'unsent', at, step, record, resource, error });
      return;
    }
    const id = message.messageId;
    world.recorder.push({ kind: 'sent', at, step, record, resource, requestedAt, id });
    if (this.isRepetition(world, message)) return;
    this.held.add(message);
    const delaySeconds = spec.delaySeconds ?? world.account.queues.get(this.ref)?.delaySeconds ?? 0;
    if (delaySeconds > 0) world.clock.in(1_000 * delaySeconds, 'turn', new Appearance(this, [message]));
    else this.waiting.add(world, message);
  }

  /** A handler sends a message on. */
  takeChained(world: World, from: Message, cause: Attempt): void {
    const { record, spec, step } = from;
    const dot = record.indexOf('.');
    const root = dot < 0 ? record : record.slice(0, dot);
    const message = new Message(
      `${root}.${++world.handlersCalls + 1}`,
      spec,
      world.nextRequestId(),
      world.clock.now,
      ++this.sequence,
    );
    const at = world.seconds;
    const told = { at, step, record: message.record, resource: this.ref, chainedFrom: cause.id };
    const error = this.refusal(world, message);
    if (error !== undefined) return;
    world.recorder.push({ kind: 'sent', ...told, requestedAt: at, id: message.messageId });
    message.cause = cause;
    message.parent = from;
    message.hop = from.hop + 1;
    message.step = step;
    // The second message of a chain does what the plan says from its second entry on.
    message.deliveries = from.deliveries;
    this.held.add(message);
    this.waiting.add(world, message);
    this.wake(world);
  }

  private refusal(world: World, message: Message): string | undefined {
    if (!this.exists(world)) return 'QueueDoesNotExist: The specified queue does not exist.';
    if (message.spec.text === '')
      return 'MissingParameter: The request must contain the parameter MessageBody.';
    if (message.bodyBytes <= world.policy.messageBytes) return undefined;
    return `InvalidParameterValue: One or more parameters are invalid. Reason: Message must be shorter than ${world.policy.messageBytes} bytes.`;
  }

  private isRepetition(world: World, { spec }: Message): boolean {
    const { deduplicationId } = spec;
    if (!this.isFifo || deduplicationId === undefined) return false;
    const before = this.deduplicated.get(deduplicationId);
    if (before !== undefined && world.clock.now - before < DEDUPLICATION_MS) return true;
    this.deduplicated.set(deduplicationId, world.clock.now);
    return false;
  }

  /** All pollers look, in any order. */
  wake(world: World): void {
    const { pollers } = this;
    const first = world.chance.index(pollers.length);
    for (let k = 0; k < pollers.length; k++) pollers[(first + k) % pollers.length]?.lookSoon(world);
  }

  /** The next message for a poller: it is received. Those that are too old, or received too often, go on the way. */
  receive(world: World): Message | undefined {
    for (let message = this.waiting.next(); message !== undefined; message = this.waiting.next()) {
      message.isReceived = true;
      if (message.isGone || this.isExpired(world, message)) {
        this.drop(message);
        continue;
      }
      message.receives++;
      message.receipt++;
      message.wasThrottled = false;
      if (message.receives === 1) message.firstReceivedAt = world.clock.now;
      if (!this.isRedriven(world, message)) return message;
    }
    return undefined;
  }

  /** Whether it was received too often: then it goes to the dead-letter queue. */
  private isRedriven(world: World, message: Message): boolean {
    const redrive = world.account.queues.get(this.ref)?.redrive;
    if (redrive === undefined) return false;
    if (message.receives <= redrive.maxReceiveCount + world.policy.extraReceives) return false;
    const dead = world.sources.get(redrive.to);
    // No page says what becomes of it where that is gone: here it stays in the queue, and nobody is given it.
    if (!(dead instanceof SqsQueue) || !dead.exists(world)) {
      this.release(message);
      return true;
    }
    this.drop(message);
    if (world.policy.redrives) dead.adopt(world, message);
    return true;
  }

  private isExpired(world: World, { sentAt }: Message): boolean {
    const seconds = world.account.queues.get(this.ref)?.retentionSeconds ?? DEFAULT_RETENTION_SECONDS;
    return world.clock.now >= sentAt + 1_000 * seconds;
  }

  /** Its group may go on. */
  release(message: Message): void {
    if (!message.isReceived) return;
    message.isReceived = false;
    this.waiting.release(message);
  }

  private drop(message: Message): void {
    message.isGone = true;
    this.held.delete(message);
    this.release(message);
  }

  /** The message goes to the queue's dead-letter queue, as it is. */
  redrive(world: World, message: Message, to: string): void {
    const dead = world.sources.get(to);
    if (!(dead instanceof SqsQueue) || !dead.exists(world)) return;
    dead.adopt(world, message);
  }

  /**
   * AWS, SQS setting-up-dead-letter-queue-retention.html: of a standard queue it is as old as it was; of a FIFO queue its
   * age counts anew.
   */
  private adopt(world: World, { record, spec, messageId, sentAt, deliveries }: Message): void {
    const since = this.isFifo ? world.clock.now : sentAt;
    const message = new Message(record, spec, messageId, since, ++this.sequence);
    message.deliveries = deliveries;
    this.held.add(message);
    // Nobody but a mapping looks into a queue that a mapping reads.
    if (this.pollers.length > 0) {
      this.waiting.add(world, message);
      this.wake(world);
      return;
    }
    const { body, text } = spec;
    const told = { at: world.seconds, resource: this.ref, record };
    if (text !== undefined) {
      const parsed = parsedJson(text);
      const bytesMatter = parsed === undefined || JSON.stringify(parsed) !== text;
      const whole = bytesMatter ? { ...told, text } : told;
      world.recorder.push({ kind: 'delivered', ...whole, body: parsed === undefined ? text : parsed });
    } else world.recorder.push({ kind: 'delivered', ...told, body: body === undefined ? { record } : body });
  }

  /** Handled, or filtered out: it is deleted, unless it was received anew meanwhile (standard queues may differ). */
  delete(message: Message): void {
    if (message.isGone) return;
    this.drop(message);
  }

  /** Received messages come back: when their visibility timeout is over, or at once where a target errs. */
  comeBack(world: World, messages: readonly Message[], receipts: readonly number[]): void {
    let isBack = false;
    // The last one first: in its group, each then goes to the front.
    for (let place = messages.length - 1; place >= 0; place--) {
      const message = messages[place];
      if (message === undefined || message.isGone || message.visibleAt > world.clock.now) continue;
      if (message.receipt !== receipts[place]) continue;
      if (message.wasThrottled && !world.policy.throttledReceivesCount) message.receives--;
      // A poller that still gathers has lost it.
      for (const poller of this.pollers) poller.forget(message);
      this.release(message);
      this.waiting.add(world, message);
      isBack = true;
    }
    if (isBack) this.wake(world);
  }

  /** Whether messages of the scenario can be in it: what only gets failure records is a destination, not counted. */
  private isSource({ scenario }: World): boolean {
    const isFed = this.pollers.length > 0 || this.sequence > 0;
    return isFed || scenario.queues?.some(({ redrive }) => redrive?.to === this.ref) === true;
  }

  remaining(world: World): Remaining | undefined {
    if (!this.exists(world) || !this.isSource(world)) return undefined;
    const records: string[] = [];
    for (const message of this.held) if (!this.isExpired(world, message)) records.push(message.record);
    return { kind: 'remaining', at: world.seconds, resource: this.ref, count: records.length, records };
  }
}

/** Delayed messages appear. */
class Appearance implements Turn {
  private readonly queue: SqsQueue;
  private readonly messages: readonly Message[];

  constructor(queue: SqsQueue, messages: readonly Message[]) {
    this.queue = queue;
    this.messages = messages;
  }

  turn(world: World): void {
    for (const message of this.messages) this.queue.waiting.add(world, message);
    this.queue.wake(world);
  }
}
