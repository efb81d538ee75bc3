/**
 * How long to watch sources and mappings: until all that was sent has come to its end, then a quiet time; at the
 * latest until nothing more is due. The arithmetic of what is due is engine/horizon.ts's.
 */
import { documentOf, matchesAny } from '../../../engine/filterPattern.ts';
import { CLOSING_SECONDS, type Polled, repeatWithinSeconds } from '../../../engine/horizon.ts';
import { isFiller, type Json } from '../../../engine/json.ts';
import { asObject } from '../../../engine/record.ts';
import type { Scenario } from '../../../engine/scenario.ts';
import { sourceKind, textOf } from '../../../engine/sourceSpec.ts';
import type { Tolerances } from '../../../engine/tolerances.ts';
import type { Watch } from '../watch.ts';
import type { Polling, WireBatch } from './polling.ts';
import type { WireMapping } from './wireMappings.ts';
import type { WireRecord } from './wireRecords.ts';

/** AWS, SQS: the visibility timeout of a queue that names none. */
const DEFAULT_VISIBILITY_SECONDS = 30;
/** After so many attempts more than are due, one more would tell nothing new. */
const ENOUGH_BEYOND = 2;
const OF_PARTS = 8;

/** Until when to watch what the mappings do, from what was seen so far. */
export function watchPolling(scenario: Scenario, polling: Polling, tolerances: Tolerances): Watch {
  const seen = new Map<WireMapping, WireBatch[]>();
  for (const mapping of polling.mappings.byName.values()) seen.set(mapping, []);
  for (const batch of polling.batches) if (batch.mapping !== undefined) seen.get(batch.mapping)?.push(batch);
  let until = polling.lastStirAt + 2 * tolerances.schedulingSlackSeconds;
  let isSettled = true;
  for (const [mapping, batches] of seen) {
    const watch = new MappingWatch(scenario, polling, mapping, batches, tolerances).watch();
    if (watch.until > until) until = watch.until;
    if (!watch.isSettled) isSettled = false;
  }
  return { until, isSettled };
}

/** What became of a record, as far as it was seen. */
type Fate = 'over' | 'discarded' | 'awaited' | 'enough';

class MappingWatch {
  private readonly scenario: Scenario;
  private readonly polling: Polling;
  private readonly mapping: WireMapping;
  private readonly batches: readonly WireBatch[];
  private readonly tolerances: Tolerances;
  private readonly slack: number;
  private readonly attempts = new Map<WireRecord, WireBatch[]>();

  constructor(
    scenario: Scenario,
    polling: Polling,
    mapping: WireMapping,
    batches: readonly WireBatch[],
    tolerances: Tolerances,
  ) {
    this.scenario = scenario;
    this.polling = polling;
    this.mapping = mapping;
    this.batches = batches;
    this.tolerances = tolerances;
    this.slack = tolerances.schedulingSlackSeconds;
    for (const batch of batches) {
      for (const record of batch.records) {
        if (record === undefined) continue;
        const known = this.attempts.get(record);
        if (known === undefined) this.attempts.set(record, [batch]);
        else known.push(batch);
      }
    }
  }

  watch(): Watch {
    const { mapping, polling } = this;
    const records = polling.records.ofSource(mapping.source).filter(({ sentAt }) => sentAt !== undefined);
    const lastAt = Math.max(polling.lastStirAt, this.lastEnd(), this.lastVisible(records));
    const quiet = { until: lastAt + 2 * this.slack, isSettled: true };
    if (mapping.deletedAt !== undefined || !mapping.settings.isEnabled) return quiet;
    const fates = records.map((record) => this.fateOf(record));
    const enough = this.enoughAt(records, fates);
    // Behind a record of a stream that fails again and again the others wait for ever.
    if (enough !== undefined) return { until: enough + 2 * this.slack, isSettled: false };
    const open = records.filter((_, index) => fates[index] === 'awaited');
    if (open.length > 0) {
      const from = Math.max(lastAt, ...open.map((record) => this.tooOldAt(record) ?? 0));
      return { until: from + this.dueSeconds(), isSettled: false };
    }
    const closing = this.closingSeconds();
    if (closing > 0) return { until: lastAt + closing, isSettled: false };
    // One attempt too many would come when a further one would have been due.
    return fates.includes('discarded') ? { until: lastAt + this.dueSeconds(), isSettled: true } : quiet;
  }

  private polled(): Polled {
    const { mapping, scenario } = this;
    const queue = scenario.queues?.find(({ name }) => `queue:${name}` === mapping.source);
    return {
      kind: sourceKind(mapping.source) ?? 'sqs',
      windowSeconds: mapping.settings.windowSeconds,
      visibilitySeconds: queue?.visibilityTimeoutSeconds ?? DEFAULT_VISIBILITY_SECONDS,
    };
  }

  private dueSeconds(): number {
    return repeatWithinSeconds(this.polled(), this.tolerances) + this.tolerances.clockSkewSeconds;
  }

  private isQueue(): boolean {
    return this.mapping.source.startsWith('queue:');
  }

  private endOf(batch: WireBatch): number {
    return batch.endedAt ?? batch.startedAt + batch.timeoutSeconds + this.slack;
  }

  private lastEnd(): number {
    let last = 0;
    for (const batch of this.batches) {
      const known = batch.records.filter((record) => record !== undefined);
      const isNews = (record: WireRecord) =>
        (this.attempts.get(record)?.indexOf(batch) ?? 0) < this.enoughAttempts(record);
      if (known.length === 0 || known.some(isNews)) last = Math.max(last, this.endOf(batch));
    }
    return last;
  }

