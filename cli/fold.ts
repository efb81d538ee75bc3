/** A run file folded to its result: `run` and `report` tell the same because both read the file. */
import { existsSync } from 'node:fs';
import { foldRun } from '../engine/result.ts';
import type { RunLine } from '../engine/runFile.ts';
import { type BaselineFile, type Group, type Summary, summaryOf } from '../reports/summary.ts';
import { runLinesOf } from './readRun.ts';
import { UsageError } from './usageError.ts';

/** @throws UsageError where it is no run file, or was cut off before anything was known */
export function foldFile(path: string, groups: readonly Group[], baseline?: BaselineFile): Summary {
  if (!existsSync(path)) {
    throw new UsageError(`${path} is not there: \`lambda-conformance run --out ${path}\` writes it.`);
  }
  const result = foldRun(
    lines(path),
    groups.flatMap(({ rules }) => rules),
  );
  if (result === undefined) {
    throw new UsageError(`${path} was cut off in its first line: run it again.`);
  }
  return summaryOf(result, groups, baseline);
}

function* lines(path: string): Generator<RunLine> {
  for (const { line } of runLinesOf(path)) yield line;
}
