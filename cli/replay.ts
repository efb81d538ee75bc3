/** `replay`: a saved scenario again, on any target, as often as one likes. */
import type { Command } from 'commander';
import { breachIn, ChunkCount, decidable } from '../engine/deciding.ts';
import type { History } from '../engine/history.ts';
import type { Breach, Rule } from '../engine/rule.ts';
import { targetSeed } from '../engine/seeds.ts';
import type { Target } from '../engine/target.ts';
import { viewOf } from '../engine/viewOf.ts';
import { counted, givenLines, sizeOf, targetName } from '../reports/sentences.ts';
import { timelineOf } from '../reports/timeline.ts';
import { timelineText } from '../reports/timelineText.ts';
import { chosenRules } from './chosenRules.ts';
import { EXIT } from './exitCodes.ts';
import { replayGolden } from './golden.ts';
import { watchInterrupts } from './interrupts.ts';
import { readScenarioFile, type ScenarioFile } from './scenarioFile.ts';
import { flagsOf, isNamed, type TargetFlags, targetChoice, withTarget } from './targetChoice.ts';
import { UsageError } from './usageError.ts';
import * as values from './values.ts';
import { coloursOf, columnsOf, type World } from './world.ts';

interface ReplayFlags extends TargetFlags {
  readonly runs: number;
  readonly rules?: string;
  readonly seed: number;
  readonly json?: true;
  readonly golden?: string | true;
}

export function defineReplay(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('replay')
    .summary('run a saved scenario again, on any target')
    .description(
      'Runs the scenario of a file again and tells for each run which rules broke; or what was recorded on AWS, and tells what the target does otherwise.',
    )
    .argument('[file]', 'a scenario, a history or a counterexample')
    .option('--golden [ids]', 'the cases recorded on AWS, or those of a pattern, e.g. "A*,K09"')
    .option('--target <name>', 'a known target (default: where a counterexample was found, else memory)')
    .option('--endpoint <url>', 'whatever speaks the AWS API there')
    .option('-n, --runs <n>', 'how often', values.positive, 1)
    .option('--rules <pattern>', 'decide only these rules, apart by commas (default: all)')
    .option('--seed <n>', 'for a simulated clock: what AWS leaves open is drawn from it', values.seed, 1)
    .option('--jobs <n>', 'runs side by side (default: as many as the target bears)', values.positive)
    .option('--json', 'print JSON, and nothing else on stdout')
    .option(
      '--time-scale <n>',
      "real seconds for one second of Lambda's asynchronous waits, e.g. 1/60 (default: as the target's profile says; else 1)",
      values.timeScale,
    )
    .option('--collector-host <host>', 'how functions in containers reach this machine')
    .action(async (path: string | undefined, flags: ReplayFlags) => {
      done(await asked(path, flags, world));
    });
}

function asked(path: string | undefined, flags: ReplayFlags, world: World): Promise<number> {
  const { golden } = flags;
  if (golden === undefined) {
    if (path === undefined)
      throw new UsageError(
        'There is nothing to replay: give a file, or --golden for what was recorded on AWS.',
      );
    return replay(path, flags, world);
  }
  if (path !== undefined)
    throw new UsageError(`Replay either ${path} or --golden cases: leave one of them out.`);
  if (flags.rules !== undefined)
    throw new UsageError('Golden cases have expectations of their own: leave out --rules or --golden.');
  return replayGolden({ ...flags, golden }, world);
}

interface Replayed {
  readonly history: History;
  readonly breaches: readonly { readonly rule: Rule; readonly breach: Breach }[];
  /** Subjects that were decided, by rule; a rule without one is absent. */
  readonly subjects: Readonly<Record<string, number>>;
}

async function replay(path: string, flags: ReplayFlags, world: World): Promise<number> {
  const file = readScenarioFile(path);
  const rules = chosenRules(await world.groups(), flags);
  const found = file.counterexample?.target;
  // The target that was found wanting may be one of the library's, which the command does not know.
  const isKnown =
    found !== undefined && (/^https?:/.test(found.name) || world.targetNames().includes(found.name));
  const choice = targetChoice(isNamed(flags) || !isKnown ? flags : { ...flagsOf(found), ...flags }, world);
  return withTarget({ ...choice, mostAtOnce: flags.runs }, world, async (target) => {
    const runs = await runAgain(file, flags, rules, target, world);
    world.stdout.write(flags.json ? asJson(runs, target) : asText(runs, file, target, world, flags));
    const isViolated = runs.some(({ breaches }) => breaches.some(({ rule }) => rule.level === 'MUST'));
    if (isViolated) return EXIT.violated;
    return decidedIn(runs).rules === 0 ? EXIT.undecided : EXIT.ok;
  });
}

