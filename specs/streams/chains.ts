/**
 * Batches that fail and are tried again as they are. AWS, kinesis-on-failure-destination.html: Lambda retries the
 * entire batch until it succeeds, or is discarded.
 */
import type { Batch, MappingView, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { answerTo, hasFailed } from './answer.ts';
import { placeInSource } from './sequence.ts';
import { activeMappings } from './subjects.ts';

/** Attempts of exactly the same records, one after the other: all of them failed, but maybe the last. */
export interface Chain {
  readonly mapping: MappingView;
  readonly first: Batch;
  readonly last: Batch;
  readonly attempts: readonly Batch[];
  /** The next attempt with its first record, which has other records as well, or fewer. */
  readonly next: Batch | undefined;
}

type Building = { -readonly [K in keyof Chain]: K extends 'attempts' ? Batch[] : Chain[K] };

export const NO_CHAINS: readonly Chain[] = [];

/** All chains: one for each batch that failed when it was tried for the first time. */
export const chains = once((view: View): readonly Chain[] => {
  const mappings = activeMappings(view);
  if (mappings.length === 0) return NO_CHAINS;
  const found: Building[] = [];
  for (const mapping of mappings) {
    const open = new Map<string, Building>();
    for (const batch of mapping.batches) follow(batch, open, found);
  }
  return found.length === 0 ? NO_CHAINS : found;
});

function follow(batch: Batch, open: Map<string, Building>, found: Building[]): void {
  const [head] = batch.seen;
  if (head === undefined) return;
  const id = placeInSource(head);
  const chain = open.get(id);
  const isFailed = hasFailed(batch);
  if (chain === undefined && !isFailed) return;
  if (chain !== undefined && isSame(chain.first, batch)) {
    chain.attempts.push(batch);
    chain.last = batch;
    if (!isFailed) open.delete(id);
    return;
  }
  if (chain !== undefined) {
    chain.next = batch;
    open.delete(id);
  }
  if (!isFailed) return;
  const started: Building = {
    mapping: batch.mapping,
    first: batch,
    last: batch,
    attempts: [batch],
    next: undefined,
  };
  open.set(id, started);
  found.push(started);
}

/** Whether two batches that begin with the same record are of the same records. */
const isSame = (one: Batch, other: Batch): boolean =>
  one.seen.length === other.seen.length && one.seen.at(-1)?.id === other.seen.at(-1)?.id;

/** Whether no attempt of it succeeded, and each failed as a whole. */
export const failedThroughout = ({ attempts }: Chain): boolean =>
  attempts.every((batch) => answerTo(batch).kind === 'failure');
