/** AWS, invocation-async-retain-records.html, "Adding a dead-letter queue": the attributes of a dead letter. */
import { defineRule, guide } from '../../engine/rule.ts';
import type { View } from '../../engine/view.ts';
import { type Aftermath, forCertain } from './aftermath.ts';
import { mayBeTooLarge } from './arrival.ts';
import { mayFailUnseen } from './attempts.ts';
import { withLetters } from './deadLetterQueue.ts';
import { plannedMessage } from './recordedAnswer.ts';
import { shortened } from './showing.ts';

export const dlq03 = defineRule({
  id: 'ASYNC-DLQ-03',
  level: 'MUST',
  invariant:
    'A dead letter has the attributes RequestID (String), ErrorCode (Number) and ErrorMessage (String, the first 1 KB).',
  sources: [guide('invocation-async-retain-records#invocation-dlq')],
  needs: ['deadLetter', 'async'],
  note: 'ErrorCode and ErrorMessage are judged where an attempt failed: of other events the page does not say.',
  subjects: withLetters,
  check: forCertain((aftermath, view) => {
    const { event } = aftermath;
    for (const { entry, resource } of event.deadLetters) {
      if (entry.kind !== 'delivered') continue;
      const fault = attributesFault(entry.attributes ?? NO_ATTRIBUTES, aftermath, view);
      if (fault === undefined) continue;
      if (mayBeTooLarge(event, resource))
        return { unknown: 'attributes may have been left out for their size' };
      return { ...fault, entries: [entry] };
    }
    return;
  }),
});

type Attributes = Readonly<Record<string, { readonly type: string; readonly value: string }>>;
const NO_ATTRIBUTES: Attributes = {};
const ERROR_MESSAGE_BYTES = 1_024;

function attributesFault(
  attributes: Attributes,
  { event }: Aftermath,
  view: View,
): { readonly expected: string; readonly observed: string } | undefined {
  const id = attributes['RequestID'];
  const isOfEvent =
    id?.value === event.answered.requestId ||
    event.attempts.some(({ started }) => started.requestId === id?.value);
  if (id?.type !== 'String' || !isOfEvent) return { expected: 'RequestID, a String', observed: toldOf(id) };
  const last = event.attempts.at(-1);
  if (last === undefined) return undefined;
  const code = attributes['ErrorCode'];
  const status = Number(code?.value);
  if (code?.type !== 'Number' || !Number.isInteger(status) || status < 100 || status > 599)
    return { expected: 'ErrorCode, a Number that is an HTTP status', observed: toldOf(code) };
  const message = attributes['ErrorMessage'];
  if (message?.type !== 'String' || message.value === '')
    return { expected: 'ErrorMessage, a String', observed: toldOf(message) };
  if (Buffer.byteLength(message.value) > ERROR_MESSAGE_BYTES)
    return {
      expected: 'ErrorMessage of 1 KB at most',
      observed: `${Buffer.byteLength(message.value)} bytes`,
    };
  // The last attempt may have failed in its initialisation, where no handler was entered.
  if (mayFailUnseen(event.function, view.tolerances)) return undefined;
  const isToldBySome = event.attempts.some((attempt) => {
    const planned = plannedMessage(attempt, event.call.step.plan);
    return planned === undefined || isBeginningOf(planned, message.value);
  });
  if (isToldBySome) return undefined;
  return { expected: 'ErrorMessage: the beginning of what the handler threw', observed: toldOf(message) };
}

/** Whether `shown` gives the error, as far as 1 KB goes: with the error's class before it, a little less. */
const isBeginningOf = (planned: string, shown: string): boolean =>
  shown.includes(planned.slice(0, ERROR_MESSAGE_BYTES - 64));

const toldOf = (attribute: { readonly type: string; readonly value: string } | undefined): string =>
  attribute === undefined ? 'none' : `${attribute.type} ${shortened(attribute.value)}`;
