/** The shards of one campaign as one run: the same that the campaign would have written in one piece. */
import { addMeasured, nothingMeasured } from './measures.ts';
import type { Counterexample, RunChunk, RunFooter, RunHeader, RunLine } from './runFile.ts';
import { addTally, emptyTally, lesser } from './verdict.ts';

/** The lines of one shard, sorted by what they are. */
export interface Shard {
  readonly header: RunHeader;
  readonly chunks: readonly RunChunk[];
  readonly counterexamples: readonly Counterexample[];
  /** Absent: it was cut off. */
  readonly footer: RunFooter | undefined;
}

/**
 * Folds all shards of a campaign, each of them once, into its run file. Whether they belong together is for the
 * caller to know. It began with the first of them, and took as long as the longest: they run side by side.
 */
export function mergeShards(shards: readonly Shard[]): RunLine[] {
  const [first] = shards;
  if (first === undefined) return [];
  const { shard: _, ...header } = first.header;
  const startedAt = shards.map((shard) => shard.header.startedAt).sort()[0] ?? header.startedAt;
  const lines: RunLine[] = [{ ...header, startedAt, merged: shards.length }];
  lines.push(...mergedChunks(shards.flatMap(({ chunks }) => chunks)));
  const { isRealTime } = header.target;
  const found = shards.flatMap(({ counterexamples }) => counterexamples);
  for (const rule of header.rules) {
    const [best] = found.filter((one) => one.rule === rule).sort(isRealTime ? byRecurrence : byIndex);
    if (best !== undefined) lines.push(best);
  }
  const footer = mergedFooter(shards.map((shard) => shard.footer));
  if (footer !== undefined) lines.push(footer);
  return lines;
}

/** Chunks by the scenarios that they are about, in order: on a simulated clock each shard has a share of every one. */
function mergedChunks(chunks: readonly RunChunk[]): RunChunk[] {
  const byFirst = new Map<number, RunChunk[]>();
  for (const chunk of chunks) {
    const same = byFirst.get(chunk.from);
    if (same === undefined) byFirst.set(chunk.from, [chunk]);
    else same.push(chunk);
  }
  return [...byFirst.values()].map(sumOf).sort((a, b) => a.from - b.from);
}

/** Parts of one campaign as one. */
export function sumOf(chunks: readonly RunChunk[]): RunChunk {
  const measures = nothingMeasured();
  const sum: RunChunk = {
    ...{ line: 'chunk', from: chunks[0]?.from ?? 0, to: Math.max(...chunks.map(({ to }) => to)) },
    ...{ rules: {}, firstBroken: {}, unknown: {}, declined: {}, errors: [] },
    ...{ scenarios: 0, events: 0, attempts: 0, observations: 0 },
  };
  for (const chunk of chunks) {
    for (const [id, tally] of Object.entries(chunk.rules)) {
      const own = sum.rules[id] ?? emptyTally();
      addTally(own, tally);
      sum.rules[id] = own;
    }
    for (const [id, index] of Object.entries(chunk.firstBroken))
      sum.firstBroken[id] = Math.min(sum.firstBroken[id] ?? index, index);
    for (const [id, reason] of Object.entries(chunk.unknown))
      sum.unknown[id] = lesser(sum.unknown[id], reason);
    for (const [name, error] of Object.entries(chunk.declined) as [keyof RunChunk['declined'], string][])
      sum.declined[name] = lesser(sum.declined[name], error);
    sum.errors.push(...chunk.errors);
    sum.scenarios += chunk.scenarios;
    sum.events += chunk.events;
    sum.attempts += chunk.attempts;
    sum.observations += chunk.observations;
    if (chunk.measures !== undefined) addMeasured(measures, chunk.measures);
  }
  sum.errors.sort((a, b) => a.scenario - b.scenario);
  return chunks.some((chunk) => chunk.measures !== undefined) ? { ...sum, measures } : sum;
}

/** One that was cut off makes the whole one that was cut off, and one that was interrupted likewise. */
function mergedFooter(footers: readonly (RunFooter | undefined)[]): RunFooter | undefined {
  const whole = footers.filter((footer) => footer !== undefined);
  if (whole.length < footers.length) return undefined;
  const elapsedSeconds = Math.max(...whole.map((footer) => footer.elapsedSeconds));
  const isInterrupted = whole.some(({ interrupted }) => interrupted === true);
  return isInterrupted
    ? { line: 'footer', elapsedSeconds, interrupted: true }
    : { line: 'footer', elapsedSeconds };
}

/** Number of the scenario in which it was found. */
const indexOf = ({ path }: Counterexample): number => Number(path.split(':')[0]);

/** A campaign on a simulated clock begins with the first scenario that broke the rule. */
const byIndex = (a: Counterexample, b: Counterexample): number => indexOf(a) - indexOf(b);

/** On a real clock what recurs counts more than what was seen once, and the smaller more than the larger. */
const byRecurrence = (a: Counterexample, b: Counterexample): number =>
  Number(b.broke > 0) - Number(a.broke > 0) ||
  a.scenario.steps.length - b.scenario.steps.length ||
  indexOf(a) - indexOf(b);
