/** AWS, with-kinesis.html and with-ddb.html: the events that functions are given. */
import { STREAMS } from '../../engine/capabilities.ts';
import { isFiller, type Json } from '../../engine/json.ts';
import { asObject, type JsonObject } from '../../engine/record.ts';
import { defineRule, guide } from '../../engine/rule.ts';
import { textOf } from '../../engine/sourceSpec.ts';
import type { RecordView } from '../../engine/view.ts';
import { newAt } from '../mappings/records.ts';
import { keyOf, streamBatches } from './subjects.ts';

export const event01 = defineRule({
  id: 'STR-EVENT-01',
  level: 'MUST',
  invariant: 'Records of Kinesis and of tables have their documented members, the data of Kinesis in base64.',
  sources: [guide('with-kinesis'), guide('with-ddb')],
  needs: [STREAMS],
  subjects: streamBatches,
  check: (batch) => {
    const { started, mapping, seen } = batch;
    const records = asObject(started.payload)?.['Records'];
    const isKinesis = mapping.source.kind === 'kinesis';
    const expected = `the documented records of ${isKinesis ? 'Kinesis' : 'DynamoDB Streams'}`;
    if (!Array.isArray(records)) return { expected, observed: 'no Records', entries: [started] };
    for (let place = 0; place < records.length; place++) {
      const record = asObject(records[place] as Json);
      if (record === undefined) return { expected, observed: 'one that is no object', entries: [started] };
      const flaw = isKinesis
        ? flawOfKinesis(record, seen[place]?.shard, newAt(batch, place))
        : flawOfChange(record);
      if (flaw !== undefined) return { expected, observed: flaw, entries: [started] };
    }
    return;
  },
});

/** What is wrong with a record of Kinesis. */
function flawOfKinesis(
  record: JsonObject,
  shard: string | undefined,
  known: RecordView | undefined,
): string | undefined {
  const kinesis = asObject(record['kinesis']);
  if (kinesis === undefined) return 'no kinesis';
  const { partitionKey, sequenceNumber, data } = kinesis;
  if (typeof sequenceNumber !== 'string') return 'no kinesis.sequenceNumber';
  if (typeof partitionKey !== 'string') return 'no kinesis.partitionKey';
  if (typeof kinesis['approximateArrivalTimestamp'] !== 'number') return 'no approximateArrivalTimestamp';
  if (record['eventSource'] !== 'aws:kinesis') return 'eventSource other than aws:kinesis';
  const eventId = record['eventID'];
  if (typeof eventId !== 'string' || (shard !== undefined && eventId !== `${shard}:${sequenceNumber}`))
    return `the eventID ${JSON.stringify(eventId)}`;
  if (known === undefined) return undefined;
  if (partitionKey !== keyOf(known)) return `the partitionKey ${partitionKey} of ${known.id}`;
  if (isFiller(known.spec.body) || isFiller(data)) return undefined;
  const isAsSent = data === Buffer.from(textOf(known.spec, known.id)).toString('base64');
  return isAsSent ? undefined : `data of ${known.id} that is not the base64 of what was sent`;
}

const EVENT_NAMES: readonly Json[] = ['INSERT', 'MODIFY', 'REMOVE'];

/** What is wrong with a change of a table. */
function flawOfChange(record: JsonObject): string | undefined {
  const change = asObject(record['dynamodb']);
  if (change === undefined) return 'no dynamodb';
  if (record['eventSource'] !== 'aws:dynamodb') return 'eventSource other than aws:dynamodb';
  const name = record['eventName'];
  if (name === undefined || !EVENT_NAMES.includes(name)) return `the eventName ${JSON.stringify(name)}`;
  if (asObject(change['Keys']) === undefined) return 'no dynamodb.Keys';
  if (typeof change['SequenceNumber'] !== 'string') return 'no dynamodb.SequenceNumber';
  if (typeof change['SizeBytes'] !== 'number') return 'no dynamodb.SizeBytes';
  const type = change['StreamViewType'];
  if (typeof type !== 'string') return 'no dynamodb.StreamViewType';
  const isNew = type === 'NEW_IMAGE' || type === 'NEW_AND_OLD_IMAGES';
  const isOld = type === 'OLD_IMAGE' || type === 'NEW_AND_OLD_IMAGES';
  if ((change['NewImage'] !== undefined) !== (isNew && name !== 'REMOVE'))
    return flawed('NewImage', name, type);
  if ((change['OldImage'] !== undefined) !== (isOld && name !== 'INSERT'))
    return flawed('OldImage', name, type);
  return undefined;
}

const flawed = (image: string, name: Json, type: string): string =>
  `${image} of ${String(name)} with ${type}`;