  /** When the last message can be received: a delay is no loss. */
  private lastVisible(records: readonly WireRecord[]): number {
    if (!this.isQueue()) return 0;
    const queue = this.scenario.queues?.find(({ name }) => `queue:${name}` === this.mapping.source);
    let last = 0;
    for (const { sentAt = 0, spec } of records)
      last = Math.max(last, sentAt + (spec.delaySeconds ?? queue?.delaySeconds ?? 0));
    return last;
  }

  private fateOf(record: WireRecord): Fate {
    if (record.isRedriven) return 'over';
    const attempts = this.attempts.get(record) ?? NONE;
    if (attempts.length === 0)
      return this.isElsewhere(record) || this.isFilteredOut(record) ? 'over' : 'awaited';
    if (attempts.some((batch) => this.hasHandled(batch, record))) return 'over';
    if (attempts.length >= this.enoughAttempts(record)) return 'enough';
    if (this.isQueue() || attempts.length < this.dueAttempts(record)) return 'awaited';
    const { onFailure } = this.mapping.settings;
    const isTold = onFailure === undefined || this.polling.failureRecords.has(this.mapping.name);
    return isTold ? 'discarded' : 'awaited';
  }

  /** Attempts after which a record that fails is given up; Infinity: never. */
  private dueAttempts(record: WireRecord): number {
    if (this.isQueue()) {
      const queue = this.scenario.queues?.find(({ name }) => `queue:${name}` === this.mapping.source);
      return queue?.redrive?.maxReceiveCount ?? record.spec.plan.length;
    }
    const { maximumRetryAttempts } = this.mapping.settings;
    return maximumRetryAttempts < 0 ? Number.POSITIVE_INFINITY : maximumRetryAttempts + 1;
  }

  /** When a record that only its age bounds is given up; undefined where something else is in force, or nothing. */
  private tooOldAt({ sentAt = 0 }: WireRecord): number | undefined {
    const { maximumRecordAgeSeconds, maximumRetryAttempts } = this.mapping.settings;
    if (this.isQueue() || maximumRecordAgeSeconds <= 0 || maximumRetryAttempts >= 0) return undefined;
    return sentAt + maximumRecordAgeSeconds;
  }

  private enoughAttempts(record: WireRecord): number {
    const tooOldAt = this.tooOldAt(record);
    if (tooOldAt !== undefined) {
      const attempts = this.attempts.get(record) ?? NONE;
      return ENOUGH_BEYOND + attempts.filter(({ startedAt }) => startedAt <= tooOldAt + this.slack).length;
    }
    const due = this.dueAttempts(record);
    const { bisects, reportsItemFailures } = this.mapping.settings;
    // Parts of a batch begin their retries anew.
    const inParts = !this.isQueue() && (bisects || reportsItemFailures) ? OF_PARTS : 0;
    return Math.max(Number.isFinite(due) ? due : 0, record.spec.plan.length) + ENOUGH_BEYOND + inParts;
  }

  /** A message that another mapping of its queue was given is that one's affair. */
  private isElsewhere(record: WireRecord): boolean {
    return (
      this.isQueue() &&
      this.polling.batches.some(
        ({ mapping, records }) => mapping !== this.mapping && records.includes(record),
      )
    );
  }

  private isFilteredOut({ spec, id }: WireRecord): boolean {
    const kind = sourceKind(this.mapping.source);
    if (kind === 'dynamodb' || kind === undefined || isFiller(spec.body)) return false;
    return !matchesAny(this.mapping.settings.filters, documentOf(kind, textOf(spec, id)));
  }

  /** Whether the attempt ended well for the record, by AWS's reading of the batch response. */
  private hasHandled(batch: WireBatch, record: WireRecord): boolean {
    if (!batch.succeeded) return false;
    const { tumblingWindowSeconds } = this.mapping.settings;
    // AWS, services-kinesis-windows.html: a result without a state is a failure.
    if (tumblingWindowSeconds > 0 && asObject(batch.behaviour.value)?.['state'] === undefined) return false;
    if (!this.mapping.settings.reportsItemFailures) return true;
    const reported = reportedIn(batch.behaviour.value);
    if (reported.length === 0) return true;
    const places = reported.map((id) => batch.seen.findIndex((one) => one.id === id));
    if (places.includes(-1)) return false;
    const place = batch.records.indexOf(record);
    return this.isQueue() ? !places.includes(place) : place < Math.min(...places);
  }

  /** When it was clear that more attempts would only say the same; undefined: it is not. */
  private enoughAt(records: readonly WireRecord[], fates: readonly Fate[]): number | undefined {
    const isBlocking = !this.isQueue();
    const open = fates.includes('awaited');
    let at: number | undefined;
    records.forEach((record, index) => {
      if (fates[index] !== 'enough' || (open && !isBlocking)) return;
      const last = this.attempts.get(record)?.[this.enoughAttempts(record) - 1];
      if (last !== undefined) at = Math.max(at ?? 0, this.endOf(last));
    });
    return at;
  }

  /** Seconds until a tumbling window must have been closed; 0 where none is open, or the target knows none. */
  private closingSeconds(): number {
    const { tumblingWindowSeconds } = this.mapping.settings;
    const last = this.batches.at(-1);
    if (tumblingWindowSeconds <= 0 || last === undefined || last.isFinal || !last.isInWindow) return 0;
    const { pollSeconds } = this.tolerances;
    return tumblingWindowSeconds + CLOSING_SECONDS + pollSeconds + 2 * this.slack;
  }
}

const NONE: readonly WireBatch[] = [];

/** The identifiers that a batch response reports. */
function reportedIn(value: Json | undefined): unknown[] {
  const failures = asObject(value)?.['batchItemFailures'];
  if (!Array.isArray(failures)) return [];
  return failures.map((failure: Json) => asObject(failure)?.['itemIdentifier']);
}
