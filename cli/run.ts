/** `run`: a campaign. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { TargetChoice } from '../adapters/index.ts';
import { type CampaignOptions, runCampaign } from '../engine/campaign.ts';
import { wallSeconds } from '../engine/plan.ts';
import type { Level, Rule } from '../engine/rule.ts';
import { holds, type Share, sizeOfShare } from '../engine/share.ts';
import type { ScenarioSource } from '../engine/source.ts';
import { type Target, TargetError } from '../engine/target.ts';
import { DEFAULT_SCENARIOS, suiteVersion } from '../library/suite.ts';
import { acceptedOn } from '../reports/baseline.ts';
import { duration } from '../reports/sentences.ts';
import type { BaselineFile, Group } from '../reports/summary.ts';
import { chosenRules } from './chosenRules.ts';
import { FOLDER } from './folder.ts';
import { type Interrupts, watchInterrupts } from './interrupts.ts';
import { longRunHint, planSentence } from './plan.ts';
import { Progress } from './progress.ts';
import { type EarlierRun, earlierRun, requireSameRun, requireSameTarget, resumedFlags } from './resume.ts';
import { lockRun } from './runLock.ts';
import {
  chosenName,
  folderName,
  isNamed,
  recordedFlags,
  type TargetFlags,
  targetChoice,
  withTarget,
} from './targetChoice.ts';
import { checkedFlags, type TellFlags, tell, withTellFlags } from './tell.ts';
import { UsageError } from './usageError.ts';
import * as values from './values.ts';
import type { World } from './world.ts';
import { RunWriter, requireRunFile } from './writeRun.ts';

interface RunFlags extends TargetFlags, TellFlags {
  readonly rules?: string;
  readonly level?: readonly Level[];
  readonly scenarios?: number;
  readonly time?: number;
  readonly seed?: number;
  readonly shard?: Share;
  readonly out?: string;
  readonly resume?: true;
}

export function defineRun(program: Command, world: World, done: (code: number) => void): void {
  const command = program
    .command('run')
    .summary('run a campaign, on the in-memory model unless told otherwise')
    .description(
      'Draws scenarios, runs them on a target, decides every rule, and shrinks what breaks one to the smallest scenario that still does.',
    )
    .option('--target <name>', `a known target: ${world.targetNames().join(', ')} (default: memory)`)
    .option('--endpoint <url>', 'whatever speaks the AWS API there, e.g. http://127.0.0.1:4566')
    .option('--rules <pattern>', 'only these rules, apart by commas, e.g. "ASYNC-*,SYNC-LOG-01"')
    .option('--level <level>', 'only rules of this level or above: must, should, may', values.levels)
    .option(
      '--scenarios <n>',
      `how many scenarios (default: ${DEFAULT_SCENARIOS} in memory, the whole plan on a real clock)`,
      values.positive,
    )
    .option('--time <time>', 'begin nothing more after this time, e.g. 90s, 10m', values.timeSeconds)
    .option('--seed <n>', 'the same seed draws the same scenarios (default: another each time)', values.seed)
    .option(
      '--shard <i/n>',
      'only every n-th scenario, from the i-th on; needs a --seed, the same for all shards',
      values.shard,
    )
    .option('--jobs <n>', 'scenarios side by side (default: as many as the target bears)', values.positive)
    .option(
      '--out <file>',
      `where all that is learnt goes, line by line; an earlier run there is replaced (default: ${FOLDER}/TARGET/run.jsonl)`,
    )
    .option('--resume', 'go on with the run in that file')
    .option(
      '--time-scale <n>',
      "real seconds for one second of Lambda's asynchronous waits, e.g. 1/60 (default: as the target's profile says; else 1)",
      values.timeScale,
    )
    .option(
      '--collector-host <host>',
      'how functions in containers reach this machine, e.g. host.docker.internal',
    );
  withTellFlags(command).action(async (flags: RunFlags) => {
    done(await run(flags, world));
  });
}

/** Runs a campaign and reports it. Returns the exit code. */
async function run(flags: RunFlags, world: World): Promise<number> {
  const groups = await world.groups();
  const baseline = checkedFlags(flags, groups, world);
  const request = requested(flags, groups, world);
  requireRunFile(request.out);
  const unlock = lockRun(request.out);
  try {
    return await runAndReport(request, flags, groups, baseline, world);
  } finally {
    unlock();
  }
}

