/** `compare`: two runs side by side. */
import { type Command, Option } from 'commander';
import { comparisonOf } from '../reports/comparison.ts';
import { comparisonJson } from '../reports/comparisonJson.ts';
import { comparisonMarkdown, comparisonText } from '../reports/comparisonText.ts';
import type { Group } from '../reports/summary.ts';
import { EXIT } from './exitCodes.ts';
import { foldFile } from './fold.ts';
import { coloursOf, columnsOf, type World } from './world.ts';

interface CompareFlags {
  readonly json?: true;
  readonly md?: true;
}

export function defineCompare(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('compare')
    .summary('set two runs side by side: AWS and a local set-up, or before and after')
    .description(
      'Tells which verdicts of two run files differ, and what each target did in numbers. Exits with 1 where a verdict differs, and with 4 where no rule was decided in both.',
    )
    .argument('<a>', 'a run file')
    .argument('<b>', 'a run file')
    .option('--json', 'print JSON, and nothing else on stdout')
    .addOption(new Option('--md', 'print Markdown, for a page or a job summary').conflicts('json'))
    .action(async (pathA: string, pathB: string, flags: CompareFlags) => {
      done(compare([pathA, pathB], flags, await world.groups(), world));
    });
}

function compare(
  [pathA, pathB]: readonly [string, string],
  flags: CompareFlags,
  groups: readonly Group[],
  world: World,
): number {
  const { stdout, stderr, env } = world;
  const [a, b] = [foldFile(pathA, groups), foldFile(pathB, groups)];
  for (const [path, { isComplete }] of [
    [pathA, a],
    [pathB, b],
  ] as const)
    if (!isComplete) stderr.write(`${path} did not come to its end: it says less than it would have.\n`);
  const comparison = comparisonOf(a.result, b.result);
  if (flags.json) stdout.write(`${JSON.stringify(comparisonJson(comparison), null, 2)}\n`);
  else if (flags.md) stdout.write(comparisonMarkdown(comparison));
  else {
    stdout.write(comparisonText(comparison, { columns: columnsOf(stdout), colours: coloursOf(stdout, env) }));
  }
  if (comparison.verdicts.length > 0) return EXIT.violated;
  return comparison.same === 0 ? EXIT.undecided : EXIT.ok;
}
