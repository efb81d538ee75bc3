/** Measures a history, in one pass over its view, and counts over many. */
import { DEFAULT_EVENT_INVOKE } from './configuration.ts';
import { FIELDS, type FieldsName, type Measured, type MeasureName, nothingMeasured } from './measures.ts';
import { asObject, type JsonObject, recordIn } from './record.ts';
import type { AsyncEvent, Attempt, Batch, Delivery, MappingView, RecordView, View } from './view.ts';

/** Counts what histories show, and writes it as a part of a run file. */
export class MeasureCount {
  private readonly spreads = new Map<MeasureName, SpreadCount>();
  private readonly fields = new Map<FieldsName, { of: number; readonly present: Map<string, number> }>();

  /** Measures one history. Linear in its length, but for the sorting of ends where batches overlap. */
  take(view: View): void {
    for (const event of view.events) this.takeEvent(event, isUndisturbed(view));
    for (const delivery of view.deliveries) this.takeFields(delivery);
    for (const mapping of view.mappings.values()) this.takeMapping(mapping);
    if (view.mappings.size === 0) return;
    for (const record of view.records.values()) if (record.batches.length > 1) this.takeRetries(record);
  }

  /** All that was counted; undefined where that is nothing. */
  measured(): Measured | undefined {
    if (this.spreads.size === 0 && this.fields.size === 0) return undefined;
    const measured = nothingMeasured();
    for (const [name, spread] of this.spreads) measured.numbers[name] = spread.written();
    for (const [name, { of, present }] of this.fields)
      measured.fields[name] = { of, present: Object.fromEntries(present) };
    return measured;
  }

  private add(name: MeasureName, value: number): void {
    let spread = this.spreads.get(name);
    if (spread === undefined) {
      spread = new SpreadCount();
      this.spreads.set(name, spread);
    }
    // Where the clocks of two observers differ, what came later may seem to have come before.
    spread.add(Math.max(0, value));
  }

  private takeEvent(event: AsyncEvent, isUndisturbed: boolean): void {
    const [first, second, third] = event.attempts;
    if (first === undefined || event.throttledAt.length > 0) return;
    this.add('asyncStartSeconds', first.startedAt - event.acceptedAt);
    this.takeWait('asyncSecondSeconds', first, second);
    this.takeWait('asyncThirdSeconds', second, third);
    if (isUndisturbed && !event.succeeded && hasDefaultRetries(event))
      this.add('asyncAttempts', event.attempts.length);
    const last = event.attempts.at(-1);
    const [record] = event.records;
    if (record !== undefined && last?.ended !== undefined) {
      this.add('asyncRecordSeconds', record.at - last.ended.at);
    }
  }

  /** Only where the end was seen: a handler that was killed tells nobody when. */
  private takeWait(name: MeasureName, before: Attempt | undefined, next: Attempt | undefined): void {
    if (before?.ended === undefined || next === undefined || before.succeeded) return;
    this.add(name, next.startedAt - before.ended.at);
  }

  private takeFields({ entry, resource, role }: Delivery): void {
    if (role === 'redriven') return;
    if (role === 'deadLetter') {
      if (entry.kind === 'delivered')
        this.countFields('deadLetter', (name) => entry.attributes?.[name] !== undefined);
      return;
    }
    const record = entry.kind === 'delivered' ? recordIn(resource, entry.body) : asObject(entry.payload);
    this.countFields(role === 'record' ? 'invocationRecord' : 'batchRecord', (name) =>
      hasField(record, name),
    );
  }

  private countFields(name: FieldsName, has: (field: string) => boolean): void {
    let count = this.fields.get(name);
    if (count === undefined) {
      count = { of: 0, present: new Map() };
      this.fields.set(name, count);
    }
    count.of++;
    for (const field of FIELDS[name].fields)
      if (has(field)) count.present.set(field, (count.present.get(field) ?? 0) + 1);
  }

