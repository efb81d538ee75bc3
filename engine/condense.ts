import { sumOf } from './mergeShards.ts';
import type { RunLine } from './runFile.ts';

/**
 * A run file small enough to keep: all that was decided in one chunk, and of each counterexample its scenario without
 * the history. Reports say the same of it, but for timelines: a replay shows those.
 */
export function condensed(lines: readonly RunLine[]): RunLine[] {
  const chunks = lines.filter((line) => line.line === 'chunk');
  const kept = lines.filter((line) => line.line !== 'chunk');
  const small = kept.map(
    (line): RunLine => (line.line === 'counterexample' ? { ...line, entries: [], marks: [] } : line),
  );
  if (chunks.length > 0)
    small.splice(1, 0, { ...sumOf(chunks), from: Math.min(...chunks.map(({ from }) => from)) });
  return small;
}
