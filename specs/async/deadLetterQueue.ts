/** AWS, invocation-async-retain-records.html, "Adding a dead-letter queue": what is sent there, and when. */
import { type Json, jsonEqual } from '../../engine/json.ts';
import { api, defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Delivery, View } from '../../engine/view.ts';
import {
  type Aftermath,
  aftermathsWith,
  firstRecord,
  forCertain,
  isDiscarded,
  isSucceeded,
} from './aftermath.ts';
import { isFifo, isLargeFiller, isRemoved, isWatched, mayBeTooLarge, missing } from './arrival.ts';
import { furtherAttempt, SNS_BYTES } from './destinations.ts';
import { isPayloadOf } from './invocationRecord.ts';
import { shortened } from './showing.ts';

const page = guide('invocation-async-retain-records#invocation-dlq');

/** The first dead letter about the event, or the first one at `resource` if given. */
export function firstDeadLetter({ event }: Aftermath, resource?: string): Delivery | undefined {
  for (const letter of event.deadLetters) {
    if (resource === undefined || letter.resource === resource) return letter;
  }
  return undefined;
}

export const dlq01 = defineRule({
  id: 'ASYNC-DLQ-01',
  level: 'MUST',
  invariant:
    'With a dead-letter target, each discarded event (retries exhausted, or expired) is sent there, and no event that succeeded.',
  sources: [page],
  needs: ['deadLetter', 'async'],
  subjects: (view) =>
    aftermathsWith(view, (a) => a.deadLetter !== undefined && (isDiscarded(a) || isSucceeded(a))),
  check: forCertain((aftermath, view, { duplicateBudget }) => {
    const { event, deadLetter = '' } = aftermath;
    if (isDiscarded(aftermath)) {
      if (firstDeadLetter(aftermath, deadLetter) !== undefined) return;
      if (mayHaveOlderTarget(aftermath)) return { unknown: OLDER_TARGET };
      return missing(aftermath, deadLetter, 'dead letter', view);
    }
    const letter = firstDeadLetter(aftermath);
    if (letter === undefined) return;
    // A second execution of the same event (ASYNC-DUP-01) may fail and be told of.
    if (duplicateBudget > 0 && event.attempts.length > 1)
      return { unknown: 'the event may have been executed twice' };
    return {
      expected: `no dead letter about ${event.id}, which succeeded`,
      observed: `one at ${letter.resource}`,
      entries: [letter.entry],
    };
  }),
});

/**
 * The guide used to say that a version keeps the dead-letter target with which it was published (ASYNC-DLQ-07):
 * what an event of a version or an alias does after a change is open.
 */
const mayHaveOlderTarget = ({ event }: Aftermath): boolean =>
  event.qualifier !== '$LATEST' && event.function.deadLetter.length > 1;
const OLDER_TARGET = 'its version may have been published with another dead-letter target';

export const withLetters = (view: View): readonly Aftermath[] =>
  aftermathsWith(view, ({ event }) => event.deadLetters.length > 0);

export const dlq02 = defineRule({
  id: 'ASYNC-DLQ-02',
  level: 'MUST',
  invariant: 'The body of a dead letter is the event exactly as accepted, not an invocation record.',
  sources: [page],
  needs: ['deadLetter', 'async'],
  note: 'To the byte: recorded on AWS by the MD5 of a body with a blank in it.',
  subjects: withLetters,
  check: forCertain((aftermath) => {
    const { payload } = aftermath.event.call.step;
    for (const { entry } of aftermath.event.deadLetters) {
      if (entry.kind !== 'delivered') continue;
      if (!isPayloadOf(aftermath.event, entry.body)) {
        return { expected: 'the event as sent', observed: shortened(entry.body), entries: [entry] };
      }
      if (isOtherText(entry.text, payload)) {
        return { expected: 'the bytes of the event', observed: entry.text ?? '', entries: [entry] };
      }
    }
    return;
  }),
});

/** Whether the same JSON came in another writing. Callers send JSON.stringify's. */
function isOtherText(text: string | undefined, payload: Json | undefined): boolean {
  if (text === undefined || payload === undefined) return false;
  // The text of a filler is not kept.
  const isLarge = typeof payload === 'object' && payload !== null && '$filler' in payload;
  return !isLarge && text !== JSON.stringify(payload);
}

