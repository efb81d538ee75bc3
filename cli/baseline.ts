/** `baseline`: accepts what a run found broken. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import wrapAnsi from 'wrap-ansi';
import { type Accepted, accept } from '../reports/baseline.ts';
import { counted, targetName } from '../reports/sentences.ts';
import type { Group } from '../reports/summary.ts';
import { readBaseline, writeBaseline } from './baselineFile.ts';
import { EXIT } from './exitCodes.ts';
import { foldFile } from './fold.ts';
import { UsageError } from './usageError.ts';
import * as values from './values.ts';
import { columnsOf, type World } from './world.ts';

const DEFAULT_FILE = 'conformance.baseline.json';

interface BaselineFlags {
  readonly out: string;
  readonly reason?: string;
  readonly link?: string;
  readonly expires?: string;
  readonly prune?: true;
}

export function defineBaseline(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('baseline')
    .summary('accept what a run found broken, so that CI fails only on what is new')
    .description(
      'Writes the rules that a run found broken into a file for `run --baseline`. What is in the file already stays as it is written.',
    )
    .argument('<run>', 'a run file')
    .option('--out <file>', 'the baseline', DEFAULT_FILE)
    .option('--reason <text>', 'why they are accepted (default: what was seen)', values.words)
    .option('--link <url>', 'where more of them is to be read: an issue', values.link)
    .option(
      '--expires <date>',
      'the last day on which they are accepted; renews entries that have expired (default: until they are taken out)',
      values.date,
    )
    .option('--prune', 'take out what is listed and was kept')
    .action(async (path: string, flags: BaselineFlags) => {
      acceptRun(path, flags, await world.groups(), world);
      done(EXIT.ok);
    });
}

function acceptRun(path: string, flags: BaselineFlags, groups: readonly Group[], world: World): void {
  const { out, reason, link, expires } = flags;
  const today = world.today();
  if (expires !== undefined && expires < today) {
    throw new UsageError(`--expires ${expires} is over already: give a day from ${today} on.`);
  }
  const { result, isComplete } = foldFile(path, groups);
  if (flags.prune && !isComplete) {
    throw new UsageError(
      `${path} did not come to its end, so that more may be broken: --prune needs a whole run.`,
    );
  }
  const accepted = accept(existsSync(out) ? readBaseline(out, groups, today).baseline : undefined, {
    ...{ header: result.header, results: result.rules, today, prunes: flags.prune === true },
    ...(reason === undefined ? {} : { reason }),
    ...(link === undefined ? {} : { link }),
    ...(expires === undefined ? {} : { expires }),
  });
  writeBaseline(out, accepted.baseline);
  world.stdout.write(changesText(out, accepted, columnsOf(world.stdout)));
  const endless = accepted.baseline.divergences.filter((one) => one.expires === undefined).length;
  if (endless > 0) {
    world.stderr.write(
      `${counted(endless, 'divergence')} without an expiry: accepted until somebody takes it out. --expires gives new ones a last day.\n`,
    );
  }
}

function changesText(path: string, { baseline, ...changes }: Accepted, columns: number): string {
  const { target, divergences } = baseline;
  const of = target === undefined ? '' : ` of ${targetName(target)}`;
  const lines = [`${path} accepts ${counted(divergences.length, 'divergence')}${of}.`];
  const list = (title: string, ids: readonly string[]) => {
    if (ids.length === 0) return;
    const text = wrapAnsi(`${title}: ${ids.join(', ')}`, columns - 2, { hard: false });
    lines.push(...text.split('\n').map((line, at) => (at === 0 ? line : `  ${line}`)));
  };
  list('Added', changes.added);
  list('Renewed', changes.renewed);
  list('Taken out, for they are fixed', changes.pruned);
  list('Fixed, and still listed (--prune takes them out)', changes.fixed);
  list('Expired, and still broken (--expires renews them)', changes.expired);
  return `${lines.join('\n')}\n`;
}
