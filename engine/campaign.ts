/**
 * A campaign: draw, run, decide, shrink, confirm. It tells what it learns line by line, and goes on from the lines
 * of an earlier, interrupted run.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import pLimit from 'p-limit';
import { breachIn, breachOf, ChunkCount, decidable } from './deciding.ts';
import { expectedSeconds } from './expectedSeconds.ts';
import type { History } from './history.ts';
import { busySeconds } from './machine.ts';
import { plannedSource } from './plannedSource.ts';
import type { Breach, Rule } from './rule.ts';
import type { Counterexample, Pace, RunChunk, RunHeader, RunLine, TargetFlags } from './runFile.ts';
import { RUN_FORMAT } from './runFile.ts';
import type { Scenario } from './scenario.ts';
import { targetSeed } from './seeds.ts';
import { holds, type Share } from './share.ts';
import { type ShrinkOptions, shrink } from './shrinking.ts';
import type { ScenarioSource } from './source.ts';
import { ScenarioError, type Target, TargetError } from './target.ts';
import { viewOf } from './viewOf.ts';

/** So many scenarios are looked at before the first one begins, to begin with the longest. */
const MOST_ORDERED = 1_000;
/** Where so many, one after the other, would not be over in time, there is no time left for another one. */
const MOST_PASSED_OVER = 100;
/** Scenarios of one chunk on a simulated clock; on a real one each scenario is a chunk, so that none is lost. */
const CHUNK_SCENARIOS = 500;
/** How often a violation found on a real clock is run again before it is reported. */
export const CONFIRMATIONS = 5;
/** Candidates that shrinking tries for one rule at most. */
const SHRINK_BUDGET = { simulated: 2_000, realTime: 60 };
/** Seconds after which shrinking on a real clock is content with the smallest scenarios found so far. */
const SHRINK_SECONDS = 60;
/** Candidates of one rule side by side on a real clock, where the rules are side by side as well. */
const CANDIDATES_AT_ONCE = 3;
/** Broken scenarios from which shrinking begins, one after the other, until one recurs. */
const BEGINNINGS = 3;
const NONE: ReadonlySet<string> = new Set();

export interface CampaignOptions {
  readonly source: ScenarioSource;
  readonly target: Target;
  readonly rules: readonly Rule[];
  /** Version of this suite, for the run file. */
  readonly suite: string;
  /** How the target was asked for, for the run file: what it takes to ask for the same one again. */
  readonly targetFlags?: TargetFlags;
  /** How many scenarios; null: as many as the time allows. */
  readonly scenarios: number | null;
  /** Numbers of the source's scenarios that come first, in this order: a distilled plan. */
  readonly planned?: readonly number[];
  /** Seconds after which no further scenario begins. */
  readonly timeSeconds?: number;
  /** Only every `of`-th scenario, beginning with number `index` (from 1). */
  readonly shard?: Share;
  /** Scenarios side by side; by default as many as the target bears. */
  readonly jobs?: number;
  /** Ids of rules that are known to be broken there: they are counted, not shrunk and not run again. */
  readonly known?: ReadonlySet<string>;
  /** The lines of the run to go on with. */
  readonly earlier?: readonly RunLine[];
  /** Aborted: begin nothing more, and come to an end with what is there. */
  readonly finishing: AbortSignal;
  /** Aborted: stop at once. */
  readonly signal: AbortSignal;
}

/**
 * Runs a campaign and yields the lines of its run file, the header first unless it goes on with an earlier run.
 * @throws TargetError where the target cannot be reached any more; what was yielded before stays true.
 */
export async function* runCampaign(options: CampaignOptions): AsyncGenerator<RunLine> {
  yield* new Campaign(options).run();
}

/** What a history shows of a breach. */
type Shown = Pick<Counterexample, 'entries' | 'expected' | 'observed' | 'marks'>;

interface FirstTime extends Shown {
  /** Number of the scenario. */
  readonly index: number;
}

const shownIn = ({ entries }: History, breach: Breach): Shown => ({
  entries: [...entries],
  expected: breach.expected,
  observed: breach.observed,
  marks: breach.entries.map((entry) => entries.indexOf(entry)).filter((mark) => mark >= 0),
});

