/** AWS, with-kinesis.html, with-ddb.html: filters, polling, changes of items, and the event. */
import type { Json } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { ControlRequest, MappingView, View } from '../../engine/view.ts';
import { isJudgeable, mustBeRefused } from '../limits/answers.ts';
import { kindOf } from '../limits/mappingRequests.ts';
import { textIn as textAt } from '../limits/naming.ts';
import { isLetThrough } from '../mappings/records.ts';
import { type Delivery, expected, isLeftOut } from '../mappings/subjects.ts';
import { calm, tooLate } from '../mappings/windows.ts';
import {
  batchesWith,
  failureRecords,
  isFirstDelivery,
  isWindowed,
  keyOf,
  runs,
  streamBatches,
  streamMappings,
  textIn,
} from './subjects.ts';

const FILTERING = guide('invocation-eventfiltering');
const KINESIS = guide('with-kinesis');
const TABLES = guide('with-ddb');

const NO_DELIVERIES: readonly Delivery[] = [];

/** Records of streams that no filter of the mapping lets through. */
const leftOut = (view: View): readonly Delivery[] => {
  if (
    !streamMappings(view).some(({ settings }) =>
      settings.some(({ value }) => value !== null && value.filters.length > 0),
    )
  )
    return NO_DELIVERIES;
  return expected(view).filter(
    ({ record, mapping }) => record.source.kind === 'kinesis' && isLetThrough(record, mapping) === false,
  );
};

export const filt01 = defineRule({
  id: 'STR-FILT-01',
  level: 'MUST',
  invariant:
    'A record that no filter lets through is passed over: it is in no attempt and in no failure record.',
  sources: [FILTERING],
  note: 'That it blocks nothing is POLL-ALO-01 on what follows it.',
  subjects: leftOut,
  check: (delivery, view) => {
    const seen = isLeftOut(delivery);
    const { record, mapping } = delivery;
    if (seen !== undefined) return seen;
    const told = failureRecords(view).find(
      ({ mapping: of, info }) =>
        of === mapping &&
        textIn(info, 'startSequenceNumber') === record.sent?.id &&
        textIn(info, 'endSequenceNumber') === record.sent?.id,
    );
    if (told === undefined) return;
    return {
      expected: `no failure record about ${record.id}, which no filter lets through`,
      observed: 'one',
      entries: [told.delivery.entry],
    };
  },
});

type FilterSubject = Delivery | ControlRequest;

