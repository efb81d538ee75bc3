/** Message groups of FIFO queues, and the order in which their messages were sent. */
import type { Batch, MappingView, RecordView, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { isFifo, sqsMappings } from './subjects.ts';

/** One message group of a queue that one mapping reads. */
export interface Group {
  readonly name: string;
  readonly mapping: MappingView;
  readonly messages: ReadonlySet<RecordView>;
  /** The batches that held one of them, in order of their start. */
  readonly batches: readonly Batch[];
}

const NO_GROUPS: readonly Group[] = [];

/** The groups of FIFO queues with one mapping: several would share them. */
export const groups = once((view: View): readonly Group[] => {
  let found: Group[] | undefined;
  for (const mapping of sqsMappings(view)) {
    if (!isFifo(mapping.source, view) || mapping.source.mappings.length > 1) continue;
    found ??= [];
    for (const group of groupsOf(mapping)) found.push(group);
  }
  return found ?? NO_GROUPS;
});

function groupsOf(mapping: MappingView): Group[] {
  const byName = new Map<string, { messages: Set<RecordView>; batches: Batch[] }>();
  for (const record of mapping.source.records) {
    const name = record.spec.group;
    if (record.sent === undefined || name === undefined) continue;
    const group = byName.get(name);
    if (group === undefined) byName.set(name, { messages: new Set([record]), batches: [] });
    else group.messages.add(record);
  }
  for (const batch of mapping.batches) {
    for (const record of batch.records) {
      const batches = byName.get(record?.spec.group ?? '')?.batches;
      if (batches !== undefined && batches.at(-1) !== batch) batches.push(batch);
    }
  }
  const found: Group[] = [];
  for (const [name, group] of byName) if (group.batches.length > 0) found.push({ name, mapping, ...group });
  return found;
}

/** Its place in the order in which a scenario sends, where two were sent in one call. */
const placesBySource = new WeakMap<RecordView['source'], ReadonlyMap<RecordView, number>>();

function placeOf(record: RecordView): number {
  let places = placesBySource.get(record.source);
  if (places === undefined) {
    places = new Map(record.source.records.map((one, place) => [one, place]));
    placesBySource.set(record.source, places);
  }
  return places.get(record) ?? -1;
}

/**
 * Whether one message was sent before another for certain. Of calls that were under way at the same time either may
 * have been taken first.
 */
export function isSentBefore(one: RecordView, other: RecordView): boolean {
  const { sent: first } = one;
  const { sent: second } = other;
  if (first === undefined || second === undefined) return false;
  if (first.requestedAt === second.requestedAt && first.at === second.at)
    return placeOf(one) < placeOf(other);
  return first.at <= second.requestedAt;
}
