/** How many calls a target bears at once, found out by making them: its number of jobs is no guess. */
import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { Collector } from './collector.ts';
import type { Maker } from './maker.ts';

/** What it took to answer so many calls at once. */
export interface Round {
  readonly calls: number;
  /** Until the last answer; absent where one of them had none, or an error. */
  readonly seconds?: number;
}

export interface Load {
  readonly rounds: readonly Round[];
  /** The most calls at once that were answered as fast as one alone, but for `SLACK_SECONDS`. */
  readonly calls: number;
  /** Scenarios side by side that this amounts to: most of their time they wait. */
  readonly jobs: number;
}

/** How busy pollers are is not measured, and one of them may serve all mappings: no more scenarios than this. */
const MOST_JOBS = 8;
/** Each handler sleeps so long. It is more than the slack: where calls are served one after another, two are too many. */
const SLEEP_SECONDS = 0.4;
/** A third of what rules tolerate (`schedulingSlackSeconds`): a target that is later than this is at its limit. */
const SLACK_SECONDS = 0.3;
const PATIENCE_MS = 1_500;

/** How much to find out, and how long it may take: a round more than `lastBeginsSeconds` is not begun. */
export interface Effort {
  readonly mostCalls: number;
  readonly lastBeginsSeconds: number;
}

/** As much as the jobs of a run depend on, in five seconds at most. */
export const FOR_JOBS: Effort = { mostCalls: MOST_JOBS, lastBeginsSeconds: 3.5 };
/** As much as there is time for while retries are waited for. */
export const FOR_DOCTOR: Effort = { mostCalls: 32, lastBeginsSeconds: 8 };

/**
 * Calls the function once, then 2, 4, 8, … times at once, until the answers become slower.
 * @param realName a function with the probe, that nothing else uses
 */
export async function measureLoad(
  realName: string,
  collector: Collector,
  maker: Maker,
  { mostCalls, lastBeginsSeconds }: Effort,
): Promise<Load> {
  let started = 0;
  collector.attend(realName, {
    started: () => ({ attempt: `load${++started}`, outcome: 'ok', afterSeconds: SLEEP_SECONDS }),
    ended: () => undefined,
  });
  const call = async (): Promise<void> => {
    const command = new InvokeCommand({ FunctionName: realName, Payload: Buffer.from('{}') });
    const { FunctionError } = await maker.clients.lambda.send(command, maker.within(PATIENCE_MS));
    if (FunctionError !== undefined) throw new Error(FunctionError);
  };
  const begun = performance.now();
  const rounds: Round[] = [];
  try {
    let isRepeated = false;
    for (let calls = 1; calls <= mostCalls && secondsSince(begun) < lastBeginsSeconds; ) {
      const before = performance.now();
      const outcomes = await Promise.allSettled(Array.from({ length: calls }, call));
      const hasFailed = outcomes.some(({ status }) => status === 'rejected');
      rounds.push(hasFailed ? { calls } : { calls, seconds: secondsSince(before) });
      const isFine = isBorne(rounds.at(-1), rounds[0]);
      if (!isFine && isRepeated) break;
      // Once more where it was slow: the environments that were started for it are there now.
      isRepeated = !isFine;
      if (isFine) calls *= 2;
    }
  } finally {
    collector.release(realName);
  }
  return loadOf(rounds);
}

/** What rounds of growing numbers amount to. */
export function loadOf(rounds: readonly Round[]): Load {
  let calls = 1;
  for (const round of rounds) if (isBorne(round, rounds[0])) calls = Math.max(calls, round.calls);
  return { rounds, calls, jobs: Math.min(MOST_JOBS, calls) };
}

const isBorne = (round: Round | undefined, alone: Round | undefined): boolean =>
  round?.seconds !== undefined && round.seconds <= (alone?.seconds ?? 0) + SLACK_SECONDS;

const secondsSince = (milliseconds: number): number => (performance.now() - milliseconds) / 1000;
