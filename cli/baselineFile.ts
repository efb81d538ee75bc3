/** Reading and writing a baseline. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BASELINE_VERSION, type Baseline, baselineSchema, baselineText } from '../reports/baseline.ts';
import type { BaselineFile, Group } from '../reports/summary.ts';
import { issuesOf } from './issue.ts';
import { isRecord, readJsonFile, requireVersion } from './jsonFile.ts';
import { suggestion } from './suggest.ts';
import { fileTrouble, UsageError } from './usageError.ts';

/**
 * @param today the day on which a run is held against it, e.g. `2026-11-24`
 * @throws UsageError where it is no baseline, or names a rule that there is not
 */
export function readBaseline(path: string, groups: readonly Group[], today: string): BaselineFile {
  if (!existsSync(path)) {
    throw new UsageError(
      `${path} is not there: \`lambda-conformance baseline RUN.jsonl --out ${path}\` writes it.`,
    );
  }
  const { value, text } = readJsonFile(
    path,
    'a baseline',
    (run) => `\`lambda-conformance baseline ${run}\` makes a baseline of it.`,
  );
  if (!isRecord(value) || !('baseline' in value)) {
    throw new UsageError(
      `${path} is JSON, but no baseline: that is an object like {"baseline": ${BASELINE_VERSION}, "divergences": […]}.`,
    );
  }
  requireVersion(path, 'baseline', value['baseline'], BASELINE_VERSION);
  const { success, data, error } = baselineSchema.safeParse(value);
  if (!success) {
    throw new UsageError(`${path} is no valid baseline:${issuesOf(error, baselineSchema, value)}`);
  }
  requireRules(path, data, groups);
  return { path, baseline: data, lines: linesOf(text), today };
}

function requireRules(path: string, { divergences }: Baseline, groups: readonly Group[]): void {
  const ids = groups.flatMap(({ rules }) => rules.map(({ id }) => id));
  const known = new Set(ids);
  const strange = divergences.find(({ rule }) => !known.has(rule));
  if (strange === undefined) return;
  const near = suggestion(strange.rule, ids);
  throw new UsageError(
    `${path} lists ${strange.rule}, and no rule is called so${near}: \`lambda-conformance list\` shows them all.`,
  );
}

/** By rule, the line on which its entry says so. */
function linesOf(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  text.split('\n').forEach((line, at) => {
    for (const [, rule] of line.matchAll(/"rule"\s*:\s*"([^"]+)"/g))
      if (rule !== undefined) lines.set(rule, at + 1);
  });
  return lines;
}

/** @throws UsageError where it cannot be written */
export function writeBaseline(path: string, baseline: Baseline): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, baselineText(baseline));
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${fileTrouble(error)}. Choose another file with --out.`);
  }
}
