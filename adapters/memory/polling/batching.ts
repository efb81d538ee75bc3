/** Putting a batch together. AWS, invocation-eventsourcemapping.html#invocation-eventsourcemapping-batching. */
import { type FilterDocument, filterOf, isMatch, matchesAny } from '../../../engine/filterPattern.ts';
import type { World } from '../world.ts';
import type { MappingRuntime } from './mapping.ts';
import { isLetThroughMisread } from './misreading.ts';

/** Bytes of an event beside its records: `{"Records":[]}` and the like. */
export const EVENT_FRAME_BYTES = 64;

/** A batch in the making: what it has, and whether there is room for more. */
export class Gathering<T> {
  items: T[] = [];
  bytes = EVENT_FRAME_BYTES;
  /** Records that were filtered out, where a target lets them take a place. */
  dropped = 0;
  /** Milliseconds of the clock at which its window closes. */
  closesAt = Number.POSITIVE_INFINITY;

  /** How many of BatchSize are taken. */
  get places(): number {
    return this.items.length + this.dropped;
  }

  /** Whether a record of so many bytes still fits: an empty batch takes any. */
  hasRoom(world: World, bytes: number): boolean {
    if (this.items.length === 0 || !world.policy.cutsBatchesByBytes) return true;
    return this.bytes + bytes + 1 <= world.policy.batchBytes;
  }

  add(item: T, bytes: number): void {
    this.items.push(item);
    this.bytes += bytes + 1;
  }

  /** One that was gathered is in the batch no more. */
  remove(item: T, bytes: number): void {
    const place = this.items.indexOf(item);
    if (place < 0) return;
    this.items.splice(place, 1);
    this.bytes -= bytes + 1;
    if (this.items.length === 0) this.closesAt = Number.POSITIVE_INFINITY;
  }

  /** What was gathered; a new batch begins. */
  take(): { readonly items: T[]; readonly bytes: number } {
    const { items, bytes } = this;
    this.items = [];
    this.dropped = 0;
    this.bytes = EVENT_FRAME_BYTES;
    this.closesAt = Number.POSITIVE_INFINITY;
    return { items, bytes };
  }
}

/** The most records of a batch. */
export const batchSizeOf = (world: World, { settings }: MappingRuntime): number =>
  settings.batchSize + world.policy.batchSizeExcess;

/** The batching window in milliseconds; 0: nothing is waited for. */
export function windowMsOf(world: World, { settings }: MappingRuntime): number {
  if (world.policy.waitsForFullBatches) return WAITING_MS;
  return world.policy.honoursWindows ? settings.windowSeconds * 1_000 : 0;
}

/**
 * When the window opened that is open now, milliseconds of the clock. AWS: when the last invocation completed; with
 * nothing to do another one has opened since.
 */
export function rollingWindowFrom(
  { clock, chance }: World,
  lastCompletedAt: number,
  windowMs: number,
): number {
  if (clock.now - lastCompletedAt < windowMs) return lastCompletedAt;
  return clock.now - chance.between(0, windowMs);
}

/** How long a target waits that wants full batches, and should not. */
const WAITING_MS = 60_000;

/** Whether the mapping's filters let the record through. */
export function isLetThrough(
  world: World,
  { settings }: MappingRuntime,
  document: () => FilterDocument,
): boolean {
  const { filters } = settings;
  if (filters.length === 0 || !world.policy.honoursFilters) return true;
  if (world.policy.filtersAsRead !== 'asWritten')
    return isLetThroughMisread(filters, document(), world.policy.filtersAsRead);
  if (world.policy.filtersAreAlternatives) return matchesAny(filters, document());
  return filters.every((text) => {
    const filter = filterOf(text);
    return filter !== undefined && isMatch(filter, document());
  });
}
