/** Telling a run from its file, as `run`, `report` and `merge` do: reports, what is printed, the exit code. */
import type { Command } from 'commander';
import { consoleReport } from '../reports/console.ts';
import { jsonReport } from '../reports/json.ts';
import type { BaselineFile, Group, Summary } from '../reports/summary.ts';
import { readBaseline } from './baselineFile.ts';
import { EXIT } from './exitCodes.ts';
import { foldFile } from './fold.ts';
import { requireWritable, STDOUT, saveCounterexamples, writeReports } from './outputs.ts';
import { UsageError } from './usageError.ts';
import * as values from './values.ts';
import { coloursOf, columnsOf, type World } from './world.ts';

export interface TellFlags {
  readonly report?: readonly values.ReportRequest[];
  readonly baseline?: string;
  readonly json?: true;
  readonly strict?: true;
}

/** The flags of a command that tells a run. */
export const withTellFlags = (command: Command): Command =>
  command
    .option(
      '--report <kind=file,…>',
      `write reports as well: ${values.REPORT_KINDS.join(', ')}; - is stdout`,
      values.reports,
    )
    .option(
      '--baseline <file>',
      'fail only on what is not accepted there: `lambda-conformance baseline` writes it',
    )
    .option('--json', 'print the JSON report, and nothing else on stdout')
    .option('--strict', 'exit with 4 where a rule is left VACUOUS or UNKNOWN, not only where all are');

/**
 * What can be found wrong with the flags before a run of minutes.
 * @returns the baseline, where there is one
 * @throws UsageError
 */
export function checkedFlags(
  { report = [], baseline, json }: TellFlags,
  groups: readonly Group[],
  world: World,
): BaselineFile | undefined {
  const printed = report.find(({ path }) => path === STDOUT);
  if (json && printed !== undefined) {
    throw new UsageError(
      `With --json nothing else is printed: give the ${printed.kind} report a file, or leave out --json.`,
    );
  }
  requireWritable(report);
  return baseline === undefined ? undefined : readBaseline(baseline, groups, world.today());
}

/** Tells the run in a file, and returns the exit code for it. */
export function tell(
  path: string,
  flags: TellFlags,
  groups: readonly Group[],
  baseline: BaselineFile | undefined,
  world: World,
): number {
  const { stdout, stderr, env } = world;
  const summary = foldFile(path, groups, baseline);
  noteOtherTarget(summary, world);
  const savedAs = saveCounterexamples(summary);
  const reports = flags.report ?? [];
  writeReports(
    summary,
    reports.filter((report) => report.path !== STDOUT),
    savedAs,
    world,
  );
  stdout.write(
    flags.json
      ? `${JSON.stringify(jsonReport(summary), null, 2)}\n`
      : consoleReport(summary, {
          ...{ columns: columnsOf(stdout), colours: coloursOf(stdout, env), runFile: path, savedAs },
        }),
  );
  writeReports(
    summary,
    reports.filter((report) => report.path === STDOUT),
    savedAs,
    { stdout, stderr },
  );
  return exitCodeOf(summary, flags.strict === true);
}

/** What one target is known to break says nothing of another. */
function noteOtherTarget({ baseline, result }: Summary, { stderr }: World): void {
  const accepted = baseline?.baseline.target?.name;
  const { name } = result.header.target;
  if (accepted === undefined || accepted === name) return;
  stderr.write(`${baseline?.path} was accepted on ${accepted}, and this run is of ${name}.\n`);
}

/** What a result means for CI: what a baseline accepts is no violation. */
function exitCodeOf({ counts, result, isComplete }: Summary, isStrict: boolean): number {
  if (counts.VIOLATED > 0) return EXIT.violated;
  // Half a campaign is no pass: CI must not take a run that was stopped for one that conforms.
  if (!isComplete) return EXIT.failed;
  if (counts.ERROR > 0 || result.errors.length > 0) return EXIT.failed;
  // A run that found out nothing at all is no pass, whether it was asked to be strict or not.
  if (counts.KEPT + counts.WARNED + counts.KNOWN + counts.OBSERVED === 0) return EXIT.undecided;
  return isStrict && counts.VACUOUS + counts.UNKNOWN > 0 ? EXIT.undecided : EXIT.ok;
}
