/** The requests of a view that were answered to the point, by what they ask for: most rules on them are about few operations. */
import type { Operation } from '../../engine/scenario.ts';
import type { ControlRequest, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { isJudgeable } from './answers.ts';

export const CREATE = ['CreateEventSourceMapping'] as const;
export const CREATE_OR_UPDATE = [...CREATE, 'UpdateEventSourceMapping'] as const;
export const OF_MAPPINGS = [
  ...CREATE_OR_UPDATE,
  'GetEventSourceMapping',
  'DeleteEventSourceMapping',
] as const;

const NOTHING: readonly ControlRequest[] = [];

const byOperation = once((view: View): ReadonlyMap<Operation, readonly ControlRequest[]> | undefined => {
  let found: Map<Operation, ControlRequest[]> | undefined;
  for (const request of view.requests) {
    if (!isJudgeable(request)) continue;
    found ??= new Map();
    const { operation } = request.step;
    const known = found.get(operation);
    if (known === undefined) found.set(operation, [request]);
    else known.push(request);
  }
  return found;
});

/** Selects the requests for these operations that are so, of those that were answered to the point. */
export const asking =
  (operations: readonly Operation[], isOne: (request: ControlRequest, view: View) => boolean) =>
  (view: View): readonly ControlRequest[] => {
    const all = byOperation(view);
    if (all === undefined) return NOTHING;
    let found: ControlRequest[] | undefined;
    for (const operation of operations) {
      for (const request of all.get(operation) ?? NOTHING) {
        if (!isOne(request, view)) continue;
        found ??= [];
        found.push(request);
      }
    }
    // As they were made, whatever their operation: what broke first is told first.
    return operations.length > 1 && found !== undefined ? found.sort(inOrder) : (found ?? NOTHING);
  };

const inOrder = (a: ControlRequest, b: ControlRequest): number =>
  a.requested.at - b.requested.at || a.requested.step - b.requested.step;
