/** What a function's answer to a batch of a stream means. */
import { asObject } from '../../engine/record.ts';
import type { Batch, RecordView } from '../../engine/view.ts';
import { identifierAt, type Response, responseOf } from '../mappings/response.ts';
import { isFinal, mayBeWindowed } from './windowed.ts';

const FAILURE: Response = { kind: 'failure' };
const UNKNOWN: Response = { kind: 'unknown' };

/**
 * AWS, services-kinesis-windows.html: in a tumbling window a result without state is a failed attempt. Elsewhere as in
 * mappings of all kinds.
 */
export function answerTo(batch: Batch): Response {
  const response = responseOf(batch);
  if (response.kind !== 'success' || !mayBeWindowed(batch.mapping) || isFinal(batch)) return response;
  const { ended } = batch.attempt;
  if (batch.mapping.steady === undefined || ended === undefined) return UNKNOWN;
  const isWithState = asObject(ended.result)?.['state'] !== undefined;
  return isWithState ? response : FAILURE;
}

/** Whether the batch, or a part of it, failed for certain. */
export function hasFailed(batch: Batch): boolean {
  const { kind } = answerTo(batch);
  return kind === 'failure' || kind === 'partial';
}

/**
 * The place in the batch from which on its records failed: the lowest that is reported, 0 for a failure of all, its
 * length for a success; undefined where that is not known.
 */
export function checkpointIn(batch: Batch): number | undefined {
  const answer = answerTo(batch);
  switch (answer.kind) {
    case 'success':
      return batch.seen.length;
    case 'failure':
      return 0;
    case 'unknown':
      return undefined;
    case 'partial':
      for (let place = 0; place < batch.seen.length; place++)
        if (answer.failed.has(identifierAt(batch, place))) return place;
      return undefined;
  }
}

/** Whether an attempt before this one may have succeeded for the record: what comes after it is a repetition. */
export function hadSucceeded(record: RecordView, until: Batch): boolean {
  for (const batch of record.batches) {
    if (batch === until) return false;
    if (batch.mapping !== until.mapping) continue;
    const checkpoint = checkpointIn(batch);
    if (checkpoint === undefined || batch.records.indexOf(record) < checkpoint) return true;
  }
  return false;
}