export const dlq04 = defineRule({
  id: 'ASYNC-DLQ-04',
  level: 'MUST',
  invariant:
    'With a dead-letter target and OnFailure, a discarded event reaches both: itself the one, a record of it the other.',
  sources: [api('PutFunctionEventInvokeConfig')],
  needs: ['deadLetter', 'destinations', 'async'],
  subjects: (view) =>
    aftermathsWith(view, (a) => a.deadLetter !== undefined && a.onFailure !== undefined && isDiscarded(a)),
  check: forCertain((aftermath, view): Finding => {
    const { deadLetter = '', onFailure = '' } = aftermath;
    if (firstRecord(aftermath, 'failure', onFailure) === undefined)
      return missing(aftermath, onFailure, 'failure record', view);
    if (firstDeadLetter(aftermath, deadLetter) !== undefined) return;
    if (mayHaveOlderTarget(aftermath)) return { unknown: OLDER_TARGET };
    return missing(aftermath, deadLetter, 'dead letter', view);
  }),
});

export const dlq05 = defineRule({
  id: 'ASYNC-DLQ-05',
  level: 'MUST',
  invariant: 'An event that its dead-letter target cannot take is deleted, without another attempt.',
  sources: [page, guide('monitoring-metrics-types')],
  needs: ['deadLetter', 'async'],
  subjects: (view) =>
    aftermathsWith(view, (a) => {
      const { deadLetter, event, fate } = a;
      if (deadLetter === undefined || !isDiscarded(a) || fate.cause === 'expired') return false;
      return (
        isRemoved(deadLetter, fate.earliest, view) ||
        isFifo(deadLetter, view) ||
        (deadLetter.startsWith('topic:') && isLargeFiller(event, SNS_BYTES))
      );
    }),
  check: forCertain((aftermath, view) =>
    furtherAttempt(aftermath, 'its dead letter could not be delivered', view),
  ),
});

export const dlq07 = defineRule({
  id: 'ASYNC-DLQ-07',
  level: 'SHOULD',
  invariant: 'The dead-letter setting of $LATEST holds for all versions.',
  sources: [page],
  needs: ['deadLetter', 'versions', 'async'],
  isContradictory: true,
  note: 'The guide used to say that the setting is locked when a version is published: what was seen is reported.',
  subjects: (view) =>
    aftermathsWith(view, (a) => {
      const { event, deadLetter } = a;
      if (event.qualifier === '$LATEST' || deadLetter === undefined || !isDiscarded(a)) return false;
      if (!isWatched(a, view)) return false;
      // What may not have arrived for other reasons tells nothing.
      return view.removed.size === 0 && !mayBeTooLarge(event, deadLetter) && !isFifo(deadLetter, view);
    }),
  observe: (aftermath) => {
    if (firstDeadLetter(aftermath, aftermath.deadLetter) !== undefined) return 'the setting of $LATEST';
    return firstDeadLetter(aftermath) === undefined ? 'no dead letter' : 'another setting';
  },
});

export const dlq08 = defineRule({
  id: 'ASYNC-DLQ-08',
  level: 'MAY',
  invariant: 'A dead letter near the size limit may be lost, because of the attributes that are added.',
  sources: [page],
  needs: ['deadLetter', 'async'],
  isContradictory: true,
  note: 'This passage speaks of SNS bodies close to 1 MB, the one on destinations of 256 KB for SNS.',
  subjects: (view) =>
    aftermathsWith(view, (a) => {
      if (a.deadLetter === undefined || !isDiscarded(a) || view.removed.size > 0) return false;
      if (!isWatched(a, view)) return false;
      return isLargeFiller(a.event, SNS_BYTES) && !isFifo(a.deadLetter, view);
    }),
  observe: (aftermath) => {
    const kind = aftermath.deadLetter?.startsWith('topic:') === true ? 'SNS' : 'SQS';
    const letter = firstDeadLetter(aftermath, aftermath.deadLetter);
    if (letter === undefined) return `${kind}: lost`;
    const body = letter.entry.kind === 'delivered' ? letter.entry.body : null;
    return jsonEqual(body, aftermath.event.call.step.payload)
      ? `${kind}: arrived`
      : `${kind}: arrived changed`;
  },
});
