/** The reference model: AWS Lambda's invocation models as a discrete-event simulation with a virtual clock. */
import type { History } from '../../engine/history.ts';
import type { Scenario } from '../../engine/scenario.ts';
import { eventAttempted, eventStarted, poll, repeat } from './asyncQueue.ts';
import type { Attempt } from './attempt.ts';
import { endAttempt, enterHandler } from './attempts.ts';
import { deliver } from './delivering.ts';
import { goOn, startHandler } from './handlersCalls.ts';
import type { Answering, Happening } from './happening.ts';
import type { Invocation } from './invocation.ts';
import { answer, answerSync, arrive } from './invoke.ts';
import { showMetrics } from './metrics.ts';
import type { Tamper } from './mutant.ts';
import { discard, succeed } from './outcomes.ts';
import { activate, createFresh, look } from './pending.ts';
import { type Policy, policyWith } from './policy.ts';
import { batchEnded } from './polling/batch.ts';
import { startDeclared } from './polling/lifecycle.ts';
import { awaitNextStep, beginStep, control, controlled, remove, stepAtSource } from './steps.ts';
import { closeStream, openStream } from './streaming.ts';
import { World } from './world.ts';

/**
 * Nothing that AWS documents lasts longer than an event may grow old, six hours. A mutant may know no end: the
 * observer leaves a day after the last step.
 */
const LONGEST_MS = 24 * 3_600 * 1_000;

export interface SimulateOptions {
  /** Entries of the policy table taken otherwise than documented. */
  readonly policy?: Partial<Policy> | undefined;
  /** Changes what is shown of what happens. */
  readonly tamper?: ((scenario: Scenario) => Tamper) | undefined;
}

/**
 * Runs a scenario to its end, when nothing can happen any more, and tells all that was seen. The same scenario,
 * seed and options give the same history, byte for byte.
 * @param seed of all that AWS leaves open, any 32-bit integer
 */
export function simulate(scenario: Scenario, seed: number, options?: SimulateOptions): History {
  const world = new World(scenario, seed, policyWith(options?.policy), options?.tamper?.(scenario));
  createFresh(world);
  startDeclared(world);
  awaitNextStep(world);
  let leavesAt = LONGEST_MS;
  for (const { atSeconds } of scenario.steps) leavesAt = Math.max(leavesAt, LONGEST_MS + 1_000 * atSeconds);
  let next = world.clock.next();
  for (; next !== undefined && next.at <= leavesAt; next = world.clock.next()) happen(world, next);
  showMetrics(world);
  for (const source of world.sources.values()) {
    const remaining = source.remaining(world);
    if (remaining !== undefined) world.recorder.push(remaining);
  }
  const at = world.seconds;
  world.recorder.push(next === undefined ? { kind: 'closed', at, isComplete: true } : { kind: 'closed', at });
  return { scenario, entries: world.recorder.finish() };
}

function happen(world: World, { what, subject }: Happening): void {
  switch (what) {
    case 'step':
      beginStep(world, subject);
      return;
    case 'arrive':
      arrive(world, subject);
      return;
    case 'answer':
      takeAnswer(world, subject);
      return;
    case 'hangUp':
      hangUp(world, subject);
      return;
    case 'enter':
      enter(world, subject);
      return;
    case 'end':
      end(world, subject);
      return;
    case 'poll':
      poll(world, subject);
      return;
    case 'repeat':
      repeat(world, subject);
      return;
    case 'deliver':
      deliver(world, subject);
      return;
    case 'control':
      control(world, subject);
      return;
    case 'controlled':
      controlled(world, subject);
      return;
    case 'bind':
      subject.reserved = subject.state.reserved;
      return;
    case 'look':
      look(world, subject);
      return;
    case 'activate':
      activate(subject);
      return;
    case 'remove':
      remove(world, subject);
      return;
    case 'source':
      stepAtSource(world, subject);
      return;
    case 'turn':
      subject.turn(world);
  }
}

/** A caller sees an answer, if it is still there. A handler that waited for it goes on. */
function takeAnswer(world: World, { invocation, entry }: Answering): void {
  const { cause, isHandlersCall, own } = invocation.asked;
  if (invocation.isOver || (isHandlersCall && cause?.isOver === true)) return;
  world.recorder.push(entry);
  if (entry.kind === 'answered') invocation.isOver = own?.stream !== true || !invocation.isStreaming;
  else if (entry.kind === 'rejected') invocation.isOver = true;
  else if (entry.kind === 'streamed') invocation.isOver = entry.event === 'InvokeComplete';
  if (isHandlersCall && cause !== undefined) goOn(world, cause);
}

function hangUp(world: World, invocation: Invocation): void {
  if (invocation.isOver) return;
  invocation.isOver = true;
  world.recorder.push({ kind: 'hungUp', at: world.seconds, call: invocation.asked.call });
}

function enter(world: World, attempt: Attempt): void {
  enterHandler(world, attempt);
  const { asked } = attempt.invocation;
  if (asked.own?.stream === true) openStream(world, attempt);
  if (asked.type === 'Event') eventStarted(world, attempt);
  startHandler(world, attempt);
}

function end(world: World, attempt: Attempt): void {
  const result = endAttempt(world, attempt);
  if (result === undefined || attempt.isDuplicate) return;
  const { invocation, owner } = attempt;
  const { asked } = invocation;
  if (asked.batch !== undefined) {
    batchEnded(world, attempt, asked.batch, result);
    return;
  }
  if (asked.type === 'Event') {
    if (world.policy.answersEventsWithResult && invocation.attempts === 0)
      answer(world, invocation, { status: world.policy.acceptedStatus });
    eventAttempted(world, attempt, result);
    return;
  }
  if (asked.own?.stream === true) closeStream(world, attempt, result);
  else answerSync(world, attempt, result);
  if (!world.policy.destinationsForSyncCalls) return;
  invocation.last = result;
  if (result.isError) discard(world, owner, invocation, 'exhausted', attempt);
  else succeed(world, attempt, result);
}
