/** Which function, version or alias a request names, and whether the scenario has it. */
import type { Json } from '../../engine/json.ts';
import { mappingNamed } from '../../engine/mappingSettings.ts';
import { asObject, type JsonObject } from '../../engine/record.ts';
import type { ControlRequest, FunctionView, View } from '../../engine/view.ts';

/** The name of a function as a scenario writes it; longer or other ones go to the target as they are. */
export const functionNameOf = (input: JsonObject): string | undefined => textIn(input, 'FunctionName');

/** `function:f:1` and the like, which a target sends as an ARN with a qualifier. */
export const isQualifiedReference = (name: string): boolean =>
  name.startsWith('function:') && name.includes(':', 'function:'.length);

/** The declared function that a request names; undefined where there is none, or it may be gone or newly made. */
export function ownerOf(request: ControlRequest, view: View): FunctionView | undefined {
  const given = functionNameOf(request.step.input);
  if (given === undefined) return undefined;
  const name = given.startsWith('function:') ? given.slice('function:'.length).split(':')[0] : given;
  const owner = name === undefined ? undefined : view.functions.get(name);
  return owner === undefined || isRemovedSometime(owner.name, view) ? undefined : owner;
}

/** Whether the request names a function, version or alias that is not there. */
export function namesNothing(request: ControlRequest, view: View): boolean {
  const { input, operation } = request.step;
  if (operation.endsWith('EventSourceMapping')) return namesNoMapping(request, view);
  const name = functionNameOf(input);
  if (name === undefined || name.includes(':') || operation === 'CreateFunction') return false;
  const owner = view.functions.get(name);
  if (owner === undefined) return !isCreatedSometime(name, view);
  return !isRemovedSometime(name, view) && !hasQualifier(owner, input['Qualifier']);
}

/** Whether the request is for a mapping that was never made, and never asked for. */
function namesNoMapping({ step }: ControlRequest, view: View): boolean {
  if (step.operation === 'CreateEventSourceMapping') return false;
  const name = mappingNamed(step);
  if (name === undefined || view.mappings.has(name)) return false;
  return !view.history.scenario.steps.some((other) => other.do === 'request' && other.mapping === name);
}

/** Whether the request is for a mapping whose deletion was asked for before, or at the same time. */
export function mayBeDeleted({ step, requested }: ControlRequest, view: View): boolean {
  const name = mappingNamed(step);
  if (name === undefined || step.operation === 'CreateEventSourceMapping') return false;
  return view.requests.some(
    (other) =>
      other.step !== step &&
      other.step.operation === 'DeleteEventSourceMapping' &&
      mappingNamed(other.step) === name &&
      other.requested.at <= requested.at,
  );
}

/** Whether the function has this version or alias; `$LATEST` and no qualifier at all are always there. */
export function hasQualifier(owner: FunctionView, qualifier: Json | undefined): boolean {
  if (qualifier === undefined || qualifier === '$LATEST') return true;
  for (const alias of owner.spec.aliases ?? []) if (alias.name === qualifier) return true;
  for (let version = 1; version <= (owner.spec.versions ?? 0); version++)
    if (qualifier === String(version)) return true;
  return false;
}

function isRemovedSometime(name: string, view: View): boolean {
  for (const step of view.history.scenario.steps)
    if (step.do === 'remove' && step.resource === `function:${name}`) return true;
  return false;
}

function isCreatedSometime(name: string, view: View): boolean {
  for (const { step } of view.requests)
    if (step.operation === 'CreateFunction' && step.input['FunctionName'] === name) return true;
  return false;
}

/** The string under `key` of an object, where there is one. */
export function textIn(value: Json | undefined, key: string): string | undefined {
  const found = asObject(value)?.[key];
  return typeof found === 'string' ? found : undefined;
}
