/** What a function's answer to a batch of a stream means. */
import type { Batch, BatchResponse } from '../../engine/view.ts';
import { identifierAt, responseOf } from '../mappings/response.ts';
import { mayBeWindowed } from '../mappings/settings.ts';
import { isFinal } from './windowed.ts';

const UNKNOWN: BatchResponse = { kind: 'unknown' };

/** In a tumbling window success is known only where the result was seen: without a state it is a failure. */
export function answerTo(batch: Batch): BatchResponse {
  const response = responseOf(batch);
  if (response.kind !== 'success' || !mayBeWindowed(batch.mapping) || isFinal(batch)) return response;
  return batch.mapping.steady === undefined || batch.attempt.ended === undefined ? UNKNOWN : response;
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
