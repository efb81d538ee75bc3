/** The bounds of single parameters, as the API reference and the quotas page give them. */
import { jsonBytes } from '../../engine/json.ts';
import { asObject, type JsonObject } from '../../engine/record.ts';
import type { Operation } from '../../engine/scenario.ts';
import type { ControlRequest, View } from '../../engine/view.ts';
import { functionNameOf, isQualifiedReference, textIn } from './naming.ts';

/**
 * In range; or AWS's pages (or what was seen) leave it open; or the constraint has nothing to say here; or out of
 * range, and how.
 */
export type Reading = 'inRange' | 'open' | 'aside' | { readonly fault: string };

export type Refusal = 'any' | 'as400';

export interface Constraint {
  readonly operations: readonly Operation[];
  /** Whether the input has anything that the constraint speaks of. */
  readonly isGiven: (input: JsonObject) => boolean;
  readonly read: (request: ControlRequest, view: View) => Reading;
  /**
   * How it must be refused. By default with 400, or 404 where something is missing too; `any`: in whatever way, for
   * AWS's pages do not say which check comes first; `as400`: for what is too long to be looked up at all.
   */
  readonly refusal?: Refusal;
}

const EVENT_INVOKE = ['PutFunctionEventInvokeConfig', 'UpdateFunctionEventInvokeConfig'] as const;
const CONFIGURATION = ['CreateFunction', 'UpdateFunctionConfiguration'] as const;

/** Whether a parameter is given. */
export const has =
  (key: string) =>
  (input: JsonObject): boolean =>
    input[key] !== undefined;

export const fault = (text: string): Reading => ({ fault: text });

function range(key: string, operations: readonly Operation[], least: number, most: number): Constraint {
  return {
    operations,
    isGiven: has(key),
    read: ({ step }) => {
      const value = step.input[key];
      if (typeof value !== 'number') return 'open';
      return value >= least && value <= most ? 'inRange' : fault(`${key} ${value}`);
    },
  };
}

function oneOf(key: string, operation: Operation, values: readonly string[]): Constraint {
  return {
    operations: [operation],
    isGiven: has(key),
    read: ({ step }) => {
      const value = step.input[key];
      if (typeof value !== 'string') return 'open';
      return values.includes(value) ? 'inRange' : fault(`${key} '${value}'`);
    },
  };
}

export const invocationType = oneOf('InvocationType', 'Invoke', ['Event', 'RequestResponse', 'DryRun']);
export const logType = oneOf('LogType', 'Invoke', ['None', 'Tail']);
export const recursiveLoop = oneOf('RecursiveLoop', 'PutFunctionRecursionConfig', ['Allow', 'Terminate']);
export const retryAttempts = range('MaximumRetryAttempts', EVENT_INVOKE, 0, 2);
export const eventAge = range('MaximumEventAgeInSeconds', EVENT_INVOKE, 60, 21_600);
export const provisionedLeast = range(
  'ProvisionedConcurrentExecutions',
  ['PutProvisionedConcurrencyConfig'],
  1,
  Number.POSITIVE_INFINITY,
);
export const reservedLeast = range(
  'ReservedConcurrentExecutions',
  ['PutFunctionConcurrency'],
  0,
  Number.POSITIVE_INFINITY,
);

/** AWS's guide says 900 seconds, the API's model 5,400 (for kinds of functions that came later): open in between. */
export const timeout: Constraint = {
  operations: CONFIGURATION,
  isGiven: has('Timeout'),
  read: ({ step }) => {
    const value = step.input['Timeout'];
    if (typeof value !== 'number' || (value > 900 && value <= 5_400)) return 'open';
    return value >= 1 && value <= 900 ? 'inRange' : fault(`Timeout ${value}`);
  },
};

/** How much AWS's own measure of 4 KB may differ from ours: the pages do not say what is counted beside the values. */
const ENVIRONMENT_MARGIN_BYTES = 256;

export const environment: Constraint = {
  operations: CONFIGURATION,
  isGiven: has('Environment'),
  read: ({ step }) => {
    const variables = asObject(step.input['Environment'])?.['Variables'];
    if (variables === undefined) return 'open';
    const bytes = jsonBytes(variables);
    if (bytes > 4_096 + ENVIRONMENT_MARGIN_BYTES) return fault(`${bytes} bytes of environment variables`);
    return bytes > 4_096 - ENVIRONMENT_MARGIN_BYTES ? 'open' : 'inRange';
  },
};

