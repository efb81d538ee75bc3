/**
 * Execution environments: one attempt at a time, used again, initialised before the first.
 * AWS, lambda-runtime-environment.html: init takes 10 seconds at most; one that takes longer is run again at the
 * first invocation under the function's timeout. After a timeout or an exit the process starts anew.
 */
import type { FunctionRuntime } from './functionRuntime.ts';
import { LATEST } from './qualifiers.ts';
import type { World } from './world.ts';

export interface Environment {
  readonly id: string;
  readonly version: string;
  readonly isProvisioned: boolean;
  attempts: number;
  isInitialised: boolean;
}

/** Milliseconds that an initialisation takes at least. */
const INIT_LEAST_MS = 15;
const WINDOW_MS = 10_000;

/**
 * A free environment of the version, or a new one; undefined where no more may be made just now.
 * AWS, lambda-concurrency.html: at most 1,000 new ones in 10 seconds, for each function.
 */
export function takeEnvironment(
  world: World,
  owner: FunctionRuntime,
  version: string,
  isProvisioned: boolean,
): Environment | undefined {
  const free = freeEnvironment(world, owner, version, isProvisioned);
  if (free !== undefined) {
    free.attempts++;
    return free;
  }
  if (!isProvisioned && !mayMakeOne(world, owner)) return undefined;
  const made: Environment = {
    id: world.nextEnvironment(),
    version,
    isProvisioned,
    attempts: 1,
    isInitialised: isProvisioned,
  };
  owner.environments.push(made);
  return made;
}

/** Which of the free environments serves is not documented: it is drawn. */
function freeEnvironment(
  world: World,
  owner: FunctionRuntime,
  version: string,
  isProvisioned: boolean,
): Environment | undefined {
  const most = world.policy.attemptsPerEnvironment;
  const { environments } = owner;
  if (environments.length === 0 || !world.policy.reusesEnvironments) return undefined;
  let at = world.chance.index(environments.length);
  for (let seen = 0; seen < environments.length; seen++) {
    const environment = environments[at];
    if (
      environment !== undefined &&
      environment.attempts < most &&
      environment.version === version &&
      environment.isProvisioned === isProvisioned
    )
      return environment;
    at = at + 1 === environments.length ? 0 : at + 1;
  }
  return undefined;
}

/**
 * Environments of `$LATEST` were made with the configuration before: running attempts go on in theirs, and no other
 * begins there. Recorded from AWS: the call after an update runs with what was changed.
 */
export function retireLatest(owner: FunctionRuntime | undefined): void {
  if (owner === undefined) return;
  owner.environments = owner.environments.filter(({ version }) => version !== LATEST);
}

function mayMakeOne(world: World, owner: FunctionRuntime): boolean {
  const { now } = world.clock;
  const made = owner.environmentsAt;
  const most = world.policy.newEnvironmentsPerTenSeconds;
  const before = made[made.length - most];
  if (before !== undefined && now - before < WINDOW_MS) return false;
  made.push(now);
  return true;
}

/** How an environment comes to its handler: in `afterMs`, or never, where init outlives the function's timeout. */
export interface Entering {
  readonly afterMs: number;
  readonly isReached: boolean;
}

const READY: Entering = { afterMs: 0, isReached: true };

/** What happens before the handler is entered. The environment is initialised afterwards, if that succeeds. */
export function entering(world: World, owner: FunctionRuntime, environment: Environment): Entering {
  if (environment.isInitialised) return READY;
  const { initSeconds } = owner.state.spec;
  environment.isInitialised = true;
  if (initSeconds === undefined)
    return {
      afterMs: world.chance.between(INIT_LEAST_MS, world.policy.initMostSeconds * 1_000),
      isReached: true,
    };
  const initMs = initSeconds * 1_000;
  const limitMs = world.policy.initLimitSeconds * 1_000;
  if (initMs <= limitMs) return { afterMs: initMs, isReached: true };
  const timeoutMs = owner.state.timeoutSeconds * 1_000;
  // The page gives the second init the function's timeout; the handler then has its own.
  if (initMs < timeoutMs) return { afterMs: limitMs + initMs, isReached: true };
  environment.isInitialised = false;
  return { afterMs: limitMs + timeoutMs, isReached: false };
}
