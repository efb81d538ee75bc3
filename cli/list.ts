/** `list`: the rules. */
import type { Command } from 'commander';
import wrapAnsi from 'wrap-ansi';
import { type Level, type Rule, sourceUrl } from '../engine/rule.ts';
import { chosenRules } from './chosenRules.ts';
import { EXIT } from './exitCodes.ts';
import * as values from './values.ts';
import { coloursOf, columnsOf, type World } from './world.ts';

interface ListFlags {
  readonly rules?: string;
  readonly level?: readonly Level[];
  readonly json?: true;
}

export function defineList(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('list')
    .description('List the rules: id, level, sentence.')
    .option('--rules <pattern>', 'only these rules, apart by commas, e.g. "ASYNC-*,SYNC-LOG-01"')
    .option('--level <level>', 'only rules of this level or above: must, should, may', values.levels)
    .option('--json', 'as JSON, with pages and needs')
    .action(async (flags: ListFlags) => {
      const groups = await world.groups();
      const chosen = new Set(chosenRules(groups, flags));
      const { stdout, env } = world;
      if (flags.json) {
        const all = groups.flatMap(({ id, rules }) =>
          rules.filter((rule) => chosen.has(rule)).map((rule) => asData(id, rule)),
        );
        stdout.write(`${JSON.stringify(all, null, 2)}\n`);
      } else {
        const colours = coloursOf(stdout, env);
        const idColumns = Math.max(...[...chosen].map(({ id }) => id.length)) + 2;
        const blocks = groups.flatMap(({ title, rules }) => {
          const lines = rules
            .filter((rule) => chosen.has(rule))
            .map((rule) => listed(rule, idColumns, columnsOf(stdout)));
          return lines.length === 0 ? [] : [[colours.bold(title), ...lines].join('\n')];
        });
        stdout.write(`${blocks.join('\n\n')}\n`);
      }
      done(EXIT.ok);
    });
}

const LEVEL_COLUMNS = 8;

function listed({ id, level, invariant }: Rule, idColumns: number, columns: number): string {
  const indent = 2 + idColumns + LEVEL_COLUMNS;
  const text = wrapAnsi(invariant, columns - indent, { hard: false }).split('\n');
  return `  ${id.padEnd(idColumns)}${level.padEnd(LEVEL_COLUMNS)}${text.join(`\n${' '.repeat(indent)}`)}`;
}

function asData(group: string, rule: Rule) {
  const { id, level, invariant, sources, needs = [], note, isSilent = false, isContradictory = false } = rule;
  return {
    ...{ id, group, level, invariant },
    pages: sources.map((source) => ({ url: sourceUrl(source), evidence: source.evidence })),
    ...{ needs, judges: rule.judges, isSilent, isContradictory },
    ...(note === undefined ? {} : { note }),
  };
}
