/** One request to the control plane, before its function has a name. */
import type { Capability } from '../engine/capabilities.ts';
import type { Json } from '../engine/json.ts';
import type { Operation } from '../engine/scenario.ts';
import { choice, type Option } from './choice.ts';
import { type Arbitrary, fc } from './fc.ts';
import { type Feature, hasCalls, weigh } from './features.ts';
import { changeMomentArbitrary } from './moment.ts';
import { isOffered } from './requestNeeds.ts';
import { requestInputs } from './requests.ts';

/** Stands in a template for the function that the request is about. */
export const SELF = 'function:self';

/** The input without its `FunctionName`. */
export interface Template {
  readonly operation: Operation;
  readonly input: Readonly<Record<string, Json>>;
}

export type RequestDraft = readonly [
  kind: 'request',
  atSeconds: number,
  functionIndex: number,
  template: Template,
];

/** Features that bring requests, and how many steps are then requests for ten that are calls. */
const REQUESTING: Partial<Record<Feature, number>> = {
  reserveChanges: 3,
  configChanges: 4,
  deadLetterChanges: 2,
  loopChanges: 2,
  controlPlane: 5,
  requestRush: 30,
};

/** Weight of requests among the steps, where calls have 10. */
export const requestWeight = (features: ReadonlySet<Feature>): number =>
  Math.max(0, ...[...features].map((feature) => REQUESTING[feature] ?? 0));

/** @param capabilities what the target offers: no request names a place that it does not have */
export function requestArbitrary(
  features: ReadonlySet<Feature>,
  capabilities: ReadonlySet<Capability>,
): Arbitrary<RequestDraft> {
  const on = weigh(features);
  const all = [...changes(features), ...requestsInAndOutOfRange(features)];
  const offered = all.filter(([, { operation, input }]) => isOffered(capabilities, operation, input));
  return fc.tuple(
    fc.constant('request' as const),
    changeMomentArbitrary(features),
    choice<number>([3, 0], [on('functions', 1), 1], [on('functions', 1), 2]),
    choice<Template>(...offered),
  );
}

function changes(features: ReadonlySet<Feature>): Option<Template>[] {
  const on = weigh(features);
  const reserve = (weight: number, reserved: number): Option<Template> => [
    on('reserveChanges', weight),
    { operation: 'PutFunctionConcurrency', input: { ReservedConcurrentExecutions: reserved } },
  ];
  const config = (weight: number, operation: Operation, input: Template['input']): Option<Template> => [
    on('configChanges', weight),
    { operation, input },
  ];
  return [
    [on('reserveChanges', 3), { operation: 'DeleteFunctionConcurrency', input: {} }],
    reserve(3, 0),
    reserve(3, 1),
    reserve(1, 2),
    reserve(2, 5),
    [on('reserveChanges', 1), { operation: 'GetFunctionConcurrency', input: {} }],
    config(2, 'PutFunctionEventInvokeConfig', { MaximumRetryAttempts: 0 }),
    config(2, 'PutFunctionEventInvokeConfig', { MaximumEventAgeInSeconds: 120 }),
    config(2, 'PutFunctionEventInvokeConfig', {
      DestinationConfig: { OnFailure: { Destination: 'queue:failed' } },
    }),
    config(2, 'PutFunctionEventInvokeConfig', {
      MaximumRetryAttempts: 1,
      MaximumEventAgeInSeconds: 3_600,
      DestinationConfig: { OnSuccess: { Destination: 'queue:done' } },
    }),
    config(3, 'UpdateFunctionEventInvokeConfig', { MaximumRetryAttempts: 1 }),
    config(2, 'UpdateFunctionEventInvokeConfig', { MaximumEventAgeInSeconds: 60 }),
    config(1, 'UpdateFunctionEventInvokeConfig', {
      DestinationConfig: { OnSuccess: { Destination: 'queue:done' } },
    }),
    // AWS refuses a function as its own destination.
    config(isLoopFree(features) ? 2 : 0, 'PutFunctionEventInvokeConfig', {
      DestinationConfig: { OnFailure: { Destination: SELF } },
    }),
    config(6, 'GetFunctionEventInvokeConfig', {}),
    config(2, 'DeleteFunctionEventInvokeConfig', {}),
    [
      on('deadLetterChanges', 2),
      { operation: 'UpdateFunctionConfiguration', input: { DeadLetterConfig: { TargetArn: 'queue:dead' } } },
    ],
    [
      on('deadLetterChanges', 1),
      { operation: 'UpdateFunctionConfiguration', input: { DeadLetterConfig: {} } },
    ],
    [on('loopChanges', 1), { operation: 'PutFunctionRecursionConfig', input: { RecursiveLoop: 'Allow' } }],
    [
      on('loopChanges', 1),
      { operation: 'PutFunctionRecursionConfig', input: { RecursiveLoop: 'Terminate' } },
    ],
  ];
}

/**
 * Whether records of failure always succeed as events: then a target that takes a function as its own destination
 * does not run for ever.
 */
function isLoopFree(features: ReadonlySet<Feature>): boolean {
  const failing: Feature[] = [
    'zeroReserve',
    'accountLimit',
    'provisioned',
    'slowInit',
    'fresh',
    'controlPlane',
  ];
  return failing.every((feature) => !features.has(feature));
}

/** The requests of `requests.ts`, each about the function of the step instead of `f`. */
function requestsInAndOutOfRange(features: ReadonlySet<Feature>): Option<Template>[] {
  if (!features.has('controlPlane')) return [];
  return requestInputs
    .filter(({ needsVersions = false }) => !needsVersions || features.has('versions'))
    .filter(({ operation }) => operation !== 'Invoke' || hasCalls(features))
    .flatMap(({ operation, valid, invalid }) =>
      [...valid, ...invalid].map((input): Option<Template> => [1, withoutName(operation, input)]),
    );
}

const EXAMPLE = 'f';

function withoutName(operation: Operation, input: Readonly<Record<string, Json>>): Template {
  const { FunctionName, ...rest } = input;
  if (FunctionName === EXAMPLE) return { operation, input: rest };
  if (FunctionName === `function:${EXAMPLE}:1`)
    return { operation, input: { FunctionName: `${SELF}:1`, ...rest } };
  return { operation, input };
}
