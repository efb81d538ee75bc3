/** The files that a report goes to. */
import { accessSync, constants, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { counterexampleFile } from '../reports/counterexampleFile.ts';
import { githubReport } from '../reports/github.ts';
import { jsonReport } from '../reports/json.ts';
import { junitReport } from '../reports/junit.ts';
import { markdownReport } from '../reports/markdown.ts';
import type { Summary } from '../reports/summary.ts';
import { FOLDER } from './folder.ts';
import { folderName } from './targetChoice.ts';
import { fileTrouble, UsageError } from './usageError.ts';
import type { ReportKind, ReportRequest } from './values.ts';
import type { Output } from './world.ts';

/** In place of a file: what is printed. */
export const STDOUT = '-';

type SavedAs = ReadonlyMap<string, string>;

const WRITERS: Readonly<Record<ReportKind, (summary: Summary, savedAs: SavedAs) => string>> = {
  md: markdownReport,
  junit: junitReport,
  github: githubReport,
  json: (summary) => `${JSON.stringify(jsonReport(summary), null, 2)}\n`,
};

/**
 * Looks whether the reports can be written, before a run of minutes that they are about.
 * @throws UsageError naming the one that cannot
 */
export function requireWritable(requests: readonly ReportRequest[]): void {
  for (const { kind, path } of requests) {
    if (path === STDOUT) continue;
    try {
      mkdirSync(dirname(path), { recursive: true });
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat?.isDirectory())
        throw new UsageError(`The ${kind} report cannot be written to ${path}: it is a folder.`);
      accessSync(stat === undefined ? dirname(path) : path, constants.W_OK);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw cannotWrite(kind, path, error);
    }
  }
}

/**
 * Writes them, and tells on stderr what is where: stdout has the report itself.
 * @param savedAs where the smallest scenario of a broken rule is saved, by rule id
 * @throws UsageError where one cannot be written
 */
export function writeReports(
  summary: Summary,
  requests: readonly ReportRequest[],
  savedAs: SavedAs,
  { stdout, stderr }: { readonly stdout: Output; readonly stderr: Output },
): void {
  for (const { kind, path } of requests) {
    const text = WRITERS[kind](summary, savedAs);
    if (path === STDOUT) {
      stdout.write(text);
      continue;
    }
    try {
      writeFileSync(path, text);
    } catch (error) {
      throw cannotWrite(kind, path, error);
    }
    stderr.write(`Wrote the ${kind} report to ${path}.\n`);
  }
}

/**
 * Saves the smallest scenario of each broken rule as `.conformance/<target>/<rule>.json`, and of a rule that broke once and
 * never again the one history in which it did: `explain FILE` draws either.
 * @returns where, by rule id; nothing for those that could not be saved, of which the report shows the scenario itself
 */
export function saveCounterexamples(summary: Summary, folder = FOLDER): Map<string, string> {
  const saved = new Map<string, string>();
  const { header, rules } = summary.result;
  const home = join(folder, folderName(header.target.name));
  for (const found of rules) {
    const isShown = ['VIOLATED', 'WARNED', 'UNKNOWN'].includes(found.verdict);
    const content = isShown ? counterexampleFile(header, found) : undefined;
    if (content === undefined) continue;
    const path = join(home, `${found.rule.id}.json`);
    try {
      mkdirSync(home, { recursive: true });
      writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
      saved.set(found.rule.id, path);
    } catch {
      // The report then shows the scenario itself.
    }
  }
  return saved;
}

const cannotWrite = (kind: string, path: string, error: unknown): UsageError =>
  new UsageError(`The ${kind} report cannot be written to ${path}: ${fileTrouble(error)}.`);
