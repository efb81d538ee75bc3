/** A batch of a topic or a broker, from its first attempt to its end. AWS, kafka-retry-configurations.html, with-mq.html. */
import { type HandledRecord, handleBatch } from '../../../../engine/batchHandler.ts';
import type { SeenRecord } from '../../../../engine/history.ts';
import type { Json } from '../../../../engine/json.ts';
import { asObject } from '../../../../engine/record.ts';
import { recordBehaviourAt } from '../../../../engine/sourceSpec.ts';
import type { Attempt } from '../../attempt.ts';
import type { Result } from '../../invocation.ts';
import type { World } from '../../world.ts';
import { invokeBatch, type PolledBatch } from '../batch.ts';
import { EVENT_FRAME_BYTES } from '../batching.ts';
import type { Failed } from '../failureRecord.ts';
import type { MappingRuntime } from '../mapping.ts';
import { wouldSucceedAgain } from '../repeating.ts';
import { meaningOf } from '../response.ts';
import type { Turn } from '../source.ts';
import type { LogEntry } from './entry.ts';
import { eventOf } from './events.ts';
import { reportFailure } from './failure.ts';
import type { Line } from './line.ts';

const THROTTLED_MS = 1_000;
const THROTTLED_MOST_MS = 30_000;
const REPEATED_MS = 1_000;
const NO_LINES: readonly Line[] = [];
const NO_ENTRIES: readonly LogEntry[] = [];

export class LogBatch implements PolledBatch, Turn {
  readonly mapping: MappingRuntime;
  /** What is left of it. */
  entries: readonly LogEntry[];
  private readonly line: Line;
  /** The lines of other partitions of which it has records: they wait for its end. */
  private others: readonly Line[];
  /** What it had at first: committed when it is over. */
  private whole: readonly LogEntry[];
  /** Filtered out before it, and committed with it. */
  private readonly passedOver: readonly LogEntry[];
  private attempts = 0;
  private throttles = 0;
  private isRepeated = false;
  private last: Failed | undefined = undefined;

  constructor(
    line: Line,
    others: readonly Line[],
    entries: readonly LogEntry[],
    passedOver: readonly LogEntry[],
  ) {
    this.line = line;
    this.others = others;
    this.mapping = line.owner.mapping;
    this.entries = entries;
    this.whole = entries;
    this.passedOver = passedOver;
  }

  get seen(): readonly SeenRecord[] {
    return this.entries.map((entry) => entry.seen());
  }

  turn(world: World): void {
    this.begin(world);
  }

  begin(world: World): void {
    if (!this.line.owner.mayRead(world)) {
      if (this.isRepeated) this.end(world, true);
      else this.line.putBack(world, this);
      return;
    }
    this.dropOld(world);
    if (this.entries.length === 0) {
      this.end(world, this.isRepeated);
      return;
    }
    let bytes = EVENT_FRAME_BYTES;
    for (const entry of this.entries) bytes += entry.bytes + 1;
    const throttled = invokeBatch(world, this, eventOf(world, this.mapping, this.entries), bytes);
    if (throttled !== undefined)
      world.clock.in(Math.min(THROTTLED_MOST_MS, THROTTLED_MS * 2 ** this.throttles++), 'turn', this);
    else this.mapping.invoked += this.entries.length;
  }

  /** AWS, kafka-retry-configurations.html: in provisioned mode; records that are older are discarded. */
  private dropOld(world: World): void {
    const { maximumRecordAgeSeconds: age, provisioned } = this.mapping.settings;
    if (age < 0 || provisioned === null || this.entries[0]?.shard === undefined) return;
    const oldest = world.clock.now - age * 1_000;
    const old = this.entries.filter(({ arrivedAt }) => arrivedAt < oldest);
    if (old.length === 0) return;
    this.entries = this.entries.filter(({ arrivedAt }) => arrivedAt >= oldest);
    // It was handled before: nothing is discarded.
    if (this.isRepeated) return;
    reportFailure(world, this.line.owner, old, world.policy.agedCondition, this.attempts, this.last);
  }

  behave(timeoutSeconds: number) {
    const handled = this.entries.map(
      (entry): HandledRecord => ({
        behaviour: recordBehaviourAt(entry.spec.plan, ++entry.deliveries),
        identifier:
          entry.shard === undefined ? `ID:${entry.offset}` : { partition: entry.shard, offset: entry.offset },
      }),
    );
    return handleBatch(handled, timeoutSeconds);
  }

