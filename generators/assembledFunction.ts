/** A function's draft with its name and all that refers to others. */
import type { EventInvokeSpec, FunctionSpec } from '../engine/scenario.ts';
import { type EventInvokeDraft, NEXT_FUNCTION } from './eventInvoke.ts';
import type { FunctionDraft } from './function.ts';
import { FUNCTION_NAMES } from './names.ts';
import type { Resources } from './resources.ts';

/** Function number `index` of `count`. */
export function functionSpec(
  draft: FunctionDraft,
  index: number,
  count: number,
  resources: Resources,
): FunctionSpec {
  const [timeoutSeconds, layout, config, qualifier, qualified, deadLetter, reserved, provisioned] = draft;
  const spec: FunctionSpec = { name: FUNCTION_NAMES[index] ?? `f${index}`, timeoutSeconds };
  const next = index + 1 < count ? `function:${FUNCTION_NAMES[index + 1]}` : undefined;
  if (layout.versions !== undefined) spec.versions = layout.versions;
  if (layout.aliases !== undefined) spec.aliases = layout.aliases;
  if (reserved !== undefined) spec.reservedConcurrency = reserved;
  if (provisioned !== undefined && hasQualifier(spec, provisioned.qualifier)) {
    // AWS, provisioned-concurrency.html: it may not exceed the reserve, or the set-up is refused.
    const concurrency = Math.min(provisioned.concurrency, reserved ?? provisioned.concurrency);
    if (concurrency > 0) spec.provisioned = [{ qualifier: provisioned.qualifier, concurrency }];
  }
  if (deadLetter !== undefined) {
    spec.deadLetter = deadLetter;
    resources.use(deadLetter);
  }
  const configs: EventInvokeSpec[] = [];
  addConfig(configs, '$LATEST', config, next, resources);
  if (qualifier !== undefined && hasQualifier(spec, qualifier))
    addConfig(configs, qualifier, qualified, next, resources);
  if (configs.length > 0) spec.eventInvoke = configs;
  const [, , , , , , , , recursiveLoop, initSeconds, fresh] = draft;
  if (recursiveLoop !== undefined) spec.recursiveLoop = recursiveLoop;
  if (initSeconds !== undefined) spec.initSeconds = initSeconds;
  if (fresh !== undefined) spec.fresh = fresh;
  return spec;
}

function addConfig(
  configs: EventInvokeSpec[],
  qualifier: string,
  [retries, age, onSuccess, onFailure]: EventInvokeDraft,
  next: string | undefined,
  resources: Resources,
): void {
  const success = onSuccess === NEXT_FUNCTION ? next : onSuccess;
  const failure = onFailure === NEXT_FUNCTION ? next : onFailure;
  // AWS refuses a configuration without any setting.
  if (retries === undefined && age === undefined && success === undefined && failure === undefined) return;
  const config: EventInvokeSpec = { qualifier };
  if (retries !== undefined) config.maximumRetryAttempts = retries;
  if (age !== undefined) config.maximumEventAgeSeconds = age;
  if (success !== undefined) {
    config.onSuccess = success;
    resources.use(success);
  }
  if (failure !== undefined) {
    config.onFailure = failure;
    resources.use(failure);
  }
  configs.push(config);
}

/** Whether the function has a version or an alias of this name. */
export function hasQualifier(spec: FunctionSpec, qualifier: string): boolean {
  if (qualifier === '$LATEST') return true;
  for (const { name } of spec.aliases ?? []) if (name === qualifier) return true;
  const version = Number(qualifier);
  return version >= 1 && version <= (spec.versions ?? 0);
}

/** Concurrency that the functions keep from one another. */
export function unreservable(functions: readonly FunctionSpec[]): number {
  let sum = 0;
  for (const { reservedConcurrency, provisioned } of functions) {
    sum += reservedConcurrency ?? provisioned?.[0]?.concurrency ?? 0;
  }
  return sum;
}