/** More than five layers must be refused; whether five are taken depends on whether they are there. */
export const layers: Constraint = {
  operations: CONFIGURATION,
  isGiven: has('Layers'),
  refusal: 'any',
  read: ({ step }) => {
    const given = step.input['Layers'];
    return Array.isArray(given) && given.length > 5 ? fault(`${given.length} layers`) : 'open';
  },
};

/** What AWS calls `FunctionName` in Invoke and in the event-invoke operations: up to 256 characters in any form. */
export const nameLength: Constraint = {
  operations: ['Invoke', ...EVENT_INVOKE],
  isGiven: has('FunctionName'),
  refusal: 'as400',
  read: ({ step }) => {
    const length = functionNameOf(step.input)?.length ?? 0;
    // A name alone that is longer than 64 cannot be there: whether it is refused as too long or as unknown is open.
    if (length > 64 && length <= 256) return 'open';
    return length <= 64 ? 'inRange' : fault(`a FunctionName of ${length} characters`);
  },
};

/** A new function's name: up to 64 characters. */
export const newNameLength: Constraint = {
  operations: ['CreateFunction'],
  isGiven: has('FunctionName'),
  read: ({ step }) => {
    const length = functionNameOf(step.input)?.length ?? 0;
    return length <= 64 ? 'inRange' : fault(`a FunctionName of ${length} characters`);
  },
};

export const qualifierLength: Constraint = {
  operations: ['Invoke', ...EVENT_INVOKE],
  isGiven: has('Qualifier'),
  refusal: 'as400',
  read: ({ step }) => {
    const length = textIn(step.input, 'Qualifier')?.length ?? 0;
    if (length === 0) return 'open';
    return length <= 128 ? 'inRange' : fault(`a Qualifier of ${length} characters`);
  },
};

export const clientContext: Constraint = {
  operations: ['Invoke'],
  isGiven: has('ClientContext'),
  refusal: 'any',
  read: ({ step }) => {
    const bytes = textIn(step.input, 'ClientContext')?.length;
    if (bytes === undefined) return 'open';
    return bytes <= 3_583 ? 'inRange' : fault(`a ClientContext of ${bytes} bytes`);
  },
};

/** AWS: `Destination` is an ARN of up to 350 characters; an empty one removes the destination. */
export const destinationText: Constraint = {
  operations: EVENT_INVOKE,
  isGiven: has('DestinationConfig'),
  read: ({ step }) => {
    const config = asObject(step.input['DestinationConfig']);
    let reading: Reading = 'open';
    for (const side of ['OnSuccess', 'OnFailure']) {
      const destination = textIn(config?.[side], 'Destination');
      if (destination === undefined || destination === '') continue;
      if (destination.length > 350) return fault(`a destination of ${destination.length} characters`);
      if (!/^(queue|topic|bus|bucket|function|arn|kafka):/.test(destination))
        return fault(`the destination '${destination}', which is no ARN`);
      reading = 'inRange';
    }
    return reading;
  },
};

/** Recorded from AWS; the page says that a setting must be given only between the lines. */
export const putSetsSomething: Constraint = {
  operations: ['PutFunctionEventInvokeConfig'],
  isGiven: (input) =>
    input['MaximumRetryAttempts'] === undefined &&
    input['MaximumEventAgeInSeconds'] === undefined &&
    input['DestinationConfig'] === undefined,
  read: () => fault('no setting given'),
};

export const reservedUnqualified: Constraint = {
  operations: ['PutFunctionConcurrency'],
  isGiven: (input) => isQualifiedReference(functionNameOf(input) ?? ''),
  read: () => fault('a version or alias in place of a function'),
};

export const reservedGiven: Constraint = {
  operations: ['PutFunctionConcurrency'],
  isGiven: (input) => input['ReservedConcurrentExecutions'] === undefined,
  read: () => fault('no ReservedConcurrentExecutions'),
};

export const provisionedQualifier: Constraint = {
  operations: ['PutProvisionedConcurrencyConfig'],
  isGiven: (input) => input['Qualifier'] === undefined,
  read: () => fault('no Qualifier'),
};

export const provisionedPublished: Constraint = {
  operations: ['PutProvisionedConcurrencyConfig'],
  isGiven: has('Qualifier'),
  read: ({ step }) => (step.input['Qualifier'] === '$LATEST' ? fault('Qualifier $LATEST') : 'inRange'),
};
