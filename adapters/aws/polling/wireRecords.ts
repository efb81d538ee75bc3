import type { Json } from '../../../engine/json.ts';
import { asObject } from '../../../engine/record.ts';
import type { Scenario } from '../../../engine/scenario.ts';
import { type RecordSpec, recordIds, textOf } from '../../../engine/sourceSpec.ts';

/** A record of the scenario, and what is known of it on the wire. */
export interface WireRecord {
  readonly id: string;
  readonly spec: RecordSpec;
  /** Where it is sent: `queue:orders`. */
  readonly ref: string;
  /** When the source took it; undefined before that, and where it was refused. */
  sentAt: number | undefined;
  /** The shard that took it, where that was told. */
  shard: string | undefined;
  /** Attempts that held it. */
  deliveries: number;
  /** It arrived at the dead-letter queue of its queue. */
  isRedriven: boolean;
}

/** A change of an item, in the order in which the changes of its key were made. */
interface ItemChange {
  readonly record: WireRecord;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  /** The record that the item was before. */
  readonly before: WireRecord | undefined;
}

/** Tells which record of the scenario a message, a stream record or an item change is. */
export class WireRecords {
  readonly byId = new Map<string, WireRecord>();
  readonly #bySource = new Map<string, WireRecord[]>();
  /** By message id or sequence number: two streams, and two shards of one, may give the same number. */
  readonly #byWireId = new Map<string, WireRecord[]>();
  readonly #changes = new Map<string, ItemChange[]>();
  readonly #items = new Map<string, WireRecord>();
  /** Sequence numbers of item changes that have been seen, by mapping, key and kind of change, in order. */
  readonly #seenChanges = new Map<string, string[]>();
  /** Of these lists: those that begin with the first change there was of that kind. */
  readonly #wholeLists = new Set<string>();

  constructor(scenario: Scenario) {
    for (const step of scenario.steps) {
      if (step.do !== 'send') continue;
      for (const spec of step.records) {
        for (const id of recordIds(spec)) this.#declare(id, spec, step.to);
      }
    }
  }

  #declare(id: string, spec: RecordSpec, ref: string): void {
    const record: WireRecord = {
      id,
      spec,
      ref,
      sentAt: undefined,
      shard: undefined,
      deliveries: 0,
      isRedriven: false,
    };
    this.byId.set(id, record);
    const siblings = this.#bySource.get(ref);
    if (siblings === undefined) this.#bySource.set(ref, [record]);
    else siblings.push(record);
  }

  /** All that the scenario sends to a source, in its order. */
  ofSource(ref: string): readonly WireRecord[] {
    return this.#bySource.get(ref) ?? NONE;
  }

  /** The source took the record, under an id of its own where it tells one, which a shard may have given. */
  sent(record: string, at: number, wireId?: string, shard?: string): void {
    const known = this.byId.get(record);
    if (known === undefined) return;
    known.sentAt = at;
    known.shard = shard;
    if (wireId === undefined) return;
    const namesakes = this.#byWireId.get(wireId);
    if (namesakes === undefined) this.#byWireId.set(wireId, [known]);
    else namesakes.push(known);
  }

  /** A table is about to take a change: to be called in the order of the calls. */
  changing(record: string): void {
    const known = this.byId.get(record);
    if (known === undefined) return;
    const key = `${known.ref} ${known.spec.key ?? record}`;
    const before = this.#items.get(key);
    const isRemoval = known.spec.change === 'remove';
    // AWS, DynamoDB API_DeleteItem.html: to delete what is not there succeeds; it is no change, and in no stream.
    if (isRemoval && before === undefined) return;
    if (isRemoval) this.#items.delete(key);
    else this.#items.set(key, known);
    const eventName = isRemoval ? 'REMOVE' : before === undefined ? 'INSERT' : 'MODIFY';
    const changes = this.#changes.get(key);
    const change = { record: known, eventName, before } as const;
    if (changes === undefined) this.#changes.set(key, [change]);
    else changes.push(change);
  }

  /**
   * The record that a message or a stream record is: by its id or, where the target changed that, by its data, if no
   * other record has the same.
   * @param shard whose record it is, where that is told
   */
  of(ref: string, wireId: string, text: string | undefined, shard?: string): WireRecord | undefined {
    const namesakes = this.#byWireId.get(wireId) ?? NONE;
    const own = namesakes.filter((one) => one.ref === ref);
    // AWS, Kinesis API_PutRecord.html: sequence numbers are specific to a shard.
    const found =
      shard === undefined
        ? own[0]
        : (own.find((one) => (one.shard ?? shard) === shard) ??
          // It was given to another shard than it was sent to.
          own.find((one) => textOf(one.spec, one.id) === text));
    // A message keeps its id in its dead-letter queue.
    return found ?? namesakes.find((one) => one.ref.startsWith('queue:')) ?? this.ofText(ref, text);
  }

  ofText(ref: string, text: string | undefined): WireRecord | undefined {
    if (text === undefined) return undefined;
    let found: WireRecord | undefined;
    for (const record of this.ofSource(ref)) {
      if (record.sentAt === undefined || textOf(record.spec, record.id) !== text) continue;
      if (found !== undefined) return undefined;
      found = record;
    }
    return found;
  }

  /**
   * The record that an item change is: by its images or, where the view type shows none that tells, by its place among
   * the changes of that kind of its item.
   * @param mapping that gave it: another one may have begun later
   * @param readsAll whether the mapping reads from the beginning: else the first that is seen may not be the first
   */
  ofChange(ref: string, change: Json, mapping: string, readsAll: boolean): WireRecord | undefined {
    const told = asObject(asObject(change)?.['dynamodb']);
    const key = textIn(asObject(told?.['Keys'])?.['id']);
    if (key === undefined) return undefined;
    const after = textIn(asObject(told?.['NewImage'])?.['record']);
    if (after !== undefined) return this.byId.get(after);
    const eventName = asObject(change)?.['eventName'];
    const changes = this.#changes.get(`${ref} ${key}`) ?? [];
    const before = textIn(asObject(told?.['OldImage'])?.['record']);
    if (before !== undefined) return changes.find((one) => one.before?.id === before)?.record;
    const alike = changes.filter((one) => one.eventName === eventName);
    const list = `${mapping} ${ref} ${key} ${String(eventName)}`;
    // What was seen when there had been one such change only was the first.
    if (readsAll || (alike.length === 1 && !this.#seenChanges.has(list))) this.#wholeLists.add(list);
    const place = this.#placeOf(list, String(told?.['SequenceNumber']));
    return this.#wholeLists.has(list) ? alike[place]?.record : undefined;
  }

  #placeOf(list: string, sequence: string): number {
    const seen = this.#seenChanges.get(list) ?? [];
    this.#seenChanges.set(list, seen);
    const place = seen.indexOf(sequence);
    return place === -1 ? seen.push(sequence) - 1 : place;
  }
}

const NONE: readonly WireRecord[] = [];

/** The text of an attribute value: `{ S: 'k1' }`. */
const textIn = (value: Json | undefined): string | undefined => {
  const text = asObject(value)?.['S'];
  return typeof text === 'string' ? text : undefined;
};
