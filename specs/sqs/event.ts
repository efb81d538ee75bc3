/** AWS, with-sqs.html: the event that the function is given. */
import { isFiller, type Json } from '../../engine/json.ts';
import { asObject, type JsonObject } from '../../engine/record.ts';
import { defineRule } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Batch, RecordView, View } from '../../engine/view.ts';
import { writtenOf } from '../../engine/written.ts';
import { newAt, receiveCountIn } from '../mappings/records.ts';
import { DEAD_LETTERS, FILTERING, MESSAGE, RECURSION, SQS } from './pages.ts';
import { isFifo, repeated, sqsBatches } from './subjects.ts';

const TEXTS = ['messageId', 'receiptHandle', 'eventSourceARN', 'awsRegion', 'md5OfBody'] as const;
const ATTRIBUTES = [
  'ApproximateReceiveCount',
  'SentTimestamp',
  'SenderId',
  'ApproximateFirstReceiveTimestamp',
] as const;
const FIFO_ATTRIBUTES = ['SequenceNumber', 'MessageGroupId', 'MessageDeduplicationId'] as const;

/** What is wrong with one record; undefined where nothing is. */
function flawOf(record: Json | undefined, isOfFifo: boolean): string | undefined {
  const fields = asObject(record);
  if (fields === undefined) return 'a record that is no object';
  for (const key of TEXTS)
    if (typeof fields[key] !== 'string') return `${key} ${JSON.stringify(fields[key])}`;
  if (fields['body'] === undefined) return 'no body';
  if (fields['eventSource'] !== 'aws:sqs') return `eventSource ${JSON.stringify(fields['eventSource'])}`;
  if (asObject(fields['messageAttributes']) === undefined) return 'no messageAttributes';
  const attributes = asObject(fields['attributes']);
  if (attributes === undefined) return 'no attributes';
  for (const key of ATTRIBUTES)
    if (typeof attributes[key] !== 'string') return `attribute ${key} ${JSON.stringify(attributes[key])}`;
  if (!isOfFifo) return undefined;
  for (const key of FIFO_ATTRIBUTES)
    if (typeof attributes[key] !== 'string') return `attribute ${key} ${JSON.stringify(attributes[key])}`;
  return undefined;
}

/**
 * What SQS does not take as it is: of the pages on SendMessage some say that it is refused, others that U+FFFD takes
 * its place.
 */
const REPLACED = /[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** What of a record is not as the message was sent; undefined where nothing is, or it was too long to be told. */
function changeOf(record: JsonObject, { id, spec }: RecordView): string | undefined {
  if (isFiller(spec.body) || isFiller(record['body'])) return undefined;
  const { body } = record;
  const { text, md5 } = writtenOf(spec, id);
  if (body !== text) return REPLACED.test(text) ? undefined : `a body of ${id} that is not what was sent`;
  if (record['md5OfBody'] !== md5) return `md5OfBody of ${id} that is not the digest of its body`;
  return undefined;
}

export const event01 = defineRule({
  id: 'SQS-EVENT-01',
  level: 'MUST',
  invariant:
    'A record has messageId, receiptHandle, body, attributes, messageAttributes, md5OfBody, eventSource aws:sqs, eventSourceARN and awsRegion.',
  sources: [SQS, FILTERING, MESSAGE],
  needs: ['sqs'],
  note: 'Body and md5OfBody are held against what was sent.',
  subjects: sqsBatches,
  check: (batch, view) => {
    const { started, seen, mapping } = batch;
    const records = asObject(started.payload)?.['Records'];
    const expected = 'the event of a queue';
    if (!Array.isArray(records)) return { expected, observed: 'no Records', entries: [started] };
    if (records.length !== seen.length)
      return { expected, observed: `${records.length} Records`, entries: [started] };
    const isOfFifo = isFifo(mapping.source, view);
    for (let place = 0; place < records.length; place++) {
      const record = records[place] as Json;
      const fields = asObject(record);
      const known = newAt(batch, place);
      const observed =
        (isWhole(fields, isOfFifo) ? undefined : flawOf(record, isOfFifo)) ??
        (fields === undefined || known === undefined ? undefined : changeOf(fields, known));
      if (observed !== undefined) return { expected, observed, entries: [started] };
    }
    return;
  },
});

/** The same as `flawOf`, without telling what is wrong: nearly all records are right, and this is quicker. */
function isWhole(fields: JsonObject | undefined, isOfFifo: boolean): boolean {
  const attributes = asObject(fields?.['attributes']);
  return (
    fields !== undefined &&
    attributes !== undefined &&
    typeof fields['messageId'] === 'string' &&
    typeof fields['receiptHandle'] === 'string' &&
    fields['body'] !== undefined &&
    asObject(fields['messageAttributes']) !== undefined &&
    typeof fields['md5OfBody'] === 'string' &&
    fields['eventSource'] === 'aws:sqs' &&
    typeof fields['eventSourceARN'] === 'string' &&
    typeof fields['awsRegion'] === 'string' &&
    typeof attributes['ApproximateReceiveCount'] === 'string' &&
    typeof attributes['SentTimestamp'] === 'string' &&
    typeof attributes['SenderId'] === 'string' &&
    typeof attributes['ApproximateFirstReceiveTimestamp'] === 'string' &&
    !isOfFifo
  );
}

const countsIn = (record: RecordView): readonly (number | undefined)[] =>
  record.batches.map((batch) => receiveCountIn(batch, record));

/**
 * Whether two attempts may have been entered in another order than their messages were received in: both were in flight
 * at once, or the second one had waited so long for its environment that the message was visible again meanwhile. Two
 * receives with the same count are not explained by that.
 */
const mayBeInverted = (first: Batch, second: Batch, isSame: boolean, tolerances: Tolerances): boolean =>
  second.attempt.startedAt - (isSame ? 0 : tolerances.schedulingSlackSeconds) < first.attempt.endedLatest;

export const event02 = defineRule({
  id: 'SQS-EVENT-02',
  level: 'MUST',
  invariant: 'ApproximateReceiveCount grows by at least 1 with every attempt of a message.',
  sources: [DEAD_LETTERS, RECURSION],
  needs: ['sqs'],
  subjects: (view: View) => repeated(view),
  check: (record, _view, tolerances) => {
    const counts = countsIn(record);
    for (let at = 1; at < counts.length; at++) {
      const before = counts[at - 1];
      const count = counts[at];
      const batch = record.batches[at];
      if (before === undefined || count === undefined || count > before || batch === undefined) continue;
      const first = record.batches[at - 1];
      if (first !== undefined && mayBeInverted(first, batch, count === before, tolerances))
        return { unknown: 'they may have been received in another order than they were entered' };
      return {
        expected: `ApproximateReceiveCount of ${record.id} above ${before}`,
        observed: `${count}`,
        entries: first === undefined ? [batch.started] : [batch.started, first.started],
      };
    }
    return;
  },
});
