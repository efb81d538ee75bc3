import type { Target } from '../../engine/target.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import { type EmulatorChoice, opens, type Profile, type RunningEmulator } from '../emulators/emulator.ts';
import { awake } from './awake.ts';
import { hasEngine, startContainer } from './container.ts';
import { installed } from './install.ts';
import { type Fork, startAsProcess } from './plainProcess.ts';
import { RETRY_BASE_SECONDS } from './settings.ts';

/** LocalStack, its last open release. In a container where an engine answers, else as a plain process. */
export const LOCALSTACK: Profile = {
  name: 'localstack',
  homepage: 'https://github.com/localstack/localstack',
  version: '4.14.0',
  lacks: {
    // It knows queues, topics, buses and functions as destinations; AWS took buckets in November 2024.
    buckets: 'InvalidParameterValueException: The provided destination config … is invalid.',
  },
  refuses: [
    {
      // The range of AWS includes it (API_AliasRoutingConfiguration), as the rest of the answer says too.
      setting: 'an alias that gives its second version the weight 1',
      isIn: ({ functions }) =>
        functions.some(({ aliases = [] }) => aliases.some(({ additional }) => additional?.weight === 1)),
      words: "=1.0}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint",
    },
  ],
  tolerances: {
    // See settings.ts: so long it waits before the second attempt, twice as long before the third.
    retryTimeScale: RETRY_BASE_SECONDS / 60,
    // That setting says nothing of throttled events: those wait 1, 2, 4, … up to 300 s, as on AWS.
    throttleTimeScale: 1,
    // Each attempt may be a new Node process; a dozen of them at once on two cores take this long. And a failed event
    // waits in a queue whose delays are whole seconds: up to one more than it should.
    schedulingSlackSeconds: 3,
    // What is answered is in force; but events that are sent within the 2 s for which the poller of a function before its
    // update still waits for some are taken by that, and come only when they are visible again, after a minute.
    settleSeconds: 2.5,
    // Seen: 0.05 to 1.5 s. After it has found nothing for the first time it waits up to 1.5 s, and 0.25 s from then on.
    pollSeconds: 5,
    // Enabled after 0.1 s. One that is disabled or deleted goes on until its current poll returns, with its attempt.
    mappingSettleSeconds: 3,
    // At most 5 s after an error (settings.ts), and then as long as for anything else.
    pollingRetrySeconds: 10,
    // It gathers records in polls of its own length, and looks at the window between them.
    windowLateSeconds: 3,
  },
  // One process with a thread for each mapping, on an interpreter that runs one at a time: 8 scenarios keep a core busy.
  jobs: 8,
  // So that two cores are: with three of them the longest scenario takes nearly as long as all.
  instances: 3,
};

/**
 * Where each execution environment is a container of its own. Seen on two cores: one is up after 0.4 s, a dozen at once
 * after 4.4 s, two dozen after 5.4 s.
 */
const CONTAINERS_SLACK_SECONDS = 8;

/** What an instance does that runs already, most likely in a container, and that was started without the settings that we give to ours. */
export function attachedTolerances(env: Readonly<Record<string, string | undefined>>): Partial<Tolerances> {
  const baseSeconds = Number.parseInt(env['LAMBDA_RETRY_BASE_DELAY'] ?? '', 10);
  return {
    // It takes 60 where nothing is set. A wait of no length at all is taken for a very short one.
    retryTimeScale: Number.isNaN(baseSeconds) ? 1 : Math.max(baseSeconds, 0.01) / 60,
    schedulingSlackSeconds: CONTAINERS_SLACK_SECONDS,
    // By itself it waits up to 10 s after it has found nothing, and up to 60 s after an error.
    pollSeconds: 15,
    pollingRetrySeconds: 65,
    windowLateSeconds: 15,
  };
}

/** How LocalStack is installed as a plain process. */
export const PLAIN_LOCALSTACK: Fork = {
  name: 'localstack',
  title: 'LocalStack',
  install: (folder) => installed(LOCALSTACK.version, folder),
};

/** Opens LocalStack or a fork of it, with what it does by itself where it was not started by us. */
export function opensFork(
  profile: Profile,
  start: (folder: string | undefined) => Promise<RunningEmulator>,
): (choice?: EmulatorChoice) => Promise<Target> {
  const open = opens(profile, async (folder) => awake(await start(folder)));
  return (choice = {}) => {
    if (choice.endpoint === undefined) return open(choice);
    return open({ ...choice, tolerances: { ...attachedTolerances(process.env), ...choice.tolerances } });
  };
}

const IN_CONTAINERS: Profile = {
  ...LOCALSTACK,
  tolerances: { ...LOCALSTACK.tolerances, schedulingSlackSeconds: CONTAINERS_SLACK_SECONDS },
};

const openProcesses = opensFork(LOCALSTACK, (folder) => startAsProcess(PLAIN_LOCALSTACK, folder));
const openContainers = opensFork(IN_CONTAINERS, () => startContainer(LOCALSTACK.version));

/**
 * Opens LocalStack: the one at the endpoint that is chosen, or one that we start.
 * @throws TargetError with what to do, where it cannot be reached, installed or started
 */
export async function localstack(choice: EmulatorChoice = {}): Promise<Target> {
  const open = choice.endpoint === undefined && (await hasEngine()) ? openContainers : openProcesses;
  return open(choice);
}