/** To milliseconds. */
const rounded = (seconds: number): number => Math.round(seconds * 1_000) / 1_000;

class Campaign {
  private readonly options: CampaignOptions;
  /** The scenarios by their number in the campaign. */
  private readonly source: ScenarioSource;
  private readonly rules: readonly Rule[];
  private readonly startedAtMs = performance.now();
  /** Of what is known so far: chunks decided, by their first scenario, and by rule the scenarios that broke it. */
  private readonly decided = new Set<number>();
  private readonly brokenIn = new Map<string, number[]>();
  private readonly explained = new Set<string>();
  /** By rule, on a real clock: how it broke for the first time, which is all that is known where that never recurs. */
  private readonly firstTimes = new Map<string, FirstTime>();
  /** By scenario, the runs by which a violation was confirmed. */
  private readonly runsAgain = new Map<string, Promise<readonly (History | undefined)[]>>();
  /** What bounded the time of the scenarios; of a run that goes on with an earlier one, of its own. */
  private pace: Pace | undefined;
  private longestSeconds = 0;
  /** Runs a scenario when one of the target's jobs is free. */
  private readonly limited: ReturnType<typeof pLimit>;

  constructor(options: CampaignOptions) {
    const { source, planned } = options;
    this.options = options;
    this.source = planned === undefined ? source : plannedSource(source, planned);
    this.rules = decidable(options.rules, options.target);
    this.limited = pLimit(options.jobs ?? options.target.jobs);
    for (const line of options.earlier ?? []) this.learn(line);
  }

  async *run(): AsyncGenerator<RunLine> {
    if (!this.options.earlier?.some((line) => line.line === 'header')) yield this.header();
    const chunks = this.options.target.isRealTime ? this.sideBySide() : this.oneByOne();
    for await (const chunk of chunks) {
      this.learn(chunk);
      yield chunk;
    }
    if (!this.options.signal.aborted) yield* this.counterexamples();
    const elapsedSeconds = rounded((performance.now() - this.startedAtMs) / 1_000);
    const isCutShort = this.options.finishing.aborted || this.options.signal.aborted;
    yield {
      ...{ line: 'footer', elapsedSeconds },
      ...(isCutShort ? { interrupted: true } : {}),
      ...(this.pace === undefined ? {} : { pace: this.pace }),
    };
  }

  private header(): RunHeader {
    const { target, targetFlags = {}, source, scenarios, planned, shard, suite, rules } = this.options;
    const { name, version, isRealTime } = target;
    const { retryTimeScale } = target.tolerances;
    return {
      line: 'header',
      format: RUN_FORMAT,
      suite,
      target: {
        ...{ name, version, isRealTime },
        ...(retryTimeScale === 1 ? {} : { retryTimeScale }),
        ...(Object.keys(targetFlags).length === 0 ? {} : { flags: targetFlags }),
      },
      capabilities: [...target.capabilities],
      ...(Object.keys(target.notJudged ?? {}).length === 0 ? {} : { notJudged: target.notJudged ?? {} }),
      seed: source.seed,
      scenarios,
      rules: rules.map((rule) => rule.id),
      ...(planned === undefined ? {} : { planned: [...planned] }),
      ...(shard === undefined ? {} : { shard }),
      startedAt: new Date().toISOString(),
    };
  }

  private learn(line: RunLine): void {
    if (line.line === 'counterexample') this.explained.add(line.rule);
    if (line.line !== 'chunk') return;
    this.decided.add(line.from);
    for (const [rule, index] of Object.entries(line.firstBroken)) {
      const known = this.brokenIn.get(rule);
      if (known === undefined) this.brokenIn.set(rule, [index]);
      else known.push(index);
    }
  }

  private isOver(): boolean {
    const { finishing, signal, timeSeconds } = this.options;
    if (finishing.aborted || signal.aborted) return true;
    return timeSeconds !== undefined && performance.now() - this.startedAtMs > timeSeconds * 1_000;
  }

  private isMine(index: number): boolean {
    return holds(this.options.shard, index);
  }

  private isBeyond(index: number): boolean {
    return this.options.scenarios !== null && index >= this.options.scenarios;
  }

