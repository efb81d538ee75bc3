/** `merge`: the shards of a campaign as one run. */
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { mergeShards, type Shard } from '../engine/mergeShards.ts';
import type { Counterexample, RunChunk, RunFooter, RunHeader, RunLine } from '../engine/runFile.ts';
import { targetName, timeScaleWords } from '../reports/sentences.ts';
import { FOLDER } from './folder.ts';
import { runLinesOf } from './readRun.ts';
import { lockRun } from './runLock.ts';
import { folderName } from './targetChoice.ts';
import { checkedFlags, type TellFlags, tell, withTellFlags } from './tell.ts';
import { UsageError } from './usageError.ts';
import type { World } from './world.ts';
import { RunWriter, requireRunFile } from './writeRun.ts';

interface MergeFlags extends TellFlags {
  readonly out?: string;
}

export function defineMerge(program: Command, world: World, done: (code: number) => void): void {
  const command = program
    .command('merge')
    .summary('make one run of the shards of a campaign')
    .description(
      'Folds the run files of all shards (`run --shard 1/4`, …) into the run that they are the parts of, and tells it as `run` does, with its exit code.',
    )
    .argument('<files...>', 'the run files of all shards, in any order')
    .option(
      '--out <file>',
      `the run file of the whole; an earlier run there is replaced (default: ${FOLDER}/TARGET/run.jsonl)`,
    );
  withTellFlags(command).action(async (paths: readonly string[], flags: MergeFlags) => {
    const groups = await world.groups();
    const baseline = checkedFlags(flags, groups, world);
    const shards = paths.map((path) => ({ path, ...readShard(path) }));
    const [first] = shards;
    if (first === undefined) throw new UsageError('Give the run files of the shards.');
    for (const shard of shards) requireSameCampaign(first, shard);
    requireEachOnce(shards);
    const out = flags.out ?? join(FOLDER, folderName(first.header.target.name), 'run.jsonl');
    const same = paths.find((path) => resolve(path) === resolve(out));
    if (same !== undefined) {
      throw new UsageError(`${same} is one of the shards, and would be written over: give another --out.`);
    }
    write(out, mergeShards(shards));
    done(tell(out, flags, groups, baseline, world));
  });
}

interface ReadShard extends Shard {
  readonly path: string;
}

function readShard(path: string): Shard {
  let header: RunHeader | undefined;
  let footer: RunFooter | undefined;
  const chunks: RunChunk[] = [];
  const counterexamples: Counterexample[] = [];
  for (const { line } of runLinesOf(path)) {
    if (line.line === 'header') header = line;
    else if (line.line === 'chunk') chunks.push(line);
    else if (line.line === 'counterexample') counterexamples.push(line);
    else footer = line;
  }
  if (header === undefined) throw new UsageError(`${path} was cut off in its first line: run it again.`);
  return { header, chunks, counterexamples, footer };
}

/** @throws UsageError naming the first thing in which the two are not shards of one campaign */
function requireSameCampaign(first: ReadShard, other: ReadShard): void {
  if (other.header.shard === undefined) {
    const what = other.header.merged === undefined ? 'was run without --shard' : 'is merged already';
    throw new UsageError(`${other.path} is no shard: it ${what}.`);
  }
  const [ours, theirs] = [first.header, other.header];
  const words: readonly (readonly [string, (header: RunHeader) => string])[] = [
    ['lambda-conformance', ({ suite }) => suite],
    ['the target', ({ target }) => targetName(target)],
    ['a time scale of', ({ target }) => timeScaleWords(target.retryTimeScale ?? 1)],
    ['--seed', ({ seed }) => String(seed)],
    ['--scenarios', ({ scenarios }) => String(scenarios ?? 'no number')],
    ['a number of shards of', ({ shard }) => String(shard?.of)],
    ['rules:', ({ rules }) => `${rules.length} from ${rules[0] ?? 'none'} on`],
  ];
  const refuse = (what: string, one: string, another: string) => {
    throw new UsageError(
      `${first.path} was run with ${what} ${one}, and ${other.path} with ${another}: only shards of one campaign can be merged.`,
    );
  };
  for (const [what, of] of words) if (of(ours) !== of(theirs)) refuse(what, of(ours), of(theirs));
  if (ours.planned?.join() !== theirs.planned?.join()) {
    throw new UsageError(
      `${first.path} and ${other.path} have other plans: give all shards the same --jobs and --time.`,
    );
  }
  if (ours.rules.join() !== theirs.rules.join()) {
    const odd = theirs.rules.find((id) => !ours.rules.includes(id));
    refuse('rules:', odd === undefined ? 'more' : 'others', odd ?? 'fewer');
  }
  const lacking = (some: RunHeader, all: RunHeader) =>
    all.capabilities.find((name) => !some.capabilities.includes(name));
  const missing = lacking(theirs, ours) ?? lacking(ours, theirs);
  if (missing !== undefined) {
    throw new UsageError(
      `${first.path} and ${other.path} were run when the target could do other things (${missing}): only shards of one campaign can be merged.`,
    );
  }
}

/** @throws UsageError naming the shards that are missing or doubled */
function requireEachOnce(shards: readonly ReadShard[]): void {
  const byIndex = new Map<number, string>();
  const of = shards[0]?.header.shard?.of ?? 0;
  for (const { path, header } of shards) {
    const index = header.shard?.index ?? 0;
    const twin = byIndex.get(index);
    if (twin !== undefined) {
      throw new UsageError(`${twin} and ${path} are both shard ${index}/${of}: give each one once.`);
    }
    byIndex.set(index, path);
  }
  const missing = Array.from({ length: of }, (_, at) => at + 1).filter((index) => !byIndex.has(index));
  if (missing.length === 0) return;
  const some = missing.slice(0, MOST_NAMED).map((index) => `${index}/${of}`);
  const more = missing.length > some.length ? ` and ${missing.length - some.length} more` : '';
  const [noun, verb] = missing.length === 1 ? ['Shard', 'is'] : ['Shards', 'are'];
  throw new UsageError(
    `${noun} ${some.join(', ')}${more} ${verb} missing: give the run files of all of them.`,
  );
}

const MOST_NAMED = 8;

function write(out: string, lines: readonly RunLine[]): void {
  requireRunFile(out);
  const unlock = lockRun(out);
  const writer = new RunWriter(out);
  try {
    writer.begin(0);
    for (const line of lines) writer.write(line);
  } finally {
    writer.close();
    unlock();
  }
}
