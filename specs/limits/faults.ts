/** All constraints together, and the subjects and the check of a rule that stands on some of them. */
import type { Finding } from '../../engine/rule.ts';
import type { ControlRequest, View } from '../../engine/view.ts';
import { isJudgeable, mustBeRefused, mustNotBeRefused } from './answers.ts';
import { leavesUnreserved, withinReserve } from './capacity.ts';
import type { Constraint, Reading } from './constraints.ts';
import * as bounds from './constraints.ts';
import { hasQualifier, isQualifiedReference, ownerOf } from './naming.ts';
import { deadLetterKind, destinationKind } from './places.ts';

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
];

const NOTHING: readonly ControlRequest[] = [];

const speaksOf = (constraint: Constraint, { step }: ControlRequest): boolean =>
  constraint.operations.includes(step.operation) && constraint.isGiven(step.input);

/** What is known to be wrong with a request; undefined where nothing is. */
export function faultOf(request: ControlRequest, view: View): string | undefined {
  for (const constraint of ALL) {
    if (!speaksOf(constraint, request)) continue;
    const reading = constraint.read(request, view);
    if (typeof reading === 'object' && constraint.refusal !== 'any') return reading.fault;
  }
  return undefined;
}

/** Whether nothing is known that AWS might refuse a request for: it names what is there, and all of it is in range. */
function isFaultless(request: ControlRequest, view: View): boolean {
  if (request.step.operation !== 'CreateFunction' && !isForSomething(request, view)) return false;
  for (const constraint of ALL) {
    if (!speaksOf(constraint, request)) continue;
    const reading = constraint.read(request, view);
    if (reading !== 'inRange' && reading !== 'aside') return false;
  }
  return true;
}

/** Whether the request is for a declared function, version or alias that is ready for it. */
function isForSomething(request: ControlRequest, view: View): boolean {
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
  return {
    subjects: (view) => {
      if (view.requests.length === 0) return NOTHING;
      return view.requests.filter((request) => {
        const readings = readingsOf(constraints, request, view);
        if (readings.length === 0 || !isJudgeable(request)) return false;
        return readings.some((reading) => typeof reading === 'object') || isFaultless(request, view);
      });
    },
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

function readingsOf(constraints: readonly Constraint[], request: ControlRequest, view: View): Reading[] {
  const readings: Reading[] = [];
  for (const constraint of constraints) {
    if (!speaksOf(constraint, request)) continue;
    const reading = constraint.read(request, view);
    if (reading !== 'aside') readings.push(reading);
  }
  return readings;
}
