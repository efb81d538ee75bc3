/** Which target a user asked for, and opening and closing it. */

import { LeftBehind } from '../adapters/aws/leftBehind.ts';
import type { TargetChoice } from '../adapters/index.ts';
import type { TargetFlags as RecordedFlags, RunHeader } from '../engine/runFile.ts';
import { type Target, TargetError } from '../engine/target.ts';
import { suggestion } from './suggest.ts';
import { UsageError } from './usageError.ts';
import type { World } from './world.ts';

export interface TargetFlags {
  readonly target?: string;
  readonly endpoint?: string;
  readonly collectorHost?: string;
  readonly jobs?: number;
  /** Real seconds for one second of Lambda's asynchronous waits. */
  readonly timeScale?: number;
}

/** @throws UsageError where there is no such target, or the endpoint is no address */
export function targetChoice(flags: TargetFlags, world: World): TargetChoice {
  const { target, endpoint, collectorHost, jobs, timeScale } = flags;
  if (target !== undefined) {
    const names = world.targetNames();
    if (!names.includes(target)) {
      const near = suggestion(target, names);
      throw new UsageError(
        `There is no target "${target}"${near}: choose one of ${names.join(', ')}, or give the address of an AWS API with --endpoint.`,
      );
    }
    if (target === 'memory' && endpoint !== undefined) {
      throw new UsageError('The target memory has no endpoint: leave out --target or --endpoint.');
    }
  }
  if (timeScale !== undefined && endpoint === undefined && (target ?? 'memory') === 'memory') {
    throw new UsageError('The clock of the target memory is simulated: leave out --time-scale.');
  }
  if (endpoint !== undefined) {
    const protocol = URL.canParse(endpoint) ? new URL(endpoint).protocol : '';
    if (protocol !== 'http:' && protocol !== 'https:') {
      throw new UsageError(`"${endpoint}" is no endpoint: write it like http://127.0.0.1:4566.`);
    }
  }
  return {
    ...(target === undefined ? {} : { name: target }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(collectorHost === undefined ? {} : { collectorHost }),
    ...(jobs === undefined ? {} : { jobs }),
    ...(timeScale === undefined ? {} : { tolerances: { retryTimeScale: timeScale } }),
  };
}

/** What of a choice is recorded: by it, and the target's name, the same target can be asked for again. */
export function recordedFlags({ name, endpoint, tolerances, collectorHost }: TargetChoice): RecordedFlags {
  const timeScale = tolerances?.retryTimeScale;
  return {
    // By itself it is the target's name.
    ...(name === undefined || endpoint === undefined ? {} : { endpoint }),
    ...(timeScale === undefined ? {} : { timeScale }),
    ...(collectorHost === undefined ? {} : { collectorHost }),
  };
}

/** The target's name before it is opened. */
export const chosenName = ({ name, endpoint }: TargetChoice): string => name ?? endpoint ?? 'memory';

/** The flags that open a recorded target again. */
export const flagsOf = ({ name, flags = {} }: Pick<RunHeader['target'], 'name' | 'flags'>): TargetFlags => ({
  ...(/^https?:/.test(name) ? { endpoint: name } : { target: name }),
  ...flags,
});

/** Whether the flags name a target. */
export const isNamed = ({ target, endpoint }: TargetFlags): boolean =>
  target !== undefined || endpoint !== undefined;

/** The target's name as the name of a folder. */
export const folderName = (name: string): string =>
  name.replace(/^https?:\/\//, '').replace(/[^\w.-]+/g, '-');

/**
 * Opens a target, works with it, and closes it whatever happens. What could not be removed is told: with the error,
 * where the work failed, and else on stderr, where it does not hide what the work came to.
 */
export async function withTarget<T>(
  choice: TargetChoice,
  world: World,
  work: (target: Target) => Promise<T>,
): Promise<T> {
  const target = await world.openTarget(choice);
  try {
    const result = await work(target);
    const left = await closed(target);
    if (left !== undefined) world.stderr.write(`${left}\n`);
    return result;
  } catch (error) {
    const left = await closed(target);
    throw left !== undefined && error instanceof TargetError
      ? new TargetError(`${error.message} ${left}`)
      : error;
  }
}

/** Closes the target. Returns a sentence where something could not be removed. */
async function closed(target: Target): Promise<string | undefined> {
  try {
    await target.close();
  } catch (error) {
    if (error instanceof LeftBehind) return error.message;
    const why = error instanceof Error ? error.message : String(error);
    return `Not all was removed (${why}): \`lambda-conformance sweep\` removes the rest.`;
  }
  return undefined;
}
