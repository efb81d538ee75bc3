/** Going on with an earlier run: what its file holds, and whether it is the same run that is asked for. */
import { statSync } from 'node:fs';
import type { TargetFlags as RecordedFlags, RunHeader, RunLine } from '../engine/runFile.ts';
import type { Share } from '../engine/share.ts';
import type { Target } from '../engine/target.ts';
import { targetName, timeScaleWords } from '../reports/sentences.ts';
import { runLinesOf } from './readRun.ts';
import { flagsOf, isNamed, type TargetFlags } from './targetChoice.ts';
import { UsageError } from './usageError.ts';

export interface EarlierRun {
  readonly header: RunHeader;
  readonly lines: readonly RunLine[];
  /** Bytes of the file that stay: a line that was cut off is run again. */
  readonly keptBytes: number;
  /** It came to its end by itself: there is nothing to go on with. */
  readonly isFinished: boolean;
}

/**
 * The run in a file; undefined where there is none yet, for it was killed before its first line was written.
 * @throws UsageError where the file is something else
 */
export function earlierRun(path: string): EarlierRun | undefined {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) === 0) return undefined;
  const lines: RunLine[] = [];
  let header: RunHeader | undefined;
  let keptBytes = 0;
  let isFinished = false;
  for (const { line, end, isWhole } of runLinesOf(path)) {
    if (!isWhole) break;
    if (line.line === 'footer') {
      isFinished = line.interrupted !== true;
      // The footer of an interrupted run gives way to what comes now.
      if (!isFinished) continue;
    }
    if (line.line === 'header') header = line;
    lines.push(line);
    keptBytes = end;
  }
  return header === undefined ? undefined : { header, lines, keptBytes, isFinished };
}

/** What a run is asked for with; what is absent was not named and fits anything. */
export interface Wanted {
  readonly suite: string;
  readonly seed?: number;
  readonly scenarios?: number | null;
  readonly shard?: Share;
  readonly rules?: readonly string[];
}

/** @throws UsageError naming the first thing in which the earlier run is another one */
export function requireSameRun(path: string, header: RunHeader, wanted: Wanted): void {
  const differs = (what: string, theirs: unknown, ours: unknown, remedy = 'give the same') => {
    throw new UsageError(
      `${path} was run with ${what} ${String(theirs)}, and this is ${String(ours)}: ${remedy}, or begin anew without --resume.`,
    );
  };
  const ofShard = (shard: Wanted['shard']) => (shard === undefined ? 'none' : `${shard.index}/${shard.of}`);
  if (header.suite !== wanted.suite)
    differs('lambda-conformance', header.suite, wanted.suite, 'use that version');
  if (wanted.seed !== undefined && wanted.seed !== header.seed) differs('--seed', header.seed, wanted.seed);
  if (wanted.scenarios !== undefined && wanted.scenarios !== header.scenarios) {
    const words = (scenarios: number | null) => scenarios ?? 'no number';
    differs('--scenarios', words(header.scenarios), words(wanted.scenarios));
  }
  if (wanted.shard !== undefined && ofShard(wanted.shard) !== ofShard(header.shard)) {
    differs('--shard', ofShard(header.shard), ofShard(wanted.shard));
  }
  if (wanted.rules !== undefined && wanted.rules.join() !== header.rules.join()) {
    const words = (rules: readonly string[]) => `${rules.length} from ${rules[0]} on`;
    differs('rules', words(header.rules), words(wanted.rules), 'give the same --rules and --level');
  }
}

const FLAG: Readonly<Record<keyof RecordedFlags, string>> = {
  endpoint: '--endpoint',
  timeScale: '--time-scale',
  collectorHost: '--collector-host',
};

const words = (value: string | number): string => (typeof value === 'number' ? timeScaleWords(value) : value);

/**
 * The flags of the target to go on with: those of the earlier run, with whatever else was given now.
 * @throws UsageError where one of them is given again and differs
 */
export function resumedFlags<F extends TargetFlags>(path: string, { target }: RunHeader, given: F): F {
  const isAnother = isNamed(given) && given.target !== target.name && given.endpoint !== target.name;
  // That is told when it is open, with its version.
  if (isAnother) return given;
  const { name, flags: had = {} } = target;
  for (const [key, flag] of Object.entries(FLAG) as [keyof RecordedFlags, string][]) {
    const [ours, theirs] = [given[key], had[key]];
    if (ours === undefined || ours === theirs || ours === name) continue;
    throw new UsageError(
      theirs === undefined
        ? `${path} was run without ${flag}, and this is with ${words(ours)}: leave it out, or begin anew without --resume.`
        : `${path} was run with ${flag} ${words(theirs)}, and this is ${words(ours)}: give the same or none, or begin anew without --resume.`,
    );
  }
  return { ...flagsOf(target), ...given };
}

/** @throws UsageError where the target is not the one that the earlier run was about, or is judged by other rules */
export function requireSameTarget(path: string, header: RunHeader, target: Target): void {
  const hadNames = targetName(header.target);
  const hasNames = targetName(target);
  if (hadNames !== hasNames) {
    throw new UsageError(
      `${path} was run on ${hadNames}, and this is ${hasNames}: choose the same target, or begin anew without --resume.`,
    );
  }
  const scales = [header.target.retryTimeScale ?? 1, target.tolerances.retryTimeScale] as const;
  if (scales[0] !== scales[1]) {
    const [had, has] = scales.map(timeScaleWords);
    throw new UsageError(
      `${path} was run where one second of Lambda's asynchronous waits took ${had} s, and now it takes ${has} s: begin anew without --resume.`,
    );
  }
  const sorted = (names: Iterable<string>) => [...names].sort().join();
  const isSame =
    sorted(header.capabilities) === sorted(target.capabilities) &&
    sorted(Object.keys(header.notJudged ?? {})) === sorted(Object.keys(target.notJudged ?? {}));
  if (!isSame) {
    throw new UsageError(
      `${path} was run when other rules could be decided on ${hasNames} than now: begin anew without --resume.`,
    );
  }
}
