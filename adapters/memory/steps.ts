/**
 * The steps of a scenario, one after another: calls do not wait for their answers, control-plane requests and
 * removals are over before the next step begins.
 */
import type { Entry } from '../../engine/history.ts';
import { type Json, parsedJson } from '../../engine/json.ts';
import { eventIds, type InvokeStep } from '../../engine/scenario.ts';
import { handleRequest } from './controlPlane/index.ts';
import { namedBy } from './controlPlane/named.ts';
import { retireLatest } from './environments.ts';
import { send, wireMs } from './invoke.ts';
import { followRequest } from './polling/lifecycle.ts';
import { reshard, send as sendTo, setPermission } from './polling/steps.ts';
import { payloadBytesOf } from './sizes.ts';
import type { World } from './world.ts';

/** The next step begins at its time, or as soon as the one before it lets it. */
export function awaitNextStep(world: World): void {
  const index = world.nextStep();
  const step = world.scenario.steps[index];
  if (step !== undefined) world.clock.in(step.atSeconds * 1_000 - world.clock.now, 'step', index);
}

export function beginStep(world: World, index: number): void {
  const step = world.scenario.steps[index];
  if (step === undefined) return;
  switch (step.do) {
    case 'invoke':
      invoke(world, step, index);
      awaitNextStep(world);
      return;
    case 'request': {
      const call = world.nextCall();
      world.recorder.push({ kind: 'requested', at: world.seconds, call, step: index });
      world.clock.in(wireMs(world), 'control', { step: index, call });
      return;
    }
    case 'remove':
      world.clock.in(wireMs(world), 'remove', step.resource);
      return;
    case 'send':
    case 'reshard':
    case 'permission':
      world.clock.in(wireMs(world), 'source', index);
  }
}

function invoke(world: World, step: InvokeStep, index: number): void {
  const body = bodyOf(step);
  const { event, function: functionName, qualifier } = step;
  const type = step.type ?? world.policy.defaultInvocationType;
  const payloadBytes = payloadBytesOf(body.payload);
  const more = (step.times ?? 1) > 1 ? eventIds(step) : undefined;
  for (let k = 0; k < (step.times ?? 1); k++) {
    send(world, {
      call: world.nextCall(),
      step: index,
      own: step,
      event: more?.[k] ?? event,
      about: undefined,
      functionName,
      qualifier,
      type,
      payload: body.payload,
      payloadBytes,
      isNoJson: body.isNoJson,
      plan: step.plan,
      requestId: world.nextRequestId(),
      cause: undefined,
      isHandlersCall: false,
      batch: undefined,
    });
  }
}

const EMPTY: Json = {};

/** Recorded from AWS: the handler of a call without a body is given `{}`. */
function bodyOf(step: InvokeStep): { readonly payload: Json; readonly isNoJson: boolean } {
  if (step.payload !== undefined) return { payload: step.payload, isNoJson: false };
  if (step.body === undefined || step.body === '') return { payload: EMPTY, isNoJson: false };
  const payload = parsedJson(step.body);
  return payload === undefined ? { payload: step.body, isNoJson: true } : { payload, isNoJson: false };
}

/** A control-plane request reaches Lambda. A changed reserve binds some time later (CONC-RES-05). */
export function control(world: World, { step: index, call }: { step: number; call: string }): void {
  const step = world.scenario.steps[index];
  if (step?.do !== 'request') return;
  const reply = handleRequest(world.account, step, world.policy);
  followRequest(world, step);
  const afterMs = wireMs(world);
  const at = world.secondsIn(afterMs);
  if ('error' in reply) {
    const { status, error, message, reason } = reply;
    const rejected = { kind: 'rejected', at, call, status, error, message } as const;
    world.clock.in(afterMs, 'controlled', reason === undefined ? rejected : { ...rejected, reason });
  } else {
    const { status, output } = reply;
    const answered = { kind: 'answered', at, call, status } as const;
    world.clock.in(afterMs, 'controlled', output === undefined ? answered : { ...answered, output });
    if (step.operation === 'UpdateFunctionConfiguration')
      retireLatest(world.functionNamed(namedBy(step.input).name));
  }
  for (const owner of world.functions.values()) {
    if (owner.state.reserved === owner.reserved) continue;
    world.clock.in(world.chance.between(0, world.policy.reserveBindsWithinSeconds * 1_000), 'bind', owner);
  }
}

/** The control plane's answer is there. */
export function controlled(world: World, entry: Entry): void {
  world.recorder.push(entry);
  awaitNextStep(world);
}

/** A step that concerns a source is carried out. */
export function stepAtSource(world: World, index: number): void {
  const step = world.scenario.steps[index];
  if (step?.do === 'send') sendTo(world, step, index);
  else if (step?.do === 'reshard') reshard(world, step);
  else if (step?.do === 'permission') setPermission(world, step);
  awaitNextStep(world);
}

export function remove(world: World, resource: string): void {
  const state = world.account.resources.get(resource);
  if (state?.exists === true) {
    state.exists = false;
    world.recorder.push({ kind: 'removed', at: world.seconds, resource });
  }
  awaitNextStep(world);
}