  ended(world: World, attempt: Attempt, result: Result): void {
    this.attempts++;
    this.last = {
      requestId: attempt.invocation.requestId,
      version: result.version,
      isError: result.isError,
    };
    let places: Map<string, number> | undefined;
    const meaning = meaningOf(world, this.mapping, result, (identifier) => {
      places ??= this.places();
      return places.get(keyOf(identifier));
    });
    if (meaning === 'success') {
      this.handled(world);
      return;
    }
    if (meaning !== 'failure' && world.policy.retriesReportedOnly)
      this.entries = this.entries.filter((_, place) => meaning.has(place));
    this.failed(world, result);
  }

  /** That it was is committed, or acknowledged; now and then that is lost, and it comes once more. */
  private handled(world: World): void {
    const { entries, mapping } = this;
    const comesAgain =
      !this.isRepeated &&
      world.chance.isTrue(world.policy.logDuplicateShare) &&
      wouldSucceedAgain(entries, mapping.owner.state.timeoutSeconds);
    if (!comesAgain) {
      this.end(world, true);
      return;
    }
    this.isRepeated = true;
    world.clock.in(REPEATED_MS, 'turn', this);
  }

  private places(): Map<string, number> {
    const places = new Map<string, number>();
    this.entries.forEach(({ shard, offset }, place) => {
      places.set(`${shard} ${offset}`, place);
    });
    return places;
  }

  private failed(world: World, result: Result): void {
    const { policy } = world;
    if (this.isRetried(world) && this.isSplit(world, result)) this.split();
    else if (this.attempts > this.retries(world) || !this.isRetried(world)) {
      const isOfTopic = this.mapping.settings.onFailure?.startsWith('kafka:') === true;
      const condition = isOfTopic ? policy.kafkaCondition : policy.exhaustedBatchCondition;
      reportFailure(world, this.line.owner, this.entries, condition, this.attempts, this.last);
      this.end(world, false);
      return;
    }
    const seconds = Math.min(
      policy.kafkaRetryMostSeconds,
      policy.kafkaRetrySeconds * 2 ** Math.max(0, this.attempts - 1),
    );
    world.clock.in(seconds * 1_000, 'turn', this);
  }

  /** It is handled, or given up. */
  private end(world: World, isHandled: boolean): void {
    const { line, passedOver, whole } = this;
    line.owner.settled(world, passedOver.length === 0 ? whole : whole.concat(passedOver), isHandled);
    for (const other of this.others) other.released(world);
    line.completed(world);
  }

  private isRetried({ policy }: World): boolean {
    return this.entries[0]?.shard === undefined ? policy.retriesMqBatches : policy.retriesKafkaBatches;
  }

  /** The retries that it has; without a bound, and with a destination, ten. */
  private retries({ policy }: World): number {
    const { maximumRetryAttempts: retries, onFailure, provisioned } = this.mapping.settings;
    if (this.entries[0]?.shard === undefined) return Number.POSITIVE_INFINITY;
    if (retries >= 0 && provisioned !== null) return retries + policy.kafkaRetriesExcess;
    return onFailure === undefined ? Number.POSITIVE_INFINITY : policy.kafkaRetriesWithDestination;
  }

  private isSplit({ policy }: World, { isError }: Result): boolean {
    const { bisects, provisioned } = this.mapping.settings;
    const isAsked = bisects && provisioned !== null && isError;
    return this.entries.length > 1 && (isAsked || policy.cutsKafkaRetries);
  }

  /**
   * The second half waits behind the first, and with it the lines of other partitions. AWS, kafka-retry-configurations.html:
   * each is retried by itself. As of streams (STR-BIS-02) both begin anew: splitting uses no retry.
   */
  private split(): void {
    const { entries, line, others } = this;
    const middle = Math.ceil(entries.length / 2);
    const second = entries.slice(middle);
    line.first(new LogBatch(line, others, second, NO_ENTRIES));
    this.others = NO_LINES;
    this.entries = entries.slice(0, middle);
    this.attempts = 0;
    this.last = undefined;
    const later = new Set(second);
    this.whole = this.whole.filter((entry) => !later.has(entry));
  }
}

/** How a batch response names a record. AWS: `{ "partition": "topic-0", "offset": 12 }`. */
function keyOf(identifier: Json): string {
  const place = asObject(identifier);
  return `${String(place?.['partition'])} ${String(place?.['offset'])}`;
}
