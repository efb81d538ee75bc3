/** Which event-invoke configuration there may have been when a request came. */
import { constant, type EventInvokeConfig, hasKnownEffect, possible } from '../../engine/configuration.ts';
import type { ControlRequest, View } from '../../engine/view.ts';
import { areTogether } from './answers.ts';
import { functionNameOf, ownerOf } from './naming.ts';

const NEVER = constant<EventInvokeConfig | null>(null);

/** Whether the request, unless it was refused, changed an event-invoke configuration. */
function isChange({ step, rejected }: ControlRequest): boolean {
  if (rejected !== undefined) return false;
  switch (step.operation) {
    case 'PutFunctionEventInvokeConfig':
    case 'UpdateFunctionEventInvokeConfig':
    case 'DeleteFunctionEventInvokeConfig':
      return true;
    default:
      return false;
  }
}

/**
 * The configurations that the function or qualifier may have had when the request came, null for none; undefined
 * where another change was under way at the same time, or where it builds on a change whose effect nobody knows.
 */
export function configsBefore(
  request: ControlRequest,
  view: View,
): readonly (EventInvokeConfig | null)[] | undefined {
  const owner = ownerOf(request, view);
  if (owner === undefined) return undefined;
  const qualifier = request.step.input['Qualifier'] ?? '$LATEST';
  const from = request.requested.at;
  let earlier = 0;
  let isEarlier = true;
  let isOpen = false;
  let earlierEnd = Number.NEGATIVE_INFINITY;
  for (const other of view.requests) {
    if (other === request) {
      isEarlier = false;
      continue;
    }
    if (!isChange(other) || ownerOf(other, view) !== owner) continue;
    // A name in another form than the scenario's is not followed through time.
    if (functionNameOf(other.step.input) !== owner.name) return undefined;
    if ((other.step.input['Qualifier'] ?? '$LATEST') !== qualifier) continue;
    if (areTogether(request, other)) return undefined;
    if (!isEarlier) continue;
    earlier++;
    if (other.requested.at <= earlierEnd || !hasKnownEffect(other.step)) isOpen = true;
    else if (other.step.operation !== 'UpdateFunctionEventInvokeConfig') isOpen = false;
    earlierEnd = Math.max(earlierEnd, other.answered?.at ?? Number.POSITIVE_INFINITY);
  }
  if (isOpen) return undefined;
  const timeline = typeof qualifier === 'string' ? (owner.eventInvoke.get(qualifier) ?? NEVER) : NEVER;
  return possible(timeline.slice(0, 1 + earlier), from, from);
}