  private takeMapping({ source: { kind }, batches }: MappingView): void {
    if (batches.length === 0) return;
    for (const { seen } of batches) this.add(`batchSize.${kind}`, seen.length);
    this.add(`concurrentBatches.${kind}`, mostAtOnce(batches));
  }

  /** Once for each batch: a batch speaks through its first record. */
  private takeRetries(record: RecordView): void {
    const { source, batches } = record;
    const last = new Map<MappingView, Batch>();
    for (const batch of batches) {
      const before = last.get(batch.mapping);
      last.set(batch.mapping, batch);
      if (before === undefined || before.records[0] !== record) continue;
      const { started, ended, succeeded } = before.attempt;
      if (source.kind !== 'sqs') {
        if (ended !== undefined && !succeeded)
          this.add(`retrySeconds.${source.kind}`, batch.attempt.startedAt - ended.at);
        continue;
      }
      const seconds = batch.attempt.startedAt - started.at;
      this.add('retrySeconds.sqs', seconds);
      const [visibility, changed] = source.visibilityTimeoutSeconds;
      if (visibility !== undefined && changed === undefined && visibility.value > 0)
        this.add('sqsRetryShare', seconds / visibility.value);
    }
  }
}

/** Nobody changed or removed anything while it ran. */
const isUndisturbed = ({ requests, removed, permissions }: View): boolean =>
  requests.length === 0 && removed.size === 0 && permissions.length === 0;

const hasDefaultRetries = ({ config }: AsyncEvent): boolean =>
  config?.maximumRetryAttempts === DEFAULT_EVENT_INVOKE.maximumRetryAttempts &&
  config.maximumEventAgeSeconds === DEFAULT_EVENT_INVOKE.maximumEventAgeSeconds;

/** Whether there is `requestContext.condition`. */
function hasField(record: JsonObject | undefined, name: string): boolean {
  const at = name.indexOf('.');
  if (at < 0) return record?.[name] !== undefined;
  return asObject(record?.[name.slice(0, at)])?.[name.slice(at + 1)] !== undefined;
}

/** The most batches that were certainly running at the same time. They are given in order of their start. */
function mostAtOnce(batches: readonly Batch[]): number {
  if (batches.length === 1) return 1;
  const ends = batches.map(({ attempt }) => attempt.endedEarliest).sort((a, b) => a - b);
  // One that took no time at all was there as well.
  let most = 1;
  let over = 0;
  batches.forEach(({ attempt }, begun) => {
    while ((ends[over] ?? Number.POSITIVE_INFINITY) <= attempt.startedAt) over++;
    most = Math.max(most, begun + 1 - over);
  });
  return most;
}

/** Exponents of ten that a bin's number has room for. */
const LEAST_EXPONENT = -9;

/** Counts values by bins of two significant digits, which is cheap, and adds up exactly. */
class SpreadCount {
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  /** By the number of the bin: 100 × exponent + two digits; -1 for zero. */
  private readonly bins = new Map<number, number>();

  add(value: number): void {
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    const bin = binOf(value);
    this.bins.set(bin, (this.bins.get(bin) ?? 0) + 1);
  }

  written(): Measured['numbers'][string] {
    const values: Record<string, number> = {};
    for (const [bin, count] of [...this.bins].sort(([a], [b]) => a - b))
      values[String(middleOf(bin))] = count;
    return { min: this.min, max: this.max, values };
  }
}

function binOf(value: number): number {
  if (value < 10 ** LEAST_EXPONENT) return -1;
  const exponent = Math.floor(Math.log10(value));
  const digits = Math.round(value / 10 ** (exponent - 1));
  return digits === 100
    ? 100 * (exponent + 1 - LEAST_EXPONENT) + 10
    : 100 * (exponent - LEAST_EXPONENT) + digits;
}

function middleOf(bin: number): number {
  if (bin < 0) return 0;
  const exponent = Math.floor(bin / 100) + LEAST_EXPONENT;
  return Number(`${bin % 100}e${exponent - 1}`);
}
