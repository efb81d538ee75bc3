/** `report`: any report, from a run file. */
import type { Command } from 'commander';
import { foldFile } from './fold.ts';
import { checkedFlags, type TellFlags, tell, withTellFlags } from './tell.ts';
import type { World } from './world.ts';

export function defineReport(program: Command, world: World, done: (code: number) => void): void {
  const command = program
    .command('report')
    .summary('make any report from a run file')
    .description(
      'Tells what a run file says, as `run` did, and writes reports from it. The exit code is that of the run.',
    )
    .argument('<file>', 'a run file');
  withTellFlags(command).action(async (path: string, flags: TellFlags) => {
    const groups = await world.groups();
    const baseline = checkedFlags(flags, groups, world);
    warnOfUnknown(
      foldFile(path, groups).result.header.rules,
      new Set(groups.flatMap(({ rules }) => rules.map(({ id }) => id))),
      world,
    );
    done(tell(path, flags, groups, baseline, world));
  });
}

function warnOfUnknown(ids: readonly string[], known: ReadonlySet<string>, { stderr }: World): void {
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  stderr.write(`Left out, for this lambda-conformance does not know them: ${unknown.join(', ')}.\n`);
}
