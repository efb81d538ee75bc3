import type { Capability } from '../../engine/capabilities.ts';
import type { Target } from '../../engine/target.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import { AwsDriver, type DriverOptions } from '../aws/driver.ts';
import type { KnownRefusal } from '../aws/knownRefusal.ts';
import { freePort, type RunningProcess, startProcess } from './process.ts';
import { pythonTool } from './pythonTool.ts';
import { Reviving } from './reviving.ts';
import { SideBySide } from './sideBySide.ts';
import { toldVersion, type VersionPlace } from './toldVersion.ts';

/** What is known of an emulator that speaks the AWS API, however it is started. */
export interface Profile {
  readonly name: string;
  readonly homepage: string;
  /** The version that is installed; of an instance that runs already what it tells of itself counts. */
  readonly version: string;
  /** Where an instance that runs already tells its version; absent: results of such ones have none. */
  readonly versionAt?: VersionPlace;
  /** Absent: all that the driver can run. */
  readonly capabilities?: readonly Capability[];
  /** What it declines by an answer that does not say so, each with that answer. */
  readonly lacks?: Readonly<Partial<Record<Capability, string>>>;
  /** See `DriverOptions.refuses`. */
  readonly refuses?: readonly KnownRefusal[];
  /** See `Target.notJudged`. */
  readonly notJudged?: Readonly<Record<string, string>>;
  /** Each one that differs from AWS's with its reason beside it. */
  readonly tolerances: Partial<Tolerances>;
  /** Scenarios side by side on one instance. */
  readonly jobs: number;
  /** How many instances are started where none is told; one where it is absent. */
  readonly instances?: number;
}

/** An emulator that is a Python package and runs as a process of its own. */
export interface EmulatorProfile extends Profile {
  /** Where it comes from: the package, with its exact version, and the command in it. */
  readonly python: { readonly requirement: string; readonly command: string };
  readonly args?: (port: number) => readonly string[];
  /** Variables that make it listen on 127.0.0.1 at `port`, and whatever else it needs. */
  readonly env?: (port: number) => Readonly<Record<string, string>>;
  readonly healthPath: string;
}

/** An emulator that we have started. */
export interface RunningEmulator extends RunningProcess {
  readonly url: string;
  /** The address at which its functions reach this machine, where that is not 127.0.0.1. */
  readonly collectorHost?: string;
  /** See `Target.notJudged`. */
  readonly notJudged?: Readonly<Record<string, string>>;
}

/** What a user may choose for one run. */
export interface EmulatorChoice {
  /** An instance that runs already: nothing is installed or started then. */
  readonly endpoint?: string;
  readonly tolerances?: Partial<Tolerances>;
  readonly jobs?: number;
  /** No more scenarios than these will run at once: fewer instances may do. */
  readonly mostAtOnce?: number;
  /** With an endpoint: the address at which its functions reach this machine, e.g. `host.docker.internal`. */
  readonly collectorHost?: string;
  readonly folder?: string;
}

/**
 * Installs the emulator of a profile if need be, and starts it on a free port.
 * @throws TargetError where it cannot be installed or started
 */
export async function startEmulator(profile: EmulatorProfile, folder?: string): Promise<RunningEmulator> {
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
export const runsAsProcess = (profile: EmulatorProfile): ((choice?: EmulatorChoice) => Promise<Target>) =>
  opens(profile, (folder) => startEmulator(profile, folder));

/** Opens the emulator of a profile: one that runs already, where its endpoint is chosen, or those that `start` starts. */
export function opens(
  profile: Profile,
  start: (folder: string | undefined) => Promise<RunningEmulator>,
): (choice?: EmulatorChoice) => Promise<Target> {
  return async (choice = {}) => {
    const common = {
      name: profile.name,
      version: profile.version,
      ...(profile.capabilities === undefined ? {} : { capabilities: profile.capabilities }),
      ...(profile.lacks === undefined ? {} : { lacks: profile.lacks }),
      ...(profile.refuses === undefined ? {} : { refuses: profile.refuses }),
      ...(profile.notJudged === undefined ? {} : { notJudged: profile.notJudged }),
      tolerances: { ...profile.tolerances, ...choice.tolerances },
      jobs: choice.jobs ?? profile.jobs,
      ...(choice.folder === undefined ? {} : { folder: choice.folder }),
    };
    if (choice.endpoint === undefined) return openInstances(profile, common, choice, start);
    return AwsDriver.openChecked({
      ...common,
      version: profile.versionAt === undefined ? '' : await toldVersion(choice.endpoint, profile.versionAt),
      endpoint: { url: choice.endpoint },
      ...collectorAt(choice.collectorHost),
    });
  };
}

/** How many instances to start: no more than the profile says, and than there will be something to do for. */
export function instancesFor(
  profile: Pick<Profile, 'jobs' | 'instances'>,
  { jobs, mostAtOnce = Number.POSITIVE_INFINITY }: Pick<EmulatorChoice, 'jobs' | 'mostAtOnce'>,
): number {
  const most = profile.instances ?? 1;
  const atOnce = Math.min(jobs ?? most * profile.jobs, mostAtOnce);
  return Math.min(most, Math.ceil(atOnce / profile.jobs));
}

/** Functions in containers come from another address than 127.0.0.1. */
const collectorAt = (host: string | undefined) =>
  host === undefined ? {} : { collectorHost: host, collectorBind: '0.0.0.0' };

/** Starts as many instances as the profile says, or the chosen jobs need, and drives them as one target. */
async function openInstances(
  profile: Profile,
  common: Omit<DriverOptions, 'endpoint'>,
  choice: EmulatorChoice,
  start: (folder: string | undefined) => Promise<RunningEmulator>,
): Promise<Target> {
  const count = instancesFor(profile, choice);
  const { jobs, folder } = choice;
  const first = await openInstance(common, () => start(folder));
  // What the first one offers, the others do: they need not be asked.
  const same = { ...common, capabilities: [...first.capabilities] };
  const others = await Promise.allSettled(
    Array.from({ length: count - 1 }, () => openInstance(same, () => start(folder))),
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

/** One instance, and in its place another one should it end. */
async function openInstance(
  common: Omit<DriverOptions, 'endpoint'>,
  start: () => Promise<RunningEmulator>,
): Promise<Target> {
  const first = await driven(common, await start());
  // What the first one offers, the next one does.
  const same = { ...common, capabilities: [...first.capabilities] };
  return new Reviving(first, async () => driven(same, await start()));
}

async function driven(
  common: Omit<DriverOptions, 'endpoint'>,
  { url, collectorHost, notJudged, lastWords, stop: release }: RunningEmulator,
): Promise<Target> {
  try {
    return await AwsDriver.openChecked({
      ...common,
      endpoint: { url },
      ...collectorAt(collectorHost),
      ...(notJudged === undefined ? {} : { notJudged }),
      lastWords,
      release,
    });
  } catch (thrown) {
    await release();
    throw thrown;
  }
}
