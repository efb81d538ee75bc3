/** How a batch that failed was cut: the attempts that follow with its records. */
import type { Batch, RecordView } from '../../engine/view.ts';
import { nextWith } from '../mappings/records.ts';

/** Where the attempt begins and ends in the failed batch; undefined where it is no contiguous part of it. */
export function partOf(
  failed: Batch,
  batch: Batch,
): { readonly from: number; readonly to: number } | undefined {
  const [head] = batch.seen;
  const from = failed.seen.findIndex(({ id, shard }) => id === head?.id && shard === head.shard);
  if (from < 0 || from + batch.seen.length > failed.seen.length) return undefined;
  for (let place = 1; place < batch.seen.length; place++)
    if (batch.seen[place]?.id !== failed.seen[from + place]?.id) return undefined;
  return { from, to: from + batch.seen.length };
}

/** The next attempt with the record at this place of the batch; undefined where there is none, or it cannot be told. */
export function nextAt(batch: Batch, place: number): Batch | undefined {
  const record = batch.records[place];
  return record === undefined ? undefined : nextWith(record, batch);
}

/** The earliest attempt after the batch with any of its records from `from` on. */
export function nextFrom(batch: Batch, from: number): Batch | undefined {
  let earliest: Batch | undefined;
  for (let place = from; place < batch.records.length; place++) {
    const next = nextAt(batch, place);
    if (next !== undefined && (earliest === undefined || next.index < earliest.index)) earliest = next;
    if (earliest?.index === batch.index + 1) break;
  }
  return earliest;
}

/** The id by which the record at this place is told of. */
export const nameAt = ({ seen }: Batch, place: number): string =>
  seen[place]?.record ?? seen[place]?.id ?? 'nothing';

/** The records of the batch, in words: `r1 … r4`. */
export const inWords = (batch: Batch): string =>
  batch.seen.length === 1
    ? nameAt(batch, 0)
    : `${nameAt(batch, 0)} … ${nameAt(batch, batch.seen.length - 1)} (${batch.seen.length})`;

/** The attempts of the same mapping with the record, from the batch on and with it. */
export function attemptsFrom(record: RecordView, batch: Batch): readonly Batch[] {
  return record.batches.filter((one) => one.mapping === batch.mapping && one.index >= batch.index);
}