/** Side by side on a real clock; results in the order of their numbers. */
async function runAgain(
  { scenario, counterexample }: ScenarioFile,
  flags: ReplayFlags,
  rules: readonly Rule[],
  target: Target,
  world: World,
): Promise<Replayed[]> {
  const interrupts = watchInterrupts(world.stderr);
  const decided = decidable(rules, target);
  const results: Replayed[] = [];
  // The first run is the recorded one; on a simulated clock the others draw anew what AWS leaves open.
  const first = counterexample?.targetSeed ?? flags.seed;
  const seedOf = (run: number) => (run === 0 ? first : targetSeed(first, run));
  let next = 0;
  const worker = async () => {
    while (next < flags.runs && !interrupts.finishing.aborted) {
      const run = next++;
      const history = await target.run({ scenario, seed: seedOf(run) }, interrupts.stopping);
      const view = viewOf(history, target.tolerances);
      const subjects = subjectsIn(history, decided, target);
      const breaches = decided.flatMap((rule) => {
        const breach = breachIn(rule, view);
        return breach === undefined ? [] : [{ rule, breach }];
      });
      results[run] = { history, breaches, subjects };
    }
  };
  const jobs = target.isRealTime ? Math.min(flags.runs, flags.jobs ?? target.jobs) : 1;
  try {
    await Promise.all(Array.from({ length: jobs }, worker));
  } finally {
    interrupts.dispose();
  }
  return results.filter((result) => result !== undefined);
}

function subjectsIn(history: History, rules: readonly Rule[], target: Target): Record<string, number> {
  const count = new ChunkCount(rules);
  count.take(0, history, target.tolerances);
  const subjects: Record<string, number> = {};
  for (const [id, tally] of Object.entries(count.chunk(0, 1).rules)) {
    if (tally.subjects > 0) subjects[id] = tally.subjects;
  }
  return subjects;
}

/** Rules and subjects that were decided, over all runs: a subject counts in each. */
function decidedIn(runs: readonly Replayed[]): { readonly rules: number; readonly subjects: number } {
  const ids = new Set<string>();
  let sum = 0;
  for (const { subjects } of runs) {
    for (const [id, count] of Object.entries(subjects)) {
      ids.add(id);
      sum += count;
    }
  }
  return { rules: ids.size, subjects: sum };
}

/** What was decided at all: that nothing broke says something only of this. */
function decidedSentence(runs: readonly Replayed[], target: Target, isNarrowed: boolean): string {
  const { rules, subjects } = decidedIn(runs);
  if (rules > 0) return `${counted(rules, 'rule')} and ${counted(subjects, 'subject')} were decided.`;
  const which = isNarrowed ? 'the rules chosen' : `a rule that can be decided on ${target.name}`;
  return `Nothing was decided: nothing in it concerns ${which}.`;
}

function asText(
  runs: readonly Replayed[],
  file: ScenarioFile,
  target: Target,
  world: World,
  { rules: pattern }: ReplayFlags,
): string {
  const colours = coloursOf(world.stdout, world.env);
  const wanted = file.counterexample?.rule;
  const given = givenLines(file.scenario, columnsOf(world.stdout));
  const lines = [`${sizeOf(file.scenario)}, on ${targetName(target)}.`, ...given, ''];
  const shown = runs.find(({ breaches }) =>
    breaches.some(({ rule }) => wanted === undefined || rule.id === wanted),
  );
  const picked = shown ?? runs.find(({ breaches }) => breaches.length > 0) ?? runs[0];
  if (picked !== undefined) {
    const told = picked.breaches.find(({ rule }) => rule.id === wanted) ?? picked.breaches[0];
    const marks = (told?.breach.entries ?? []).map((entry) => picked.history.entries.indexOf(entry));
    const rows = timelineOf(picked.history);
    lines.push(...timelineText(rows, { marks, rows: 40, columns: columnsOf(world.stdout), colours }), '');
  }
  runs.forEach(({ breaches, history }, run) => {
    const declined = history.entries.find((entry) => entry.kind === 'declined');
    const unsupported =
      declined === undefined ? '' : ` (declined: ${declined.capability ?? 'a setting'}: ${declined.error})`;
    if (breaches.length === 0) lines.push(`run ${run + 1}: ${colours.green('nothing broke')}${unsupported}`);
    for (const { rule, breach } of breaches) {
      const id = rule.level === 'MUST' ? colours.red(rule.id) : colours.yellow(rule.id);
      lines.push(
        `run ${run + 1}: ${id} (${rule.level}): expected ${breach.expected}, observed ${breach.observed}`,
      );
    }
  });
  lines.push('');
  const counts = new Map<string, number>(wanted === undefined ? [] : [[wanted, 0]]);
  for (const { breaches } of runs)
    for (const { rule } of breaches) counts.set(rule.id, (counts.get(rule.id) ?? 0) + 1);
  for (const [id, count] of counts) lines.push(`${id} broke in ${count} of ${runs.length} runs.`);
  if (counts.size === 0 && decidedIn(runs).rules > 0) {
    lines.push(`No rule broke in ${runs.length} of ${runs.length} runs.`);
  }
  lines.push(decidedSentence(runs, target, pattern !== undefined));
  return `${lines.join('\n')}\n`;
}

function asJson(runs: readonly Replayed[], target: Target): string {
  const report = {
    target: { name: target.name, version: target.version },
    runs: runs.map(({ history, breaches, subjects }) => ({
      subjects,
      broken: breaches.map(({ rule, breach: { expected, observed, entries } }) => ({
        ...{ rule: rule.id, level: rule.level, expected, observed },
        marks: entries.map((entry) => history.entries.indexOf(entry)).filter((mark) => mark >= 0),
      })),
      entries: history.entries,
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
