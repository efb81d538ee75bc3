/** `report`: any report, from a run file. */
import type { Command } from 'commander';
import { consoleReport } from '../reports/console.ts';
import { jsonReport } from '../reports/json.ts';
import { foldFile } from './fold.ts';
import { requireWritable, saveCounterexamples, writeReports } from './outputs.ts';
import { exitCodeOf } from './run.ts';
import * as values from './values.ts';
import { coloursOf, columnsOf, type World } from './world.ts';

interface ReportFlags {
  readonly report?: readonly values.ReportRequest[];
  readonly json?: true;
  readonly strict?: true;
}

export function defineReport(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('report')
    .summary('make any report from a run file')
    .description(
      'Tells what a run file says, as `run` did, and writes reports from it. The exit code is that of the run.',
    )
    .argument('<file>', 'a run file')
    .option('--report <kind=file,…>', `write reports: ${values.REPORT_KINDS.join(', ')}`, values.reports)
    .option('--json', 'print the JSON report, and nothing else on stdout')
    .option('--strict', 'exit with 4 where a rule is left VACUOUS or UNKNOWN, not only where all are')
    .action(async (path: string, flags: ReportFlags) => {
      const requests = flags.report ?? [];
      requireWritable(requests);
      const groups = await world.groups();
      const summary = foldFile(path, groups);
      warnOfUnknown(
        summary.result.header.rules,
        new Set(groups.flatMap(({ rules }) => rules.map(({ id }) => id))),
        world,
      );
      writeReports(summary, requests, world.stderr);
      const { stdout, env } = world;
      if (flags.json) stdout.write(`${JSON.stringify(jsonReport(summary), null, 2)}\n`);
      else {
        const savedAs = saveCounterexamples(summary);
        const colours = coloursOf(stdout, env);
        stdout.write(consoleReport(summary, { columns: columnsOf(stdout), colours, runFile: path, savedAs }));
      }
      done(exitCodeOf(summary, flags.strict === true));
    });
}

function warnOfUnknown(ids: readonly string[], known: ReadonlySet<string>, { stderr }: World): void {
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  stderr.write(`Left out, for this lambda-conformance does not know them: ${unknown.join(', ')}.\n`);
}
