/** The functions that mappings invoke, and what goes on beside the mappings. */
import type { FunctionSpec, Step } from '../../engine/scenario.ts';
import type { MappingSpec } from '../../engine/sourceSpec.ts';
import type { Setting } from './setting.ts';

/** Declares a function for mappings. */
export function pollingFunction(setting: Setting, name: string): FunctionSpec {
  const { draw, isRealTime, capabilities } = setting;
  const known = setting.functions.find((declared) => declared.name === name);
  if (known !== undefined) return known;
  const spec: FunctionSpec = { name, timeoutSeconds: isRealTime ? 1 : draw.of([1, 2, 3, 3, 10]) };
  if (setting.uses('reserves', 50)) spec.reservedConcurrency = draw.of([1, 2, 3, 5, 10]);
  if (setting.uses('qualifiers')) {
    spec.versions = 2;
    if (capabilities.has('aliases')) spec.aliases = [{ name: 'live', version: draw.of(['1', '2']) }];
  }
  if (setting.uses('outlets', 60)) {
    const hasDestinations = capabilities.has('destinations');
    if (capabilities.has('deadLetter') && (!hasDestinations || draw.percent(60)))
      spec.deadLetter = setting.queue({ name: 'fdead' });
    if (hasDestinations) {
      spec.eventInvoke = [
        {
          qualifier: '$LATEST',
          maximumRetryAttempts: draw.int(0, 1),
          onFailure: setting.queue({ name: 'ffailed' }),
          onSuccess: setting.queue({ name: 'fdone' }),
        },
      ];
    }
  }
  setting.functions.push(spec);
  return spec;
}

/** The function that is stopped first, of those that read the same records: what fits into its time, fits into all. */
export const shortestTimeout = ({ functions }: Setting, readers: readonly MappingSpec[]): number =>
  Math.min(
    ...functions
      .filter(({ name }) => readers.some((reader) => reader.function === name))
      .map(({ timeoutSeconds }) => timeoutSeconds),
  );

/** The version or alias that a mapping names. */
export function qualifierOf(setting: Setting, spec: FunctionSpec): Pick<MappingSpec, 'qualifier'> {
  if (spec.versions === undefined) return {};
  return { qualifier: setting.draw.of(['1', '2', ...(spec.aliases === undefined ? [] : ['live'])]) };
}

/** When something happens under way. */
export const moment = (setting: Setting): number => {
  const { draw } = setting;
  if (setting.traits.has('later') && draw.percent(40)) return draw.of([60, 90, 180, 600]);
  return draw.seconds(0, setting.isRealTime ? 2 : 8);
};

/** When a change under way has settled, and what came of it shows. */
const afterwards = (setting: Setting): number => (setting.isRealTime ? 4 : setting.draw.of([20, 30, 120]));

/** Faults beside the handler, and calls that share the function's concurrency. */
export function disturb(setting: Setting, spec: FunctionSpec, resources: readonly string[]): void {
  const { draw, steps } = setting;
  if (setting.uses('throttling', 60)) {
    const at = moment(setting);
    const reserve = (atSeconds: number, ReservedConcurrentExecutions: number): Step => ({
      atSeconds,
      do: 'request',
      operation: 'PutFunctionConcurrency',
      input: { FunctionName: spec.name, ReservedConcurrentExecutions },
    });
    steps.push(reserve(at, draw.of([0, 0, 1])), reserve(at + afterwards(setting), draw.of([2, 5, 20])));
  }
  if (setting.uses('calls', 60)) {
    const isEvent = draw.percent(50);
    const event = setting.nextEvent();
    steps.push({
      atSeconds: moment(setting),
      do: 'invoke',
      function: spec.name,
      type: isEvent ? 'Event' : 'RequestResponse',
      event,
      payload: { call: event },
      plan:
        isEvent && draw.percent(40)
          ? ['throw', 'ok']
          : [{ do: 'ok', afterSeconds: setting.isRealTime ? 0.3 : 0.5 }],
      ...(draw.percent(30) ? { times: draw.int(2, 5) } : {}),
    });
  }
  const [first, ...others] = resources;
  if (first !== undefined && setting.uses('roles', 60)) {
    const at = moment(setting);
    const permission = (atSeconds: number, isAllowed: boolean): Step => ({
      atSeconds,
      do: 'permission',
      function: spec.name,
      resource: first,
      isAllowed,
    });
    steps.push(permission(at, false));
    if (draw.percent(75)) steps.push(permission(at + afterwards(setting), true));
  }
  if (first !== undefined && setting.uses('removals', 50)) {
    // Where failures go is gone early: what fails afterwards can be told nowhere.
    const [other] = others;
    const isOther = other !== undefined && draw.percent(70);
    const atSeconds = isOther && draw.percent(50) ? 1 : moment(setting) + 1;
    steps.push({ atSeconds, do: 'remove', resource: isOther ? other : first });
  }
}

/** The mapping disabled and enabled, changed or deleted under way. */
export function reconfigure(
  setting: Setting,
  mapping: MappingSpec,
  changes: readonly [Change, ...Change[]],
): void {
  const { draw, steps } = setting;
  const request = (
    atSeconds: number,
    operation: 'UpdateEventSourceMapping' | 'DeleteEventSourceMapping',
    input: Change,
  ): Step => ({
    atSeconds,
    do: 'request',
    operation,
    input: { UUID: `mapping:${mapping.name}`, ...input },
  });
  if (setting.uses('disabling', 60)) {
    const at = moment(setting);
    if (mapping.enabled !== false) steps.push(request(at, 'UpdateEventSourceMapping', { Enabled: false }));
    steps.push(request(at + afterwards(setting), 'UpdateEventSourceMapping', { Enabled: true }));
  }
  if (setting.uses('updating', 60))
    steps.push(request(moment(setting), 'UpdateEventSourceMapping', draw.of(changes)));
  if (setting.uses('deleting', 50)) {
    const at = moment(setting);
    steps.push(request(at, 'DeleteEventSourceMapping', {}));
    if (draw.percent(50)) {
      // While it is being deleted: a change must be refused, and a look tells the state.
      if (draw.percent(60)) steps.push(request(at, 'UpdateEventSourceMapping', draw.of(changes)));
      steps.push({
        atSeconds: at,
        do: 'request',
        operation: 'GetEventSourceMapping',
        input: { UUID: `mapping:${mapping.name}` },
      });
    }
  }
}

export type Change = Record<string, import('../../engine/json.ts').Json>;