async function runAndReport(
  request: Request,
  flags: RunFlags,
  groups: readonly Group[],
  baseline: BaselineFile | undefined,
  world: World,
): Promise<number> {
  const { plan, earlier } = planned(request, flags, groups, world);
  if (earlier?.isFinished !== true) {
    const interrupts = watchInterrupts(world.stderr);
    try {
      const known = acceptedOn(baseline?.baseline.divergences ?? [], world.today());
      await carryOut({ ...plan, known }, earlier, interrupts, world);
    } finally {
      interrupts.dispose();
    }
  }
  return tell(plan.out, flags, groups, baseline, world);
}

interface Plan {
  readonly choice: TargetChoice;
  readonly out: string;
  readonly rules: readonly Rule[];
  readonly seed: number;
  /** Undefined: what is usual on the target. */
  readonly scenarios: number | null | undefined;
  readonly timeSeconds?: number;
  readonly shard?: Share;
  readonly jobs?: number;
}

/** With the rules that the baseline accepts as broken: they need no smallest scenario. */
type KnowingPlan = Plan & { readonly known: ReadonlySet<string> };

/** What the flags alone say. */
interface Request {
  readonly rules: readonly Rule[];
  readonly out: string;
}

function requested(flags: RunFlags, groups: readonly Group[], world: World): Request {
  const rules = chosenRules(groups, flags);
  // A file that is named says what target to go on with.
  if (flags.resume && flags.out !== undefined && !isNamed(flags)) return { rules, out: flags.out };
  const choice = targetChoice(flags, world);
  return { rules, out: flags.out ?? join(FOLDER, folderName(chosenName(choice)), runFileName(flags)) };
}

/** What to do, from the flags and, for `--resume`, from the file of the run to go on with. */
function planned(
  { rules, out }: Request,
  flags: RunFlags,
  groups: readonly Group[],
  world: World,
): { readonly plan: Plan; readonly earlier: EarlierRun | undefined } {
  const earlier = flags.resume ? earlierRun(out) : undefined;
  const wantsRules = flags.rules !== undefined || flags.level !== undefined;
  const timed = flags.time === undefined ? {} : { timeSeconds: flags.time };
  const jobs = flags.jobs === undefined ? {} : { jobs: flags.jobs };
  if (earlier === undefined) {
    const scenarios = flags.scenarios ?? (flags.time === undefined ? undefined : null);
    const shard = flags.shard === undefined ? {} : { shard: flags.shard };
    if (flags.shard !== undefined && flags.seed === undefined) {
      throw new UsageError(
        'A shard needs a --seed, the same for all of them: each must draw the same campaign to run its share of it.',
      );
    }
    const seed = flags.seed ?? randomInt(1, 2 ** 31);
    const choice = targetChoice(flags, world);
    return { plan: { choice, out, rules, seed, scenarios, ...timed, ...shard, ...jobs }, earlier };
  }
  const { header } = earlier;
  if (header.merged !== undefined && !earlier.isFinished) {
    throw new UsageError(
      `${out} was merged of ${header.merged} shards: go on with the shard that did not come to its end, and merge again.`,
    );
  }
  requireSameRun(out, header, {
    suite: suiteVersion(),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.scenarios === undefined ? {} : { scenarios: flags.scenarios }),
    ...(flags.shard === undefined ? {} : { shard: flags.shard }),
    ...(wantsRules ? { rules: rules.map(({ id }) => id) } : {}),
  });
  if (header.scenarios === null && flags.time === undefined) {
    throw new UsageError(`${out} is of a run that was limited by time: say with --time how long to go on.`);
  }
  const choice = targetChoice(resumedFlags(out, header, flags), world);
  const decided = new Set(header.rules);
  const same = groups.flatMap((group) => group.rules).filter(({ id }) => decided.has(id));
  const shard = header.shard === undefined ? {} : { shard: header.shard };
  const { seed, scenarios } = header;
  return { plan: { choice, out, rules: same, seed, scenarios, ...timed, ...shard, ...jobs }, earlier };
}

const runFileName = ({ shard }: RunFlags): string =>
  shard === undefined ? 'run.jsonl' : `run-${shard.index}-of-${shard.of}.jsonl`;

