/** `plan`: which scenarios a campaign on a real clock would run, and why these. */
import type { Command } from 'commander';
import wrapAnsi from 'wrap-ansi';
import type { Plan } from '../engine/plan.ts';
import type { Level } from '../engine/rule.ts';
import type { Target } from '../engine/target.ts';
import { counted, duration, grouped, targetName } from '../reports/sentences.ts';
import { chosenRules } from './chosenRules.ts';
import { EXIT } from './exitCodes.ts';
import { type TargetFlags, targetChoice, withTarget } from './targetChoice.ts';
import * as values from './values.ts';
import { coloursOf, columnsOf, type World } from './world.ts';

interface PlanFlags extends TargetFlags {
  readonly rules?: string;
  readonly level?: readonly Level[];
  readonly time?: number;
  readonly seed: number;
  readonly json?: true;
}

export function definePlan(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('plan')
    .summary('show which few scenarios a run on a real target begins with, and what they cover')
    .description(
      'Draws many scenarios, and picks the smallest set that gives every rule its subjects and shows every mutant of the in-memory model. A run on a real target with the same seed begins with these.',
    )
    .option('--target <name>', `a known target: ${world.targetNames().join(', ')} (default: memory)`)
    .option('--endpoint <url>', 'whatever speaks the AWS API there')
    .option('--rules <pattern>', 'only for these rules, apart by commas')
    .option('--level <level>', 'only for rules of this level or above: must, should, may', values.levels)
    .option('--time <time>', 'no longer than this, e.g. 90s, 10m', values.timeSeconds)
    .option('--seed <n>', 'the same seed gives the same plan', values.seed, 1)
    .option('--jobs <n>', 'scenarios side by side (default: as many as the target bears)', values.positive)
    .option('--json', 'print JSON, and nothing else on stdout')
    .option(
      '--time-scale <n>',
      "real seconds for one second of Lambda's asynchronous waits, e.g. 1/60 (default: as the target's profile says; else 1)",
      values.timeScale,
    )
    .option('--collector-host <host>', 'how functions in containers reach this machine')
    .action(async (flags: PlanFlags) => {
      done(await plan(flags, world));
    });
}

async function plan(flags: PlanFlags, world: World): Promise<number> {
  const rules = chosenRules(await world.groups(), flags);
  return withTarget(targetChoice(flags, world), world, async (target) => {
    const { capabilities } = target;
    const made = await world.plan({
      target,
      source: await world.source({ seed: flags.seed, capabilities, isRealTime: true }),
      rules,
      ...(flags.jobs === undefined ? {} : { jobs: flags.jobs }),
      ...(flags.time === undefined ? {} : { timeSeconds: flags.time }),
    });
    world.stdout.write(flags.json ? `${JSON.stringify(made, null, 2)}\n` : planText(made, target, world));
    return made.scenarios.length === 0 ? EXIT.undecided : EXIT.ok;
  });
}

/** One sentence on what a plan is worth. */
export function planSentence(made: Plan): string {
  const rules = made.rules.length + made.rulesLeft.length;
  const mutants = made.shown.length + made.left.length;
  return (
    `${counted(made.scenarios.length, 'scenario')} of ${grouped(made.drawn)} drawn: they decide ` +
    `${made.rules.length} of ${counted(rules, 'rule')} and would show ${made.shown.length} of ${counted(mutants, 'known mistake')}, ` +
    `in about ${duration(made.expectedSeconds)}.`
  );
}

/** Nobody waits for longer without having been asked. */
const LONG_SECONDS = 1_200;

/** What to say before a run that takes long; undefined where it does not, or where its length was chosen. */
export function longRunHint(expectedSeconds: number, timeSeconds: number | undefined): string | undefined {
  if (timeSeconds !== undefined || expectedSeconds < LONG_SECONDS) return undefined;
  return 'That is long: Ctrl-C once ends it in order, and --time 10m plans for what fits into ten minutes.';
}

function planText(made: Plan, target: Target, { stdout, env }: World): string {
  const colours = coloursOf(stdout, env);
  const columns = columnsOf(stdout);
  const wrapped = (text: string) => wrapAnsi(text, columns, { hard: false });
  const lines = [wrapped(`For ${targetName(target)}: ${planSentence(made)}`)];
  if (made.rulesLeft.length > 0)
    lines.push('', colours.dim('No scenario of the plan decides:'), wrapped(made.rulesLeft.join(' ')));
  if (made.left.length > 0) {
    lines.push('', colours.dim('It would not show:'));
    for (const { rule, mutant } of made.left) lines.push(wrapped(`  ${rule}: ${mutant}`));
  }
  const longest = [...made.scenarios].sort((a, b) => b.expectedSeconds - a.expectedSeconds).slice(0, 5);
  lines.push('', colours.dim('The longest, which begin first:'));
  for (const { index, expectedSeconds } of longest)
    lines.push(`  scenario ${index}, about ${duration(expectedSeconds)}`);
  return `${lines.join('\n')}\n`;
}
