/** AWS, invocation-async-retain-records.html: how the record comes to each kind of destination. */
import { asObject } from '../../engine/record.ts';
import { api, defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { ControlRequest, Delivery, View } from '../../engine/view.ts';
import {
  type Aftermath,
  aftermathsWith,
  firstRecord,
  forCertain,
  isDiscarded,
  isSucceeded,
  kindOf,
  recordOf,
} from './aftermath.ts';
import { isLargeFiller, isRemoved, isWatched, missing } from './arrival.ts';
import { SNS_BYTES } from './destinations.ts';
import { isPayloadOf } from './invocationRecord.ts';
import { shortened } from './showing.ts';

const page = guide('invocation-async-retain-records');

export const dest10 = defineRule({
  id: 'ASYNC-DEST-10',
  level: 'MUST',
  invariant:
    'The record is the body at SQS and SNS, the payload at Lambda, the detail at EventBridge, an object aws/lambda/async/… at S3.',
  sources: [page],
  needs: ['destinations', 'async'],
  subjects: (view) => aftermathsWith(view, (a) => a.records.length > 0),
  check: forCertain((aftermath) => {
    for (const record of aftermath.records) {
      const finding = envelopeFault(record, aftermath);
      if (finding !== undefined) return finding;
    }
    return;
  }),
});

function envelopeFault(record: Delivery, aftermath: Aftermath): Finding {
  const { entry, resource } = record;
  const wrong = (expected: string, observed: string): Finding => ({ expected, observed, entries: [entry] });
  if (entry.kind === 'delivered' && resource.startsWith('bus:')) {
    const expected = busFault(record, aftermath);
    if (expected !== undefined) return wrong(`an EventBridge event with ${expected}`, shortened(entry.body));
  }
  if (asObject(recordOf(record)?.['requestContext']) === undefined)
    return wrong(
      `the record itself at ${resource}`,
      shortened(entry.kind === 'started' ? entry.payload : entry.body),
    );
  if (entry.kind === 'delivered' && resource.startsWith('bucket:') && entry.objectKey !== undefined) {
    if (!isRecordKey(entry.objectKey))
      return wrong('a key aws/lambda/async/FUNCTION/YYYY/MM/DD/…', entry.objectKey);
  }
  return undefined;
}

/** What an EventBridge event lacks; undefined where it is as the page says. */
function busFault(record: Delivery, aftermath: Aftermath): string | undefined {
  const event = record.entry.kind === 'delivered' ? asObject(record.entry.body) : undefined;
  if (event?.['source'] !== 'lambda') return 'source lambda';
  const result = kindOf(record, aftermath) === 'success' ? 'Success' : 'Failure';
  const type = `Lambda Function Invocation Result - ${result}`;
  if (event['detail-type'] !== type) return `detail-type ${type}`;
  const resources = event['resources'];
  if (!Array.isArray(resources)) return 'resources';
  const { name } = aftermath.event.function;
  let hasFunction = false;
  let hasBus = false;
  for (const each of resources) {
    if (typeof each !== 'string') continue;
    hasFunction ||= each.includes(`:function:${name}`);
    // A target may have put the scenario's own word in the ARN's place.
    hasBus ||= each === record.resource || each.includes(`:event-bus/${record.resource.slice(4)}`);
  }
  return hasFunction && hasBus ? undefined : 'the ARNs of the function and of the bus as resources';
}

/** `aws/lambda/async/FUNCTION/YYYY/MM/DD/…` */
function isRecordKey(key: string): boolean {
  const parts = key.split('/');
  const [aws, lambda, mode, name = '', year = '', month = '', day = '', rest = ''] = parts;
  if (aws !== 'aws' || lambda !== 'lambda' || mode !== 'async' || name === '' || rest === '') return false;
  return isNumber(year, 4) && isNumber(month, 2) && isNumber(day, 2);
}

const isNumber = (text: string, digits: number): boolean =>
  text.length === digits && Number.isInteger(Number(text));

export const dest14 = defineRule({
  id: 'ASYNC-DEST-14',
  level: 'MAY',
  invariant: 'A failure record too large for an SNS topic arrives without its payload, or not at all.',
  sources: [page, api('OnFailure')],
  needs: ['destinations', 'topics', 'async'],
  isContradictory: true,
  note: 'The API reference: Lambda drops the payload and sends the record. The guide: the delivery may fail.',
  subjects: (view) =>
    aftermathsWith(
      view,
      (a) =>
        isDiscarded(a) &&
        isWatched(a, view) &&
        a.onFailure?.startsWith('topic:') === true &&
        isLargeFiller(a.event, SNS_BYTES) &&
        !isRemoved(a.onFailure, 0, view),
    ),
  observe: (aftermath) => {
    const record = firstRecord(aftermath, 'failure', aftermath.onFailure);
    if (record === undefined) return 'did not arrive';
    const payload = recordOf(record)?.['requestPayload'];
    return payload !== undefined && isPayloadOf(aftermath.event, payload)
      ? 'arrived with its payload'
      : 'arrived without its payload';
  },
});

/** An event whose record goes to a function, or a request that names a function as its own destination. */
type ToFunction = Aftermath | ControlRequest;

export const dest15 = defineRule<ToFunction>({
  id: 'ASYNC-DEST-15',
  level: 'SHOULD',
  invariant:
    'A destination function is invoked with the record as its payload; a function is refused as its own destination.',
  sources: [page],
  needs: ['destinations'],
  note: 'The refusal is not on the page: it was recorded on AWS, as InvalidParameterValueException.',
  subjects: toFunctions,
  check: (subject, view, tolerances) =>
    'fate' in subject ? recordToFunction(subject, view, tolerances) : selfFault(subject),
});

function toFunctions(view: View): readonly ToFunction[] {
  const toOthers = aftermathsWith(view, (a) => functionTold(a) !== undefined);
  if (view.requests.length === 0) return toOthers;
  const toItself = view.requests.filter(namesItself);
  return toItself.length === 0 ? toOthers : [...toOthers, ...toItself];
}

/** The function that is told what became of the event; undefined where it is none, or where that is open. */
function functionTold(aftermath: Aftermath): string | undefined {
  const resource = isSucceeded(aftermath)
    ? aftermath.onSuccess
    : isDiscarded(aftermath)
      ? aftermath.onFailure
      : undefined;
  return resource?.startsWith('function:') === true ? resource : undefined;
}

const recordToFunction = forCertain((aftermath, view) => {
  const resource = functionTold(aftermath) ?? '';
  const delivery = aftermath.records.find((record) => record.resource === resource);
  if (delivery?.entry.kind !== 'started') return missing(aftermath, resource, 'record', view);
  const record = recordOf(delivery);
  // Whether the record is complete is ASYNC-DEST-04's affair.
  if (record?.['requestContext'] !== undefined) return;
  return {
    expected: `the record as the payload of ${resource}`,
    observed: shortened(delivery.entry.payload),
    entries: [delivery.entry],
  };
});

/** Put and Update that are otherwise as they should be, with the function itself as a destination. */
function namesItself({ step: { operation, input } }: ControlRequest): boolean {
  if (operation !== 'PutFunctionEventInvokeConfig' && operation !== 'UpdateFunctionEventInvokeConfig')
    return false;
  const destinations = asObject(input['DestinationConfig']);
  if (destinations === undefined || typeof input['FunctionName'] !== 'string') return false;
  const own = `function:${input['FunctionName']}`;
  return (
    asObject(destinations['OnSuccess'])?.['Destination'] === own ||
    asObject(destinations['OnFailure'])?.['Destination'] === own
  );
}

function selfFault({ answered, step }: ControlRequest): Finding {
  // Refused, for whatever reason; or not seen to be answered.
  if (answered === undefined) return undefined;
  return {
    expected: 'InvalidParameterValueException for a function as its own destination',
    observed: `${step.operation} answered ${answered.status}`,
    entries: [answered],
  };
}
