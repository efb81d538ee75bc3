/** What a mapping is set to at some time, whatever it is changed to. */
import type { MappingView } from '../../engine/view.ts';

/** Whether the mapping has filters, at some time. */
export function isFiltering({ settings }: MappingView): boolean {
  for (const { value } of settings) if (value !== null && value.filters.length > 0) return true;
  return false;
}

/** Whether the mapping has a tumbling window, at some time. */
export function mayBeWindowed({ settings }: MappingView): boolean {
  for (const { value } of settings) if (value !== null && value.tumblingWindowSeconds > 0) return true;
  return false;
}

/** The longest batching window that it ever has, seconds. */
export function longestWindowSeconds({ settings }: MappingView): number {
  let longest = 0;
  for (const { value } of settings) if (value !== null) longest = Math.max(longest, value.windowSeconds);
  return longest;
}