  /** On a simulated clock: chunks of scenarios, in order, with a breath between them. */
  private async *oneByOne(): AsyncGenerator<RunChunk> {
    const { scenarios } = this.options;
    for (let from = 0; !this.isBeyond(from) && !this.isOver(); from += CHUNK_SCENARIOS) {
      const to = Math.min(from + CHUNK_SCENARIOS, scenarios ?? Number.POSITIVE_INFINITY);
      if (this.decided.has(from)) continue;
      const count = new ChunkCount(this.rules);
      for (let index = from; index < to; index++) {
        if (this.isMine(index)) await this.decideInto(count, index);
      }
      yield count.chunk(from, to);
      await nextTurn();
    }
  }

  /** On a real clock: as many scenarios at once as the target bears, each told as soon as it is decided. */
  private async *sideBySide(): AsyncGenerator<RunChunk> {
    const jobs = this.options.jobs ?? this.options.target.jobs;
    const running = new Map<number, Promise<RunChunk>>();
    const order = this.startOrder();
    const fill = () => {
      while (running.size < jobs && !this.isOver()) {
        const { value: index, done } = order.next();
        if (done === true) return;
        running.set(index, this.decideAlone(index));
      }
    };
    const busyBefore = busySeconds();
    for (fill(); running.size > 0; fill()) {
      const chunk = await Promise.race(running.values());
      running.delete(chunk.from);
      if (this.options.signal.aborted) return;
      yield chunk;
    }
    this.pace = {
      scenariosSeconds: rounded((performance.now() - this.startedAtMs) / 1_000),
      longestSeconds: rounded(this.longestSeconds),
      busySeconds: rounded(busySeconds() - busyBefore),
    };
  }

  /**
   * The scenarios in the order in which they begin. Of those that will all be run the long ones begin first, so that
   * none is waited for at the end; of others, for which time may be up before, all have the same chance, but those that
   * would not be over in time: one on a stream may take minutes more.
   */
  private *startOrder(): Generator<number, undefined> {
    const { scenarios, timeSeconds, planned = [] } = this.options;
    const isBounded = scenarios !== null && timeSeconds === undefined && scenarios <= MOST_ORDERED;
    const first = isBounded ? scenarios : Math.min(planned.length, scenarios ?? planned.length);
    const isOpen = (index: number) => !this.decided.has(index) && this.isMine(index);
    yield* this.longestFirst(Array.from({ length: first }, (_, index) => index).filter(isOpen));
    let passedOver = 0;
    for (let index = first; !this.isBeyond(index) && passedOver < MOST_PASSED_OVER; index++) {
      if (!isOpen(index)) continue;
      passedOver = this.fits(index) ? 0 : passedOver + 1;
      if (passedOver === 0) yield index;
    }
  }

  /** Whether a scenario that begins now will be over in time, as far as that can be told. */
  private fits(index: number): boolean {
    const { timeSeconds, target, source } = this.options;
    if (timeSeconds === undefined) return true;
    const leftSeconds = timeSeconds - (performance.now() - this.startedAtMs) / 1_000;
    return expectedSeconds(source.draw(index).scenario, target.tolerances) <= leftSeconds;
  }

  private longestFirst(indexes: readonly number[]): readonly number[] {
    const { tolerances } = this.options.target;
    const secondsOf = (index: number) => expectedSeconds(this.source.draw(index).scenario, tolerances);
    const seconds = new Map(indexes.map((index) => [index, secondsOf(index)]));
    return [...indexes].sort((a, b) => (seconds.get(b) ?? 0) - (seconds.get(a) ?? 0) || a - b);
  }

  private async decideAlone(index: number): Promise<RunChunk> {
    const count = new ChunkCount(this.rules);
    const beganAtMs = performance.now();
    const history = await this.decideInto(count, index);
    this.longestSeconds = Math.max(this.longestSeconds, (performance.now() - beganAtMs) / 1_000);
    const chunk = count.chunk(index, index + 1);
    if (history !== undefined) this.remember(Object.keys(chunk.firstBroken), history, index);
    return chunk;
  }

