/** AWS, invocation-async-configuring.html and invocation-async-retain-records.html: requests that configure. */
import type { EventInvokeConfig } from '../../engine/configuration.ts';
import { DEFAULT_EVENT_INVOKE } from '../../engine/configuration.ts';
import type { Json } from '../../engine/json.ts';
import { asObject, type JsonObject } from '../../engine/record.ts';
import { api, defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { ControlRequest, View } from '../../engine/view.ts';
import { isJudgeable } from '../limits/answers.ts';
import { configsBefore } from '../limits/configs.ts';
import { constrained } from '../limits/faults.ts';
import { namesNothing, textIn } from '../limits/naming.ts';
import { deadLetterKind, destinationKind } from '../limits/places.ts';

export const dest11 = defineRule({
  id: 'ASYNC-DEST-11',
  level: 'MUST',
  invariant:
    'A destination is a standard queue, a standard topic, a function, an event bus or, for failures only, a bucket.',
  sources: [guide('invocation-async-retain-records'), api('PutFunctionEventInvokeConfig')],
  needs: ['destinations'],
  isOfRequests: true,
  ...constrained(destinationKind),
});

export const dlq06 = defineRule({
  id: 'ASYNC-DLQ-06',
  level: 'MUST',
  invariant:
    'A dead-letter target is a standard SQS queue or a standard SNS topic; any other resource is refused.',
  sources: [guide('invocation-async-retain-records#invocation-dlq'), api('DeadLetterConfig')],
  needs: ['deadLetter'],
  isOfRequests: true,
  ...constrained(deadLetterKind),
});

/** Answers that show an event-invoke configuration, and answers that there is none to read or to change. */
const shownConfigs = (view: View): readonly ControlRequest[] => {
  let found: ControlRequest[] | undefined;
  for (const request of view.requests) {
    if (!isTelling(request, view)) continue;
    found ??= [];
    found.push(request);
  }
  return found ?? NOTHING;
};

const NOTHING: readonly ControlRequest[] = [];

function isTelling(request: ControlRequest, view: View): boolean {
  const { step, answered, rejected } = request;
  switch (step.operation) {
    case 'PutFunctionEventInvokeConfig':
      return answered !== undefined && asObject(answered.output) !== undefined;
    case 'UpdateFunctionEventInvokeConfig':
    case 'GetFunctionEventInvokeConfig':
      if (answered !== undefined) return asObject(answered.output) !== undefined;
      return rejected?.status === 404 && isJudgeable(request) && isCertain(request, view);
    default:
      return false;
  }
}

/** Whether there is a configuration for certain, and for a qualifier that is there. */
function isCertain(request: ControlRequest, view: View): boolean {
  if (namesNothing(request, view)) return false;
  const before = configsBefore(request, view);
  return before !== undefined && before.length > 0 && !before.includes(null);
}

export const cfg03 = defineRule({
  id: 'ASYNC-CFG-03',
  level: 'MUST',
  invariant:
    'PutFunctionEventInvokeConfig replaces the whole configuration, UpdateFunctionEventInvokeConfig only what is given.',
  sources: [api('PutFunctionEventInvokeConfig'), guide('invocation-async-configuring')],
  needs: ['eventInvokeConfig'],
  isOfRequests: true,
  note: 'A setting that is not shown counts as its default. Which destination an Update keeps that gives only the other is open.',
  subjects: shownConfigs,
  check: (request, view): Finding => {
    const { answered, rejected, step } = request;
    if (rejected !== undefined) {
      const expected = `${step.operation} finds the configuration that is there`;
      return { expected, observed: `${rejected.status} ${rejected.error}`, entries: [rejected] };
    }
    const before = configsBefore(request, view);
    if (before === undefined || answered === undefined)
      return { unknown: 'what was configured before is not certain' };
    const output = asObject(answered.output) ?? {};
    let expected = '';
    for (const config of before) {
      const difference = differenceTo(config, step.operation, step.input, output);
      if (difference === undefined) return;
      expected = difference.expected;
    }
    if (expected === '') return;
    return { expected: `${step.operation} shows ${expected}`, observed: told(output), entries: [answered] };
  },
});

/** What the answer should show and does not, if `before` was there; undefined where it is as it should be. */
function differenceTo(
  before: EventInvokeConfig | null,
  operation: string,
  input: JsonObject,
  output: JsonObject,
): { readonly expected: string } | undefined {
  // A Get that answers where there was nothing is another rule's affair (LIM-ERR-01).
  if (operation === 'GetFunctionEventInvokeConfig' && before === null) return undefined;
  const base = operation === 'PutFunctionEventInvokeConfig' ? null : before;
  const given = operation === 'GetFunctionEventInvokeConfig' ? {} : input;
  const retries = setting(given['MaximumRetryAttempts'], base?.maximumRetryAttempts, 'maximumRetryAttempts');
  const age = setting(
    given['MaximumEventAgeInSeconds'],
    base?.maximumEventAgeSeconds,
    'maximumEventAgeSeconds',
  );
  const isAsExpected =
    retries === setting(output['MaximumRetryAttempts'], undefined, 'maximumRetryAttempts') &&
    age === setting(output['MaximumEventAgeInSeconds'], undefined, 'maximumEventAgeSeconds') &&
    isDestination('OnSuccess', base?.onSuccess, given, output) &&
    isDestination('OnFailure', base?.onFailure, given, output);
  return isAsExpected ? undefined : { expected: `${retries} retries, ${age} s and the destinations given` };
}

const setting = (
  given: Json | undefined,
  before: number | undefined,
  name: 'maximumRetryAttempts' | 'maximumEventAgeSeconds',
): number => (typeof given === 'number' ? given : (before ?? DEFAULT_EVENT_INVOKE[name]));

function isDestination(
  side: 'OnSuccess' | 'OnFailure',
  before: string | undefined,
  given: JsonObject,
  output: JsonObject,
): boolean {
  const shown = destinationOf(output, side);
  const config = asObject(given['DestinationConfig']);
  if (config === undefined) return isSame(shown, before);
  if (config[side] !== undefined) return isSame(shown, destinationOf(given, side));
  return isSame(shown, before) || shown === undefined;
}

/** The destination of one side; undefined for none, which is also written as an empty text. */
function destinationOf(config: JsonObject, side: string): string | undefined {
  const destination = textIn(asObject(config['DestinationConfig'])?.[side], 'Destination');
  return destination === '' ? undefined : destination;
}

/** A function is written `function:g` in a scenario, and shown by its ARN. */
const isSame = (shown: string | undefined, given: string | undefined): boolean =>
  shown === given ||
  (shown !== undefined && given?.startsWith('function:') === true && shown.includes(`:${given}`));

function told(output: JsonObject): string {
  const shown = (key: string) => String(output[key] ?? 'default');
  return `${shown('MaximumRetryAttempts')} retries, ${shown('MaximumEventAgeInSeconds')} s, ${JSON.stringify(output['DestinationConfig'] ?? {})}`;
}