async function carryOut(
  plan: KnowingPlan,
  earlier: EarlierRun | undefined,
  interrupts: Interrupts,
  world: World,
): Promise<void> {
  const writer = new RunWriter(plan.out);
  const { name, endpoint } = plan.choice;
  if (name !== undefined && name !== 'memory' && endpoint === undefined) {
    world.stderr.write(`Opening ${name}; where this suite starts it, it is installed the first time.\n`);
  }
  let hasBegun = false;
  try {
    await withTarget(plan.choice, world, async (target) => {
      if (earlier !== undefined) requireSameTarget(plan.out, earlier.header, target);
      const options = await campaignOptions(plan, earlier, target, interrupts, world);
      // Not before: an earlier run is worth more than one whose target could not be opened.
      writer.begin(earlier?.keptBytes ?? 0);
      hasBegun = true;
      await streamed(options, writer, world);
    });
  } catch (error) {
    if (!(error instanceof TargetError) || !hasBegun) throw error;
    throw new TargetError(
      `${error.message} What was decided until then is in ${plan.out}: --resume goes on with it.`,
    );
  } finally {
    writer.close();
  }
}

async function campaignOptions(
  plan: KnowingPlan,
  earlier: EarlierRun | undefined,
  target: Target,
  interrupts: Interrupts,
  world: World,
): Promise<CampaignOptions> {
  const { capabilities, isRealTime } = target;
  const source = await world.source({ seed: plan.seed, capabilities, isRealTime });
  const planned = isRealTime ? await plannedScenarios(plan, earlier, target, source, world) : undefined;
  const usual = planned?.length ?? DEFAULT_SCENARIOS;
  return {
    source,
    target,
    rules: plan.rules,
    suite: suiteVersion(),
    targetFlags: recordedFlags(plan.choice),
    scenarios: plan.scenarios === undefined ? usual : plan.scenarios,
    ...(planned === undefined ? {} : { planned }),
    ...(plan.timeSeconds === undefined ? {} : { timeSeconds: plan.timeSeconds }),
    ...(plan.shard === undefined ? {} : { shard: plan.shard }),
    ...(plan.jobs === undefined ? {} : { jobs: plan.jobs }),
    ...(earlier === undefined ? {} : { earlier: earlier.lines }),
    known: plan.known,
    finishing: interrupts.finishing,
    signal: interrupts.stopping,
  };
}

/** A real clock is slow: a run begins with the few scenarios that say most, of an earlier run with the same. */
async function plannedScenarios(
  { rules, timeSeconds, jobs, shard, scenarios }: Plan,
  earlier: EarlierRun | undefined,
  target: Target,
  source: ScenarioSource,
  world: World,
): Promise<readonly number[]> {
  if (earlier !== undefined) return earlier.header.planned ?? [];
  const limits = {
    ...(jobs === undefined ? {} : { jobs }),
    ...(timeSeconds === undefined ? {} : { timeSeconds }),
  };
  const made = await world.plan({ target, source, rules, ...limits });
  world.stderr.write(`Planned: ${planSentence(made)}\n`);
  const own = made.scenarios.slice(0, scenarios ?? undefined).filter((_, place) => holds(shard, place));
  const ownSeconds = wallSeconds(
    own.map(({ expectedSeconds }) => expectedSeconds),
    jobs ?? target.jobs,
  );
  if (own.length < made.scenarios.length) {
    world.stderr.write(`This run takes ${own.length} of them, in about ${duration(ownSeconds)}.\n`);
  }
  const hint = longRunHint(ownSeconds, timeSeconds);
  if (hint !== undefined) world.stderr.write(`${hint}\n`);
  return made.scenarios.map(({ index }) => index);
}

async function streamed(options: CampaignOptions, writer: RunWriter, world: World): Promise<void> {
  const { scenarios, shard, timeSeconds } = options;
  const progress = new Progress({
    output: world.stderr,
    scenarios: scenarios === null ? null : sizeOfShare(shard, scenarios),
    ...(timeSeconds === undefined ? {} : { timeSeconds }),
  });
  try {
    for (const line of options.earlier ?? []) progress.take(line);
    for await (const line of runCampaign(options)) {
      writer.write(line);
      progress.take(line);
    }
  } finally {
    progress.end();
  }
}
