/** AWS, SQS API_SetQueueAttributes.html: the bounds of a queue, and of a message. */
import { jsonBytes } from '../../engine/json.ts';
import { defineRule } from '../../engine/rule.ts';
import type { ControlRequest, RecordView, View } from '../../engine/view.ts';
import { constrained } from './faults.ts';
import { delay, messageRetention, visibilityTimeout } from './queueBounds.ts';

/** AWS, SQS quotas: 1 MiB, message attributes included (since 2025; before that 256 KiB). */
const MESSAGE_BYTES = 1_048_576;

type Subject = ControlRequest | RecordView;

const isRequest = (subject: Subject): subject is ControlRequest => 'requested' in subject;

const attributes = constrained(visibilityTimeout, messageRetention, delay);

const NO_MESSAGES: readonly RecordView[] = [];

/** Messages alone in their call (a batch has a limit of its own) of which it was seen what became. */
function lonelyMessages(view: View): readonly RecordView[] {
  if (view.records.size === 0) return NO_MESSAGES;
  let found: RecordView[] | undefined;
  for (const source of view.sources.values()) {
    if (source.kind !== 'sqs') continue;
    for (const record of source.records) {
      if (record.sent === undefined && record.unsent === undefined) continue;
      if (record.step.records.length > 1 || record.spec.times !== undefined) continue;
      if (record.spec.attributes !== undefined || source.removedAt !== Number.POSITIVE_INFINITY) continue;
      found ??= [];
      found.push(record);
    }
  }
  return found ?? NO_MESSAGES;
}

const bytesOf = ({ id, spec }: RecordView): number => {
  if (spec.text !== undefined) return Buffer.byteLength(spec.text);
  return jsonBytes(spec.body === undefined ? { record: id } : spec.body);
};

export const sqs01 = defineRule<Subject>({
  id: 'LIM-SQS-01',
  level: 'MUST',
  invariant:
    'VisibilityTimeout is 0 to 43,200, MessageRetentionPeriod 60 to 1,209,600, DelaySeconds 0 to 900, a message at most 1 MiB.',
  sources: [
    { page: 'AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html', evidence: 'model' },
  ],
  needs: ['sqs'],
  isOfRequests: true,
  subjects: (view) => {
    const requests = attributes.subjects(view);
    const messages = lonelyMessages(view);
    return messages.length === 0 ? requests : [...requests, ...messages];
  },
  check: (subject, view) => {
    if (isRequest(subject)) return attributes.check(subject, view);
    const { sent, unsent } = subject;
    const bytes = bytesOf(subject);
    // An empty body is refused for a reason of its own.
    if (bytes === 0) return;
    if (sent !== undefined && bytes > MESSAGE_BYTES)
      return {
        expected: 'a message of more than 1 MiB refused',
        observed: `${bytes} bytes taken`,
        entries: [sent],
      };
    if (unsent === undefined || bytes > MESSAGE_BYTES) return;
    if (!/size|long|length|large/i.test(unsent.error))
      return { unknown: `refused for another reason: ${unsent.error}` };
    return { expected: `a message of ${bytes} bytes taken`, observed: unsent.error, entries: [unsent] };
  },
});
