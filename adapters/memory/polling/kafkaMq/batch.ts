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
import type { MappingRuntime } from '../mapping.ts';
import { meaningOf } from '../response.ts';
import type { Turn } from '../source.ts';
import { entryBytesOf, type LogEntry } from './entry.ts';
import { eventOf } from './events.ts';
import { reportFailure } from './failure.ts';
import type { Line } from './line.ts';

const BACKOFF_MS = 1_000;
const BACKOFF_MOST_MS = 30_000;

export class LogBatch implements PolledBatch, Turn {
  readonly mapping: MappingRuntime;
  private readonly line: Line;
  private entries: readonly LogEntry[];
  private readonly passedOver: readonly LogEntry[];
  private attempts = 0;
  private throttles = 0;

  constructor(line: Line, entries: readonly LogEntry[], passedOver: readonly LogEntry[]) {
    this.line = line;
    this.mapping = line.owner.mapping;
    this.entries = entries;
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
      // It is the first one when the mapping goes on.
      this.line.first(this);
      this.line.completed(world);
      return;
    }
    let bytes = EVENT_FRAME_BYTES;
    for (const entry of this.entries) bytes += entryBytesOf(entry) + 1;
    const throttled = invokeBatch(world, this, eventOf(world, this.mapping, this.entries), bytes);
    if (throttled !== undefined)
      world.clock.in(Math.min(BACKOFF_MOST_MS, BACKOFF_MS * 2 ** this.throttles++), 'turn', this);
    else this.mapping.invoked += this.entries.length;
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
    const meaning = meaningOf(world, this.mapping, result, (identifier) => this.placeOf(identifier));
    if (meaning === 'success') {
      this.line.owner.settled(
        world,
        [...this.entries, ...(world.policy.commitsFiltered ? this.passedOver : [])],
        true,
      );
      this.line.completed(world);
      return;
    }
    if (meaning !== 'failure' && world.policy.retriesReportedOnly) {
      const handled = this.entries.filter((_, place) => !meaning.has(place));
      this.line.owner.settled(world, handled, true);
      this.entries = this.entries.filter((_, place) => meaning.has(place));
    }
    this.failed(world, attempt, result);
  }

  private placeOf(identifier: Json): number | undefined {
    const place = asObject(identifier);
    const found = this.entries.findIndex(
      ({ shard, offset }) => shard === place?.['partition'] && offset === place?.['offset'],
    );
    return found < 0 ? undefined : found;
  }

  private failed(world: World, attempt: Attempt, result: Result): void {
    const { policy } = world;
    this.attempts++;
    if (this.attempts > this.retries(world) || !this.isRetried(world)) {
      reportFailure(world, this.mapping, this.entries, this.attempts, attempt, result);
      this.line.owner.settled(world, this.entries, false);
      this.line.completed(world);
      return;
    }
    const { bisects, provisioned } = this.mapping.settings;
    if ((bisects && provisioned !== null && result.isError) || policy.cutsKafkaRetries) this.split();
    const seconds = Math.min(
      policy.kafkaRetryMostSeconds,
      policy.kafkaRetrySeconds * 2 ** (this.attempts - 1),
    );
    world.clock.in(seconds * 1_000, 'turn', this);
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

  /** The second half waits behind the first. */
  private split(): void {
    if (this.entries.length < 2) return;
    const middle = Math.ceil(this.entries.length / 2);
    this.line.first(new LogBatch(this.line, this.entries.slice(middle), []));
    this.entries = this.entries.slice(0, middle);
  }
}
