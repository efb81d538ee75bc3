/** All constraints together, and the subjects and the check of a rule that stands on some of them. */
import type { Finding } from '../../engine/rule.ts';
import { OPERATIONS, type Operation } from '../../engine/scenario.ts';
import type { ControlRequest, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { mustBeRefused, mustNotBeRefused } from './answers.ts';
import { asking } from './asking.ts';
import { leavesUnreserved, withinReserve } from './capacity.ts';
import type { Constraint } from './constraints.ts';
import * as bounds from './constraints.ts';
import * as mappings from './mappingBounds.ts';
import { isForMapping } from './mappingRequests.ts';
import { hasQualifier, isQualifiedReference, ownerOf } from './naming.ts';
import { deadLetterKind, destinationKind } from './places.ts';
import * as queues from './queueBounds.ts';
import { isForQueue } from './queueRequests.ts';

const ALL: readonly Constraint[] = [
  bounds.invocationType,
  bounds.logType,
  bounds.recursiveLoop,
  bounds.nameLength,
  bounds.newNameLength,
  bounds.qualifierLength,
  bounds.clientContext,
  bounds.timeout,
  bounds.environment,
  bounds.layers,
  bounds.retryAttempts,
  bounds.eventAge,
  bounds.destinationText,
  bounds.putSetsSomething,
  bounds.reservedLeast,
  bounds.reservedUnqualified,
  bounds.reservedGiven,
  bounds.provisionedLeast,
  bounds.provisionedQualifier,
  bounds.provisionedPublished,
  destinationKind,
  deadLetterKind,
  leavesUnreserved,
  withinReserve,
  ...Object.values(mappings),
  ...Object.values(queues),
];

/** By operation, for this is asked of every request. */
const OF_OPERATION: ReadonlyMap<Operation, readonly Constraint[]> = new Map(
  OPERATIONS.map((operation) => [operation, ALL.filter(({ operations }) => operations.includes(operation))]),
);

const NONE: readonly Constraint[] = [];

const speaksOf = (constraint: Constraint, { step }: ControlRequest): boolean =>
  constraint.operations.includes(step.operation) && constraint.isGiven(step.input);

/** What is known to be wrong with a request; undefined where nothing is. */
export function faultOf(request: ControlRequest, view: View): string | undefined {
  for (const constraint of OF_OPERATION.get(request.step.operation) ?? NONE) {
    if (!constraint.isGiven(request.step.input)) continue;
    const reading = constraint.read(request, view);
    if (typeof reading === 'object' && constraint.refusal !== 'any') return reading.fault;
  }
  return undefined;
}

/** Whether nothing is known that AWS might refuse a request for: it names what is there, and all of it is in range. */
function isFaultless(request: ControlRequest, view: View): boolean {
  if (!isForSomething(request, view)) return false;
  for (const constraint of OF_OPERATION.get(request.step.operation) ?? NONE) {
    if (!constraint.isGiven(request.step.input)) continue;
    const reading = constraint.read(request, view);
    if (reading !== 'inRange' && reading !== 'aside') return false;
  }
  return true;
}

/** The requests of a view with which nothing is wrong: nearly every rule about requests asks. */
const faultless = once((view: View): ReadonlySet<ControlRequest> => {
  const found = new Set<ControlRequest>();
  for (const request of view.requests) if (isFaultless(request, view)) found.add(request);
  return found;
});

/** Whether the request is for something new, or for what is there and ready for it. */
function isForSomething(request: ControlRequest, view: View): boolean {
  switch (request.step.operation) {
    case 'CreateFunction':
    case 'CreateQueue':
      return true;
    case 'SetQueueAttributes':
      return isForQueue(request, view);
    case 'CreateEventSourceMapping':
    case 'UpdateEventSourceMapping':
    case 'DeleteEventSourceMapping':
    case 'GetEventSourceMapping':
      return isForMapping(request, view);
    default:
      return isForFunction(request, view);
  }
}

/** Whether it is for a declared function, version or alias that is ready for it. */
function isForFunction(request: ControlRequest, view: View): boolean {
  const { input } = request.step;
  const owner = ownerOf(request, view);
  if (owner === undefined || owner.spec.fresh === true) return false;
  return !isQualifiedReference(String(input['FunctionName'])) && hasQualifier(owner, input['Qualifier']);
}

/** A constraint as subjects and check: out of range must be refused, in range and nothing else wrong must not. */
export function constrained(...constraints: readonly Constraint[]): {
  subjects: (view: View) => readonly ControlRequest[];
  check: (request: ControlRequest, view: View) => Finding;
} {
  const operations = new Set(constraints.flatMap((constraint) => constraint.operations));
  return {
    subjects: asking([...operations], (request, view) => isSubject(constraints, request, view)),
    check: (request, view) => {
      for (const constraint of constraints) {
        if (!speaksOf(constraint, request)) continue;
        const reading = constraint.read(request, view);
        if (typeof reading === 'object')
          return mustBeRefused(request, view, reading.fault, constraint.refusal);
      }
      return mustNotBeRefused(request);
    },
  };
}

/** Whether a constraint has something to say of the request. */
function isSubject(constraints: readonly Constraint[], request: ControlRequest, view: View): boolean {
  let isInRange = false;
  for (const constraint of constraints) {
    if (!speaksOf(constraint, request)) continue;
    const reading = constraint.read(request, view);
    if (typeof reading === 'object') return true;
    if (reading === 'inRange') isInRange = true;
  }
  return isInRange && faultless(view).has(request);
}
