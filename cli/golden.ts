/** `replay --golden`: what was recorded on AWS, side by side on a target. */
import type { History } from '../engine/history.ts';
import { ScenarioError, type Target } from '../engine/target.ts';
import type { Colours } from '../reports/colours.ts';
import { counted, targetName } from '../reports/sentences.ts';
import { timelineOf } from '../reports/timeline.ts';
import { timelineText } from '../reports/timelineText.ts';
import type { GoldenCase } from '../specs/golden/case.ts';
import { type Judged, judge, whyUnseen } from '../specs/golden/judge.ts';
import { EXIT } from './exitCodes.ts';
import { idMatcher } from './idPattern.ts';
import { watchInterrupts } from './interrupts.ts';
import { suggestion } from './suggest.ts';
import { type TargetFlags, targetChoice, withTarget } from './targetChoice.ts';
import { UsageError } from './usageError.ts';
import { coloursOf, columnsOf, type World } from './world.ts';

export interface GoldenFlags extends TargetFlags {
  /** A pattern over ids of cases; `true`: all. */
  readonly golden: string | true;
  readonly runs: number;
  readonly seed: number;
  readonly json?: true;
}

type State = 'kept' | 'broken' | 'unseen';

/** What became of one case. */
interface Replayed {
  readonly golden: GoldenCase;
  readonly state: State;
  /** Of the run that is told: the first in which something broke, else the first. */
  readonly judged: readonly Judged[];
  readonly history: History | undefined;
  /** Why nothing of it could be seen. */
  readonly why: string | undefined;
  readonly brokenRuns: number;
}

export async function replayGolden(flags: GoldenFlags, world: World): Promise<number> {
  const { goldenCases } = await import('../specs/golden/index.ts');
  const cases = chosenCases(goldenCases, flags.golden);
  return withTarget(targetChoice(flags, world), world, async (target) => {
    const colours = coloursOf(world.stdout, world.env);
    const columns = columnsOf(world.stdout);
    const tell = ({ golden, ...rest }: Replayed) => {
      if (!flags.json) world.stdout.write(told({ golden, ...rest }, flags.runs, columns, colours));
    };
    const results = await replayAll(cases, flags, target, world, tell);
    world.stdout.write(flags.json ? asJson(results, target) : `\n${conclusion(results, target)}\n`);
    if (results.some(({ state }) => state === 'broken')) return EXIT.violated;
    if (results.length < cases.length) return EXIT.failed;
    return results.some(({ state }) => state === 'kept') ? EXIT.ok : EXIT.undecided;
  });
}

function chosenCases(cases: readonly GoldenCase[], pattern: string | true): readonly GoldenCase[] {
  if (pattern === true) return cases;
  const fits = idMatcher(pattern, 'ids of golden cases: write one like Q* or A04,K09');
  const chosen = cases.filter(({ id }) => fits(id));
  if (chosen.length > 0) return chosen;
  const near = suggestion(
    pattern,
    cases.map(({ id }) => id),
  );
  throw new UsageError(
    `No golden case is called ${pattern}${near}: their ids are like A04 or K09, and a pattern like "Q*".`,
  );
}

/** Side by side on a real clock; told in the order of the cases. */
async function replayAll(
  cases: readonly GoldenCase[],
  flags: GoldenFlags,
  target: Target,
  world: World,
  tell: (result: Replayed) => void,
): Promise<Replayed[]> {
  const interrupts = watchInterrupts(world.stderr);
  const results: (Replayed | undefined)[] = [];
  let next = 0;
  let toldUntil = 0;
  const worker = async () => {
    while (next < cases.length && !interrupts.finishing.aborted) {
      const at = next++;
      const golden = cases[at];
      if (golden === undefined) return;
      results[at] = await replayOne(golden, flags, target, interrupts.stopping);
      for (let ready = results[toldUntil]; ready !== undefined; ready = results[++toldUntil]) tell(ready);
    }
  };
  const jobs = target.isRealTime ? Math.min(cases.length, flags.jobs ?? target.jobs) : 1;
  try {
    await Promise.all(Array.from({ length: jobs }, worker));
  } finally {
    interrupts.dispose();
  }
  return results.filter((result) => result !== undefined);
}

