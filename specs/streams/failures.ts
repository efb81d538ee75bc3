/** Failure records of streams: what is told of a batch that was discarded. */
import { asObject, type JsonObject, recordIn } from '../../engine/record.ts';
import type { Delivery, MappingView, RecordView, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import type { Numbered } from './sequence.ts';
import { streamMappings } from './subjects.ts';

export interface Failure {
  readonly delivery: Delivery;
  readonly mapping: MappingView;
  readonly body: JsonObject;
  readonly condition: string | undefined;
  readonly invokeCount: number | undefined;
  /** `KinesisBatchInfo` or `DDBStreamBatchInfo`; empty where it is missing. */
  readonly info: JsonObject;
  readonly shard: string | undefined;
  /** Sequence numbers of the first record and of the last. */
  readonly start: string | undefined;
  readonly end: string | undefined;
  readonly batchSize: number | undefined;
  /** The scenario's record that is the first one; undefined where it cannot be told. */
  readonly first: RecordView | undefined;
}

const NO_FAILURES: readonly Failure[] = [];
const NO_RECORDS: ReadonlySet<RecordView> = new Set();
const EMPTY: JsonObject = {};

/** All failure records about batches of streams. */
export const failures = once((view: View): readonly Failure[] => {
  let found: Failure[] | undefined;
  for (const mapping of streamMappings(view)) {
    if (mapping.failures.length === 0) continue;
    const first = firstRecords(mapping);
    found ??= [];
    for (const delivery of mapping.failures) found.push(read(delivery, mapping, first));
  }
  return found ?? NO_FAILURES;
});

/** Those about one mapping by the number of the record at one end of the batch. */
const byEdge = (edge: 'start' | 'end') =>
  once((view: View): ReadonlyMap<MappingView, ReadonlyMap<string | undefined, readonly Failure[]>> => {
    const found = new Map<MappingView, Map<string | undefined, Failure[]>>();
    for (const failure of failures(view)) {
      let own = found.get(failure.mapping);
      if (own === undefined) {
        own = new Map();
        found.set(failure.mapping, own);
      }
      const list = own.get(failure[edge]);
      if (list === undefined) own.set(failure[edge], [failure]);
      else list.push(failure);
    }
    return found;
  });

const byStart = byEdge('start');
const byEnd = byEdge('end');

/** Those about one mapping that begin with this record. */
export const failuresFrom = (
  mapping: MappingView,
  start: Numbered | undefined,
  view: View,
): readonly Failure[] => ofShard(byStart(view).get(mapping)?.get(start?.id), start);

/** Those about one mapping that end with this record. */
export const failuresTo = (mapping: MappingView, end: Numbered | undefined, view: View): readonly Failure[] =>
  ofShard(byEnd(view).get(mapping)?.get(end?.id), end);

/** Those that do not name another shard, which may have a record of the same number. */
const ofShard = (found: readonly Failure[] = NO_FAILURES, of?: Numbered): readonly Failure[] =>
  found.length === 0 || of?.shard === undefined
    ? found
    : found.filter(({ shard }) => shard === undefined || shard === of.shard);

/** Of these: those about one mapping. */
export const failuresOf = (mapping: MappingView, view: View): readonly Failure[] =>
  mapping.failures.length === 0
    ? NO_FAILURES
    : failures(view).filter((failure) => failure.mapping === mapping);

function read(
  delivery: Delivery,
  mapping: MappingView,
  known: ReadonlyMap<string, ReadonlySet<RecordView>>,
): Failure {
  const body = bodyOf(delivery);
  const context = asObject(body['requestContext']);
  const info = infoIn(body, mapping);
  const shard = textIn(info, 'shardId');
  const start = textIn(info, 'startSequenceNumber');
  return {
    delivery,
    mapping,
    body,
    condition: textIn(context ?? EMPTY, 'condition'),
    invokeCount: numberIn(context ?? EMPTY, 'approximateInvokeCount'),
    info,
    shard,
    start,
    end: textIn(info, 'endSequenceNumber'),
    batchSize: numberIn(info, 'batchSize'),
    first: start === undefined ? undefined : recordOf(known.get(start) ?? NO_RECORDS, shard),
  };
}

/** The one of a number, or, where several shards gave it, that of the shard. */
function recordOf(namesakes: ReadonlySet<RecordView>, shard: string | undefined): RecordView | undefined {
  const all = [...namesakes];
  return all.length > 1 ? all.find(({ sent }) => sent?.shard === shard) : all[0];
}

function bodyOf({ entry, resource }: Delivery): JsonObject {
  if (entry.kind !== 'delivered') return EMPTY;
  return recordIn(resource, entry.body) ?? EMPTY;
}

/** Under which key the batch is told of. */
export const infoKeyOf = ({ source }: MappingView): string =>
  source.kind === 'kinesis' ? 'KinesisBatchInfo' : 'DDBStreamBatchInfo';

const infoIn = (body: JsonObject, mapping: MappingView): JsonObject =>
  asObject(body[infoKeyOf(mapping)]) ?? EMPTY;

function textIn(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' ? value : undefined;
}

function numberIn(object: JsonObject, key: string): number | undefined {
  const value = object[key];
  return typeof value === 'number' ? value : undefined;
}

/** The scenario's records with which the discarded batches may begin, by sequence number. */
function firstRecords(mapping: MappingView): ReadonlyMap<string, ReadonlySet<RecordView>> {
  const wanted = new Map<string, Set<RecordView>>();
  for (const delivery of mapping.failures) {
    const start = textIn(infoIn(bodyOf(delivery), mapping), 'startSequenceNumber');
    if (start !== undefined) wanted.set(start, new Set());
  }
  for (const record of mapping.source.records) {
    const id = record.sent?.id;
    if (id !== undefined) wanted.get(id)?.add(record);
  }
  for (const { seen, records } of mapping.batches)
    for (let place = 0; place < seen.length; place++) {
      const record = records[place];
      if (record !== undefined) wanted.get(seen[place]?.id ?? '')?.add(record);
    }
  return wanted;
}

/** Why a failure record may rightly be missing at the destination; undefined where nothing excuses it. */
export function whyUntold(mapping: MappingView, view: View): string | undefined {
  const to = mapping.steady?.onFailure;
  if (to === undefined) return 'the mapping was changed';
  if (view.removed.has(to)) return 'the destination was deleted';
  if (isRightChanged(mapping, to, view)) return 'the right to the destination changed';
  if ((view.sources.get(to)?.mappings.length ?? 0) > 0) return 'another mapping reads the destination';
  const { queues = [], topics = [], buckets = [] } = view.history.scenario;
  const name = to.slice(to.indexOf(':') + 1);
  const places = [...queues, ...topics, ...buckets];
  const place = places.find((one) => one.name === name);
  if (place === undefined) return 'the destination is not there';
  // AWS's pages disagree on FIFO queues and topics (STR-DST-07).
  return 'fifo' in place ? 'the destination is a FIFO queue or topic' : undefined;
}

export const isRightChanged = ({ function: owner }: MappingView, to: string, view: View): boolean =>
  view.permissions.some(({ resource, function: name }) => resource === to && name === owner.name);
