import type { Capability } from '../../engine/capabilities.ts';
import type { Target } from '../../engine/target.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import { AwsDriver, type DriverOptions } from '../aws/driver.ts';
import { freePort, type RunningProcess, startProcess } from './process.ts';
import { pythonTool } from './pythonTool.ts';
import { SideBySide } from './sideBySide.ts';

/** An emulator that speaks the AWS API and runs as a process of its own. */
export interface EmulatorProfile {
  readonly name: string;
  readonly homepage: string;
  readonly version: string;
  /** Where it comes from: a Python package, with its exact version, and the command in it. */
  readonly python: { readonly requirement: string; readonly command: string };
  readonly args?: (port: number) => readonly string[];
  /** Variables that make it listen on 127.0.0.1 at `port`, and whatever else it needs. */
  readonly env?: (port: number) => Readonly<Record<string, string>>;
  readonly healthPath: string;
  /** What it cannot be asked for; whatever else it declines is found when it is opened. */
  readonly lacks?: readonly Capability[];
  /** Each one that differs from AWS's with its reason beside it. */
  readonly tolerances: Partial<Tolerances>;
  /** Scenarios side by side on one instance. */
  readonly jobs: number;
  /** How many instances are started where none is told; one where it is absent. */
  readonly instances?: number;
}

/** What a user may choose for one run. */
export interface EmulatorChoice {
  /** An instance that runs already: nothing is installed or started then. */
  readonly endpoint?: string;
  readonly tolerances?: Partial<Tolerances>;
  readonly jobs?: number;
  /** No more scenarios than these will run at once: fewer instances may do. */
  readonly mostAtOnce?: number;
  readonly folder?: string;
}

/**
 * Installs the emulator of a profile if need be, and starts it on a free port.
 * @throws TargetError where it cannot be installed or started
 */
export async function startEmulator(
  profile: EmulatorProfile,
  folder?: string,
): Promise<RunningProcess & { readonly url: string }> {
  const command = await pythonTool(profile.python.requirement, profile.python.command, folder);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const running = await startProcess({
    name: profile.name,
    command,
    args: profile.args?.(port) ?? [],
    env: profile.env?.(port) ?? {},
    healthUrl: url + profile.healthPath,
  });
  return { ...running, url };
}

/** Opens the emulator of a profile: installs it if need be, starts it on a free port, drives it. */
export function runsAsProcess(profile: EmulatorProfile): (choice?: EmulatorChoice) => Promise<Target> {
  return async (choice = {}) => {
    const common = {
      name: profile.name,
      version: profile.version,
      ...(profile.lacks === undefined ? {} : { lacks: profile.lacks }),
      tolerances: { ...profile.tolerances, ...choice.tolerances },
      jobs: choice.jobs ?? profile.jobs,
      ...(choice.folder === undefined ? {} : { folder: choice.folder }),
    };
    if (choice.endpoint !== undefined) {
      // Which version runs there is not known.
      return AwsDriver.openChecked({ ...common, version: '', endpoint: { url: choice.endpoint } });
    }
    return openInstances(profile, common, choice);
  };
}

/** How many instances to start: no more than the profile says, and than there will be something to do for. */
export function instancesFor(
  profile: Pick<EmulatorProfile, 'jobs' | 'instances'>,
  { jobs, mostAtOnce = Number.POSITIVE_INFINITY }: Pick<EmulatorChoice, 'jobs' | 'mostAtOnce'>,
): number {
  const most = profile.instances ?? 1;
  const atOnce = Math.min(jobs ?? most * profile.jobs, mostAtOnce);
  return Math.min(most, Math.ceil(atOnce / profile.jobs));
}

/** Starts as many instances as the profile says, or the chosen jobs need, and drives them as one target. */
async function openInstances(
  profile: EmulatorProfile,
  common: Omit<DriverOptions, 'endpoint'>,
  choice: EmulatorChoice,
): Promise<Target> {
  const count = instancesFor(profile, choice);
  const { jobs, folder } = choice;
  const first = await openInstance(profile, common, folder);
  // What the first one offers, the others do: they need not be asked.
  const same = { ...common, capabilities: [...first.capabilities] };
  const others = await Promise.allSettled(
    Array.from({ length: count - 1 }, () => openInstance(profile, same, folder)),
  );
  const opened = others.flatMap((other) => (other.status === 'fulfilled' ? [other.value] : []));
  const all = new SideBySide([first, ...opened], jobs ?? count * profile.jobs);
  for (const other of others) {
    if (other.status === 'fulfilled') continue;
    // Why one could not be opened counts, not what went wrong with closing the others.
    await all.close().catch(() => undefined);
    throw other.reason;
  }
  return all;
}

async function openInstance(
  profile: EmulatorProfile,
  common: Omit<DriverOptions, 'endpoint'>,
  folder: string | undefined,
): Promise<Target> {
  const { url, lastWords, stop: release } = await startEmulator(profile, folder);
  try {
    return await AwsDriver.openChecked({ ...common, endpoint: { url }, lastWords, release });
  } catch (thrown) {
    await release();
    throw thrown;
  }
}