async function replayOne(
  golden: GoldenCase,
  { runs, seed }: GoldenFlags,
  target: Target,
  signal: AbortSignal,
): Promise<Replayed> {
  const unseen = (why: string): Replayed => ({
    ...{ golden, state: 'unseen', judged: [], history: undefined, why, brokenRuns: 0 },
  });
  const lacking = whyUnseen(golden, target);
  if (lacking !== undefined) return unseen(lacking);
  let shown: Replayed | undefined;
  let brokenRuns = 0;
  for (let run = 0; run < runs && !signal.aborted; run++) {
    let history: History;
    try {
      history = await target.run({ scenario: golden.scenario, seed: seed + run }, signal);
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      return unseen(error.message);
    }
    const judged = judge(golden, history, target.tolerances);
    const isBroken = judged.some(({ state }) => state === 'broken');
    const state = isBroken ? 'broken' : judged.some((one) => one.state === 'kept') ? 'kept' : 'unseen';
    if (isBroken) brokenRuns++;
    const why = state === 'unseen' ? judged[0]?.observed : undefined;
    if (shown === undefined || (isBroken && brokenRuns === 1))
      shown = { golden, state, judged, history, why, brokenRuns };
  }
  return shown === undefined ? unseen('it was stopped before its first run') : { ...shown, brokenRuns };
}

const WORDS = { kept: 'kept', broken: 'BROKEN', unseen: 'not observable' } as const;
const WIDTH = 16;

function told(
  { golden, state, judged, history, why, brokenRuns }: Replayed,
  runs: number,
  columns: number,
  colours: Colours,
): string {
  const paint = { kept: colours.green, broken: colours.red, unseen: colours.yellow }[state];
  const lines = [`${paint(WORDS[state].padEnd(WIDTH))}${golden.id.padEnd(5)}${golden.title}`];
  const indent = ' '.repeat(4);
  if (why !== undefined) lines.push(`${indent}${why}`);
  if (state === 'broken' && runs > 1) lines.push(`${indent}in ${brokenRuns} of ${runs} runs`);
  const broken = judged.filter((one) => one.state === 'broken');
  for (const { expected, observed } of broken) lines.push(`${indent}expected ${expected}, saw ${observed}`);
  if (state === 'broken' && golden.page !== undefined) lines.push(`${indent}AWS: ${golden.page}`);
  if (state === 'broken' && golden.pageSays !== undefined) lines.push(`${indent}${golden.pageSays}`);
  if (state === 'broken' && history !== undefined) {
    const marks = (broken[0]?.entries ?? []).map((entry) => history.entries.indexOf(entry));
    lines.push(...timelineText(timelineOf(history), { marks, rows: 20, columns, colours }), '');
  }
  return `${lines.join('\n')}\n`;
}

function conclusion(results: readonly Replayed[], target: Target): string {
  const number = (state: State) => results.filter((result) => result.state === state).length;
  const parts = [
    `${number('kept')} kept`,
    `${number('broken')} broken`,
    `${number('unseen')} not observable`,
  ];
  return `${counted(results.length, 'golden case')} on ${targetName(target)}: ${parts.join(', ')}.`;
}

function asJson(results: readonly Replayed[], target: Target): string {
  const report = {
    target: { name: target.name, version: target.version },
    cases: results.map(({ golden, state, judged, history, why, brokenRuns }) => ({
      ...{ id: golden.id, title: golden.title },
      ...(golden.recorded === undefined ? {} : { recorded: golden.recorded }),
      ...(golden.page === undefined ? {} : { page: golden.page }),
      ...(golden.pageSays === undefined ? {} : { pageSays: golden.pageSays }),
      state,
      ...(why === undefined ? {} : { why }),
      ...(state === 'broken' ? { brokenRuns } : {}),
      expectations: judged.map(({ expectation, entries, ...rest }) => ({
        ...{ expect: expectation.expect, ...rest },
        marks: entries.map((entry) => history?.entries.indexOf(entry) ?? -1).filter((mark) => mark >= 0),
      })),
      ...(state === 'broken' ? { scenario: golden.scenario, entries: history?.entries ?? [] } : {}),
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}