const TEXT_PATTERN = /^\s*\{\s*"data"\s*:\s*\[/;

/** Requests for a filter of a stream whose pattern on data is for text. */
const textPatterns = (view: View): readonly ControlRequest[] =>
  view.requests.length === 0
    ? view.requests
    : view.requests.filter((request) => {
        if (kindOf(request, view) !== 'kinesis' || !isJudgeable(request)) return false;
        const filters = asObject(request.step.input['FilterCriteria'])?.['Filters'];
        return (
          Array.isArray(filters) &&
          filters.some((filter) => TEXT_PATTERN.test(textAt(filter, 'Pattern') ?? ''))
        );
      });

export const filt02 = defineRule<FilterSubject>({
  id: 'STR-FILT-02',
  level: 'MUST',
  invariant:
    'Data that is no JSON is dropped where a pattern is for JSON; a pattern on data that is for text is refused.',
  sources: [FILTERING],
  subjects: (view) => {
    const texts = leftOut(view).filter(
      ({ record }) => record.spec.text !== undefined && !/^\s*[{[]/.test(record.spec.text),
    );
    const requests = textPatterns(view);
    return requests.length === 0 ? texts : [...texts, ...requests];
  },
  check: (subject, view) =>
    'step' in subject
      ? mustBeRefused(subject, view, 'a pattern for text on the data of a stream')
      : isLeftOut(subject),
});

export const poll01 = defineRule({
  id: 'STR-POLL-01',
  level: 'SHOULD',
  invariant:
    'A new record reaches the function about as fast as polling allows: once a second for Kinesis, four times for DynamoDB.',
  sources: [KINESIS, TABLES],
  subjects: (view) =>
    calm(view).filter(
      ({ source, steady }) =>
        (source.kind === 'kinesis' || source.kind === 'dynamodb') && steady?.windowSeconds === 0,
    ),
  check: (mapping, view, tolerances) =>
    isWindowed(mapping) ? undefined : tooLate(mapping, 0, view, tolerances),
});

/** Mappings of tables that were there from the beginning, and had batches. */
const tables = (view: View): readonly MappingView[] =>
  streamMappings(view).filter(
    ({ source, spec, batches }) => source.kind === 'dynamodb' && spec !== undefined && batches.length > 0,
  );

export const ddb01 = defineRule({
  id: 'STR-DDB-01',
  level: 'MUST',
  invariant: 'Each change of an item is in the stream once, and in order for the item.',
  sources: [TABLES],
  needs: ['dynamodb'],
  note: 'That parents of shards come before children is seen where shards are split, which no API does for tables.',
  subjects: tables,
  check: (mapping, view) => {
    const ids = new Map<string, string>();
    for (const batch of mapping.batches) {
      for (const { record, id } of batch.seen) {
        if (record === undefined) continue;
        const before = ids.get(record);
        if (before !== undefined && before !== id)
          return {
            expected: `one stream record of the change ${record}`,
            observed: 'two, with different sequence numbers',
            entries: [batch.started],
          };
        ids.set(record, id);
      }
    }
    return itemsInOrder(mapping, view);
  },
});

/** First deliveries of one item come in the order in which the scenario changed it. */
function itemsInOrder(mapping: MappingView, view: View): Finding {
  const places = new Map(mapping.source.records.map((record, place) => [record, place]));
  const reached = new Map<string, number>();
  for (const run of runs(view)) {
    if (run.mapping !== mapping) continue;
    for (const batch of run.batches) {
      for (const record of batch.records) {
        if (record === undefined || !isFirstDelivery(record, batch)) continue;
        const place = places.get(record) ?? 0;
        const key = keyOf(record);
        if (place < (reached.get(key) ?? -1))
          return {
            expected: `${record.id} before later changes of the item ${key}`,
            observed: 'after one of them',
            entries: [batch.started],
          };
        reached.set(key, place);
      }
    }
  }
  return;
}

export const ddb02 = defineRule({
  id: 'STR-DDB-02',
  level: 'SHOULD',
  invariant: 'Up to two functions can read a shard of a table without being throttled.',
  sources: [TABLES],
  needs: ['dynamodb'],
  isSilent: true,
  note: 'That readers are throttled is not seen from outside: what two of them got is reported.',
  subjects: (view) => tables(view).filter(({ source }) => source.mappings.length > 1),
  observe: (mapping) => {
    const [one, other] = mapping.source.mappings.map(
      (reader) => mapping.source.records.filter((record) => batchesWith(record, reader).length > 0).length,
    );
    return one === other
      ? 'two mappings read the same changes'
      : 'two mappings read different numbers of changes';
  },
});

const KINESIS_TEXTS = ['partitionKey', 'sequenceNumber', 'kinesisSchemaVersion'] as const;
const EVENT_NAMES: readonly unknown[] = ['INSERT', 'MODIFY', 'REMOVE'];

function kinesisFlaw(record: Json): string | undefined {
  const fields = asObject(record);
  const kinesis = asObject(fields?.['kinesis']);
  if (fields === undefined || kinesis === undefined) return 'a record without kinesis';
  for (const key of KINESIS_TEXTS)
    if (typeof kinesis[key] !== 'string') return `kinesis.${key} ${JSON.stringify(kinesis[key])}`;
  if (kinesis['data'] === undefined) return 'no data';
  if (typeof kinesis['approximateArrivalTimestamp'] !== 'number') return 'no approximateArrivalTimestamp';
  if (fields['eventSource'] !== 'aws:kinesis') return `eventSource ${JSON.stringify(fields['eventSource'])}`;
  const id = fields['eventID'];
  if (typeof id !== 'string' || !id.endsWith(`:${String(kinesis['sequenceNumber'])}`))
    return `eventID ${JSON.stringify(id)}`;
  return undefined;
}

function tableFlaw(record: Json): string | undefined {
  const fields = asObject(record);
  const change = asObject(fields?.['dynamodb']);
  if (fields === undefined || change === undefined) return 'a record without dynamodb';
  if (fields['eventSource'] !== 'aws:dynamodb') return `eventSource ${JSON.stringify(fields['eventSource'])}`;
  const name = fields['eventName'];
  if (!EVENT_NAMES.includes(name)) return `eventName ${JSON.stringify(name)}`;
  if (asObject(change['Keys']) === undefined) return 'no Keys';
  if (typeof change['SequenceNumber'] !== 'string') return 'no SequenceNumber';
  const type = change['StreamViewType'];
  const wantsNew = type === 'NEW_IMAGE' || type === 'NEW_AND_OLD_IMAGES';
  const wantsOld = type === 'OLD_IMAGE' || type === 'NEW_AND_OLD_IMAGES';
  if ((change['NewImage'] !== undefined) !== (wantsNew && name !== 'REMOVE'))
    return `${String(name)} with the view ${String(type)}: NewImage`;
  if ((change['OldImage'] !== undefined) !== (wantsOld && name !== 'INSERT'))
    return `${String(name)} with the view ${String(type)}: OldImage`;
  return undefined;
}

export const event01 = defineRule({
  id: 'STR-EVENT-01',
  level: 'MUST',
  invariant: 'Records of Kinesis and of DynamoDB have their documented shape.',
  sources: [KINESIS, TABLES],
  subjects: streamBatches,
  check: ({ started, mapping }) => {
    const records = asObject(started.payload)?.['Records'];
    const expectedShape = `the event of ${mapping.source.kind === 'kinesis' ? 'Kinesis' : 'DynamoDB'}`;
    if (!Array.isArray(records))
      return { expected: expectedShape, observed: 'no Records', entries: [started] };
    for (const record of records as readonly Json[]) {
      const observed = mapping.source.kind === 'kinesis' ? kinesisFlaw(record) : tableFlaw(record);
      if (observed !== undefined) return { expected: expectedShape, observed, entries: [started] };
    }
    return;
  },
});