  private remember(broken: readonly string[], history: History, index: number): void {
    const { known } = this.options;
    for (const rule of this.rules) {
      if (!broken.includes(rule.id) || this.firstTimes.has(rule.id) || known?.has(rule.id) === true) continue;
      const breach = breachOf(rule, history, this.options.target.tolerances);
      if (breach !== undefined) this.firstTimes.set(rule.id, { index, ...shownIn(history, breach) });
    }
  }

  private async decideInto(count: ChunkCount, index: number): Promise<History | undefined> {
    const { target } = this.options;
    try {
      const running = this.runScenario(this.source.draw(index).scenario, index);
      // Awaited only where there is something to wait for: a simulation answers at once, 10,000 times a second.
      const history = running instanceof Promise ? await running : running;
      count.take(index, history, target.tolerances);
      return history;
    } catch (error) {
      if (error instanceof TargetError || this.options.signal.aborted) throw error;
      count.failed(index, error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  private runScenario(scenario: Scenario, index: number): Promise<History> | History {
    const { source, target, signal } = this.options;
    return target.run({ scenario, seed: targetSeed(source.seed, index) }, signal);
  }

  /** The smallest scenario for each broken rule that has none yet. */
  private async *counterexamples(): AsyncGenerator<Counterexample> {
    const { target, known, signal } = this.options;
    const open = this.rules.filter(
      ({ id }) => this.brokenIn.has(id) && !this.explained.has(id) && known?.has(id) !== true,
    );
    if (target.isRealTime) {
      yield* this.explainTogether(open);
      return;
    }
    for (const rule of open) {
      if (signal.aborted) return;
      yield await this.explain(rule, {
        stillBreaks: (candidate) => this.isBrokenBy(rule, candidate),
        jobs: 1,
        budget: SHRINK_BUDGET.simulated,
        signal: this.options.finishing,
      });
    }
  }

  private isBrokenBy(rule: Rule, scenario: Scenario): Promise<boolean> | boolean {
    const { target } = this.options;
    const breaks = (history: History) => breachOf(rule, history, target.tolerances) !== undefined;
    const running = this.runScenario(scenario, Math.min(...(this.brokenIn.get(rule.id) ?? [])));
    return running instanceof Promise ? running.then(breaks) : breaks(running);
  }

  /**
   * On a real clock all rules are shrunk side by side, within the jobs that the target bears and for a limited time.
   * What one rule's candidate showed counts for all the others: many rules begin with the same scenario.
   */
  private async *explainTogether(open: readonly Rule[]): AsyncGenerator<Counterexample> {
    const { finishing, signal } = this.options;
    // One controller and no AbortSignal.any: a composite signal that is only asked may be collected unaborted.
    const time = new AbortController();
    const enough = time.signal;
    const timeIsUp = () => time.abort();
    const timer = setTimeout(timeIsUp, SHRINK_SECONDS * 1_000);
    if (finishing.aborted) timeIsUp();
    else finishing.addEventListener('abort', timeIsUp, { once: true });
    const tried = new Map<string, Promise<ReadonlySet<string>>>();
    const brokenBy = (candidate: Scenario): Promise<ReadonlySet<string>> => {
      const key = JSON.stringify(candidate);
      let broken = tried.get(key);
      if (broken === undefined) {
        // What still waits for a job when the time is up is not run any more.
        broken = this.limited(async () => (enough.aborted ? NONE : this.brokenRules(open, candidate)));
        tried.set(key, broken);
      }
      return broken;
    };
    const running = new Map(
      open.map((rule) => [
        rule.id,
        this.explain(rule, {
          stillBreaks: async (candidate) => !enough.aborted && (await brokenBy(candidate)).has(rule.id),
          jobs: CANDIDATES_AT_ONCE,
          budget: SHRINK_BUDGET.realTime,
          signal: enough,
        }),
      ]),
    );
    // Those that are told later must not fail unheard while others are awaited.
    for (const explaining of running.values()) explaining.catch(() => undefined);
    try {
      while (running.size > 0) {
        const found = await Promise.race(running.values());
        running.delete(found.rule);
        if (signal.aborted) return;
        yield found;
      }
    } finally {
      clearTimeout(timer);
      finishing.removeEventListener('abort', timeIsUp);
      // Whole histories: nobody asks for them any more.
      this.runsAgain.clear();
    }
  }

  /** The history of a smaller scenario; undefined where it cannot be run, which says nothing of any rule. */
  private async runnable(scenario: Scenario, index: number): Promise<History | undefined> {
    try {
      return await this.runScenario(scenario, index);
    } catch (error) {
      if (error instanceof ScenarioError) return undefined;
      throw error;
    }
  }

  private async brokenRules(rules: readonly Rule[], scenario: Scenario): Promise<ReadonlySet<string>> {
    const history = await this.runnable(scenario, 0);
    if (history === undefined) return NONE;
    const view = viewOf(history, this.options.target.tolerances);
    return new Set(rules.filter((rule) => breachIn(rule, view) !== undefined).map(({ id }) => id));
  }

  /**
   * Shrinks and confirms, beginning with the simplest scenario that broke the rule. What does not recur there may
   * recur in another one that broke it: only a rule that recurs nowhere is left open.
   */
  private async explain(rule: Rule, search: ShrinkOptions): Promise<Counterexample> {
    let found: Counterexample | undefined;
    for (const index of this.brokenBySize(rule.id).slice(0, BEGINNINGS)) {
      const drawn = this.source.draw(index);
      const { scenario, path } = await shrink(drawn, index, search);
      found = await this.confirm(rule, scenario, index, path);
      // A smaller one that broke it once, by chance, leads astray: the one that was drawn may break it for certain.
      const asDrawn = `${index}`;
      if (found.broke === 0 && path !== asDrawn)
        found = await this.confirm(rule, drawn.scenario, index, asDrawn);
      if (found.broke > 0) break;
    }
    if (found === undefined) throw new Error(`nothing broke ${rule.id}`);
    const firstTime = this.firstTimes.get(rule.id);
    if (found.broke > 0 || firstTime === undefined) return found;
    const { index, ...shown } = firstTime;
    const { scenario } = this.source.draw(index);
    const seed = targetSeed(this.source.seed, index);
    return { ...found, ...shown, scenario, path: `${index}`, targetSeed: seed };
  }

  /**
   * Numbers of the scenarios that broke a rule: the first one on a simulated clock, where shrinking costs nothing; on
   * a real one those with the fewest steps first.
   */
  private brokenBySize(rule: string): number[] {
    const { target } = this.options;
    const broken = [...(this.brokenIn.get(rule) ?? [])].sort((a, b) => a - b);
    if (!target.isRealTime) return broken.slice(0, 1);
    const steps = new Map(broken.map((index) => [index, this.source.draw(index).scenario.steps.length]));
    return broken.sort((a, b) => (steps.get(a) ?? 0) - (steps.get(b) ?? 0));
  }

  /** Runs the smallest scenario again: once on a simulated clock, several times side by side on a real one. */
  private async confirm(
    rule: Rule,
    scenario: Scenario,
    index: number,
    path: string,
  ): Promise<Counterexample> {
    const { source, target } = this.options;
    const histories = await this.runAgain(scenario, index);
    let shown: Shown | undefined;
    let broke = 0;
    for (const history of histories) {
      const breach = history === undefined ? undefined : breachOf(rule, history, target.tolerances);
      if (history === undefined || breach === undefined) continue;
      broke++;
      shown ??= shownIn(history, breach);
    }
    shown ??= { entries: [...(histories[0]?.entries ?? [])], expected: '', observed: '', marks: [] };
    return {
      line: 'counterexample',
      rule: rule.id,
      path,
      targetSeed: targetSeed(source.seed, index),
      scenario,
      ...shown,
      broke,
      runs: histories.length,
    };
  }

  /** On a real clock several runs; they serve all rules that came down to the same scenario. */
  private runAgain(scenario: Scenario, index: number): Promise<readonly (History | undefined)[]> {
    const { isRealTime } = this.options.target;
    const key = JSON.stringify(scenario);
    const known = isRealTime ? this.runsAgain.get(key) : undefined;
    if (known !== undefined) return known;
    const runs = Promise.all(
      Array.from({ length: isRealTime ? CONFIRMATIONS : 1 }, () =>
        this.limited(async () => this.runnable(scenario, index)),
      ),
    );
    if (isRealTime) this.runsAgain.set(key, runs);
    return runs;
  }
}
