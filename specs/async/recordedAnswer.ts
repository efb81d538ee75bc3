/** AWS, invocation-async-retain-records.html, "Example invocation record": what a record tells of the function's answer. */
import { type Json, jsonEqual } from '../../engine/json.ts';
import { asObject, type JsonObject } from '../../engine/record.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import { behaviourAt } from '../../engine/scenario.ts';
import type { AsyncEvent, Attempt, Delivery, View } from '../../engine/view.ts';
import { type Aftermath, forCertain, isSucceeded, recordOf } from './aftermath.ts';
import { mayBeTooLarge } from './arrival.ts';
import { mayFailUnseen } from './attempts.ts';
import { recordedAndOver } from './invocationRecord.ts';
import { shortened, wrong } from './showing.ts';

export const dest08 = defineRule({
  id: 'ASYNC-DEST-08',
  level: 'MUST',
  invariant:
    'responsePayload is the result or the error of the last attempt; statusCode is 200, functionError Unhandled for errors.',
  sources: [guide('invocation-async-retain-records')],
  needs: ['destinations', 'async'],
  subjects: recordedAndOver,
  check: forCertain((aftermath, view) => {
    const record = aftermath.records[0];
    const content = record === undefined ? undefined : recordOf(record);
    // That there is a responseContext is ASYNC-DEST-04's affair.
    const context = asObject(content?.['responseContext']);
    if (record === undefined || content === undefined || context === undefined) return;
    if (context['statusCode'] !== 200)
      return wrong('statusCode 200', shortened(context['statusCode']), record);
    return isSucceeded(aftermath)
      ? successFault(aftermath, record, content, context)
      : failureFault(aftermath, record, content, context, view);
  }),
});

function successFault(
  { event }: Aftermath,
  record: Delivery,
  content: JsonObject,
  context: JsonObject,
): Finding {
  if (context['functionError'] !== undefined && context['functionError'] !== null)
    return wrong('no functionError', shortened(context['functionError']), record);
  const response = content['responsePayload'];
  for (const { ended, succeeded } of event.attempts) {
    if (!succeeded) continue;
    const isNothing = ended?.result === undefined && (response === undefined || response === null);
    if (isNothing || jsonEqual(response, ended?.result)) return;
  }
  if (mayBeTooLarge(event, record.resource))
    return { unknown: 'the result may have been left out for its size' };
  return wrong('responsePayload as the handler returned it', shortened(response), record);
}

function failureFault(
  { event }: Aftermath,
  record: Delivery,
  content: JsonObject,
  context: JsonObject,
  { tolerances }: View,
): Finding {
  if (context['functionError'] !== 'Unhandled')
    return wrong('functionError Unhandled', shortened(context['functionError']), record);
  if (mayBeTooLarge(event, record.resource)) return;
  // The last attempt may have failed in its initialisation, where no handler was entered.
  if (mayFailUnseen(event.function, tolerances)) return;
  const message = asObject(content['responsePayload'])?.['errorMessage'];
  // Which attempt was the last one cannot be told where one of them may be a duplicate.
  const candidates = tolerances.duplicateBudget > 0 ? event.attempts : event.attempts.slice(-1);
  for (const attempt of candidates) if (isErrorOf(attempt, event, message)) return;
  return wrong(
    `the error of attempt ${event.attempts.length}`,
    shortened(content['responsePayload']),
    record,
  );
}

/** Whether the message can be that of the attempt. AWS words it (SYNC-PAYLOAD-02), except where the handler throws. */
function isErrorOf(attempt: Attempt, { call }: AsyncEvent, message: Json | undefined): boolean {
  if (typeof message !== 'string') return false;
  if (attempt.outcome === 'timeout') return message.includes('timed out');
  const planned = plannedMessage(attempt, call.step.plan);
  return planned === undefined || message.includes(planned);
}

/** What the handler was told to throw; undefined where it was told no words, or ended otherwise. */
export function plannedMessage(
  { outcome, ordinal }: Attempt,
  plan: AsyncEvent['call']['step']['plan'],
): string | undefined {
  return outcome === 'throw' ? behaviourAt(plan, ordinal).message : undefined;
}
