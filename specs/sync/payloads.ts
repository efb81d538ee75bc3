/** AWS, API_Invoke.html: what the response says of how the attempt ended. */
import { isFiller, type Json, jsonBytes, jsonEqual } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { Call } from '../../engine/view.ts';
import { certainOutcome } from './ends.ts';
import { fits } from './flaws.ts';
import { answeredAttempt, isOwn, TWIN } from './ownership.ts';
import { answeredAndAttempted, functionErrors, those } from './subjects.ts';

const hasNoFunctionError = (call: Call): boolean => call.answered?.functionError === undefined;

export const errhdr01 = defineRule({
  id: 'SYNC-ERRHDR-01',
  level: 'MUST',
  invariant: 'FunctionError is present if, and only if, the attempt ended in a function error.',
  sources: [api('Invoke'), guide('invocation-retries')],
  subjects: answeredAndAttempted,
  check: (call, view, tolerances) => {
    const attempt = answeredAttempt(call);
    const { answered } = call;
    if (attempt === undefined || answered === undefined) return { unknown: 'several attempts' };
    const isTold = answered.functionError !== undefined;
    const outcome = certainOutcome(attempt, answered.payload, tolerances);
    if (outcome === undefined) return { unknown: 'how the attempt ended is not certain' };
    if (isTold === (outcome === 'failure')) return;
    const result = attempt.ended?.result;
    // A result that may be too large becomes an error on its way: SYNC-RESPSIZE-01.
    if (isTold && result !== undefined && fits(result, jsonBytes, tolerances) !== true) {
      return { unknown: 'its result may have been too large' };
    }
    if (!isOwn(call, attempt, view)) return { unknown: TWIN };
    return {
      expected: `${outcome === 'failure' ? 'FunctionError' : 'no FunctionError'} for ${call.event}, whose attempt ended in "${attempt.outcome}"`,
      observed: answered.functionError ?? 'no FunctionError',
      entries: [answered, attempt.ended ?? attempt.started],
    };
  },
});

export const errhdr02 = defineRule({
  id: 'SYNC-ERRHDR-02',
  level: 'SHOULD',
  invariant: 'The value of FunctionError is "Unhandled" for every function error.',
  sources: [api('Invoke'), guide('invocation-async-retain-records')],
  isSilent: true,
  note: 'The API reference gives no set of values: every example of it, and every response of AWS seen, has Unhandled.',
  subjects: functionErrors,
  observe: ({ answered }) => {
    const value = answered?.functionError;
    return value === 'Unhandled' || value === 'Handled' ? value : 'neither Unhandled nor Handled';
  },
});

export const payload01 = defineRule({
  id: 'SYNC-PAYLOAD-01',
  level: 'MUST',
  invariant:
    'The response payload is the JSON value that the handler returned, and null where it returned nothing.',
  sources: [guide('invocation-sync'), api('Invoke')],
  subjects: (view) => those(answeredAndAttempted(view), hasNoFunctionError),
  check: (call, view) => {
    const attempt = answeredAttempt(call);
    const { answered } = call;
    if (attempt?.ended === undefined || answered === undefined || !attempt.succeeded) {
      return { unknown: 'the handler was not seen to return' };
    }
    const returned = attempt.ended.outcome === 'nothing' ? null : attempt.ended.result;
    if (returned === undefined) return { unknown: 'what the handler returned was not seen' };
    if (jsonEqual(answered.payload, returned)) return;
    if (!isOwn(call, attempt, view)) return { unknown: TWIN };
    return {
      expected: `${shown(returned)} in answer to ${call.event}`,
      observed: seen(call),
      entries: [answered, attempt.ended],
    };
  },
});

export const payload02 = defineRule({
  id: 'SYNC-PAYLOAD-02',
  level: 'MUST',
  invariant:
    'For a function error the response payload is a JSON object that describes it, with an errorMessage.',
  sources: [
    api('Invoke'),
    {
      page: 'apigateway/latest/developerguide/handle-errors-in-lambda-integration.html',
      evidence: 'current',
    },
  ],
  subjects: functionErrors,
  check: (call) => {
    const { answered } = call;
    if (answered === undefined || typeof asObject(answered.payload)?.['errorMessage'] === 'string') return;
    return {
      expected: `an object with errorMessage in answer to ${call.event}`,
      observed: seen(call),
      entries: [answered],
    };
  },
});

export const respsize01 = defineRule({
  id: 'SYNC-RESPSIZE-01',
  level: 'MUST',
  invariant:
    'A result larger than 6 MB is not delivered: the call is answered with a function error in its place.',
  sources: [guide('gettingstarted-limits'), api('Invoke')],
  note: 'The limit is documented; the error name Function.ResponseSizeTooLarge and 100 bytes on top are only seen.',
  subjects: (view) =>
    those(answeredAndAttempted(view), ({ attempts: [attempt] }) => {
      if (attempt === undefined) return false;
      if (attempt.outcome === 'oversize') return attempt.ended !== undefined;
      const result = attempt.ended?.result;
      return isFiller(result) && fits(result, jsonBytes, view.tolerances) === false;
    }),
  check: (call, view) => {
    const attempt = answeredAttempt(call);
    const { answered } = call;
    if (attempt === undefined || answered === undefined) return { unknown: 'several attempts' };
    if (answered.functionError !== undefined && !isFiller(answered.payload)) return;
    if (!isOwn(call, attempt, view)) return { unknown: TWIN };
    return {
      expected: `a function error in answer to ${call.event}, whose result is over the limit`,
      observed: `${answered.functionError ?? 'no FunctionError'}, ${seen(call)}`,
      entries: [answered, attempt.ended ?? attempt.started],
    };
  },
});

/** A value in a finding: its JSON text, cut where it is long. */
function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`;
}

function seen({ answered }: Call): string {
  if (answered?.payload !== undefined) return shown(answered.payload);
  return answered?.body === undefined ? 'no payload' : `a body that is not JSON: ${shown(answered.body)}`;
}
