/**
 * A campaign: draw, run, decide, shrink, confirm. It tells what it learns line by line, and goes on from the lines
 * of an earlier, interrupted run.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { breachOf, ChunkCount, decidable } from './deciding.ts';
import type { History } from './history.ts';
import type { Rule } from './rule.ts';
import type { Counterexample, RunChunk, RunHeader, RunLine } from './runFile.ts';
import { RUN_FORMAT } from './runFile.ts';
import type { Scenario } from './scenario.ts';
import { targetSeed } from './seeds.ts';
import { shrink } from './shrinking.ts';
import type { ScenarioSource } from './source.ts';
import { type Target, TargetError } from './target.ts';

/** Scenarios of one chunk on a simulated clock; on a real one each scenario is a chunk, so that none is lost. */
const CHUNK_SCENARIOS = 500;
/** How often a violation found on a real clock is run again before it is reported. */
export const CONFIRMATIONS = 5;
const SHRINK_BUDGET = { simulated: 2_000, realTime: 60 };

export interface CampaignOptions {
  readonly source: ScenarioSource;
  readonly target: Target;
  readonly rules: readonly Rule[];
  /** Version of this suite, for the run file. */
  readonly suite: string;
  /** How many scenarios; null: as many as the time allows. */
  readonly scenarios: number | null;
  /** Seconds after which no further scenario begins. */
  readonly timeSeconds?: number;
  /** Only every `of`-th scenario, beginning with number `index` (from 1). */
  readonly shard?: { readonly index: number; readonly of: number };
  /** Scenarios side by side; by default as many as the target bears. */
  readonly jobs?: number;
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

class Campaign {
  private readonly options: CampaignOptions;
  private readonly rules: readonly Rule[];
  private readonly startedAtMs = performance.now();
  /** Of what is known so far: chunks decided, by their first scenario, and by rule the scenarios that broke it. */
  private readonly decided = new Set<number>();
  private readonly brokenIn = new Map<string, number[]>();
  private readonly explained = new Set<string>();

  constructor(options: CampaignOptions) {
    this.options = options;
    this.rules = decidable(options.rules, options.target.capabilities);
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
    const elapsedSeconds = Math.round(performance.now() - this.startedAtMs) / 1_000;
    const isCutShort = this.options.finishing.aborted || this.options.signal.aborted;
    yield isCutShort
      ? { line: 'footer', elapsedSeconds, interrupted: true }
      : { line: 'footer', elapsedSeconds };
  }

  private header(): RunHeader {
    const { target, source, scenarios, shard, suite, rules } = this.options;
    return {
      line: 'header',
      format: RUN_FORMAT,
      suite,
      target: { name: target.name, version: target.version, isRealTime: target.isRealTime },
      capabilities: [...target.capabilities],
      seed: source.seed,
      scenarios,
      rules: rules.map((rule) => rule.id),
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
    const { shard } = this.options;
    return shard === undefined || index % shard.of === shard.index - 1;
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
    let next = 0;
    const fill = () => {
      while (running.size < jobs && !this.isBeyond(next) && !this.isOver()) {
        const index = next++;
        if (this.decided.has(index) || !this.isMine(index)) continue;
        running.set(index, this.decideAlone(index));
      }
    };
    for (fill(); running.size > 0; fill()) {
      const chunk = await Promise.race(running.values());
      running.delete(chunk.from);
      if (this.options.signal.aborted) return;
      yield chunk;
    }
  }

  private async decideAlone(index: number): Promise<RunChunk> {
    const count = new ChunkCount(this.rules);
    await this.decideInto(count, index);
    return count.chunk(index, index + 1);
  }

  private async decideInto(count: ChunkCount, index: number): Promise<void> {
    const { source, target } = this.options;
    try {
      const running = this.runScenario(source.draw(index).scenario, index);
      // Awaited only where there is something to wait for: a simulation answers at once, 10,000 times a second.
      count.take(index, running instanceof Promise ? await running : running, target.tolerances);
    } catch (error) {
      if (error instanceof TargetError || this.options.signal.aborted) throw error;
      count.failed(index, error instanceof Error ? error.message : String(error));
    }
  }

  private runScenario(scenario: Scenario, index: number): Promise<History> | History {
    const { source, target, signal } = this.options;
    return target.run({ scenario, seed: targetSeed(source.seed, index) }, signal);
  }

  /** The smallest scenario for each broken rule that has none yet: all rules side by side on a real clock. */
  private async *counterexamples(): AsyncGenerator<Counterexample> {
    const open = this.rules.filter((rule) => this.brokenIn.has(rule.id) && !this.explained.has(rule.id));
    if (!this.options.target.isRealTime) {
      for (const rule of open) {
        if (this.options.signal.aborted) return;
        yield await this.explain(rule, 1);
      }
      return;
    }
    const jobs = this.options.jobs ?? this.options.target.jobs;
    const each = Math.max(2, Math.floor(jobs / Math.max(1, open.length)));
    const running = new Map<string, Promise<Counterexample>>();
    const waiting = [...open];
    const fill = () => {
      while (running.size * each < jobs || running.size === 0) {
        const rule = waiting.shift();
        if (rule === undefined) return;
        running.set(rule.id, this.explain(rule, each));
      }
    };
    for (fill(); running.size > 0; fill()) {
      const found = await Promise.race(running.values());
      running.delete(found.rule);
      if (this.options.signal.aborted) return;
      yield found;
    }
  }

  private async explain(rule: Rule, jobs: number): Promise<Counterexample> {
    const { source, target, finishing } = this.options;
    const index = this.simplestBroken(rule.id);
    const breaks = (history: History) => breachOf(rule, history, target.tolerances) !== undefined;
    const { scenario, path } = await shrink(source.draw(index), index, {
      stillBreaks: (candidate) => {
        const running = this.runScenario(candidate, index);
        return running instanceof Promise ? running.then(breaks) : breaks(running);
      },
      jobs,
      budget: target.isRealTime ? SHRINK_BUDGET.realTime : SHRINK_BUDGET.simulated,
      signal: finishing,
    });
    return this.confirm(rule, scenario, index, path);
  }

  /** Of the scenarios that broke a rule the one with the fewest steps: on a real clock each shrink step costs. */
  private simplestBroken(rule: string): number {
    const { source, target } = this.options;
    const broken = this.brokenIn.get(rule) ?? [];
    let simplest = Math.min(...broken);
    if (!target.isRealTime) return simplest;
    const size = (index: number) => source.draw(index).scenario.steps.length;
    for (const index of broken) if (size(index) < size(simplest)) simplest = index;
    return simplest;
  }

  /** Runs the smallest scenario again: once on a simulated clock, several times side by side on a real one. */
  private async confirm(
    rule: Rule,
    scenario: Scenario,
    index: number,
    path: string,
  ): Promise<Counterexample> {
    const { source, target } = this.options;
    const runs = target.isRealTime ? CONFIRMATIONS : 1;
    const histories = await Promise.all(
      Array.from({ length: runs }, async () => this.runScenario(scenario, index)),
    );
    let shown: Pick<Counterexample, 'entries' | 'expected' | 'observed' | 'marks'> | undefined;
    let broke = 0;
    for (const history of histories) {
      const breach = breachOf(rule, history, target.tolerances);
      if (breach === undefined) continue;
      broke++;
      shown ??= {
        entries: [...history.entries],
        expected: breach.expected,
        observed: breach.observed,
        marks: breach.entries.map((entry) => history.entries.indexOf(entry)).filter((mark) => mark >= 0),
      };
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
      runs,
    };
  }
}
