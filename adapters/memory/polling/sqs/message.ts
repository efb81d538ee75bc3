/** A message of a queue, and what a function sees of it. */
import { hash } from 'node:crypto';
import type { SeenRecord } from '../../../../engine/history.ts';
import { filler, isFiller, type Json } from '../../../../engine/json.ts';
import { recurring } from '../../../../engine/recurring.ts';
import { attributesOf, type RecordSpec } from '../../../../engine/sourceSpec.ts';
import { type Written, writtenOf } from '../../../../engine/written.ts';
import type { Attempt } from '../../attempt.ts';
import { EPOCH_MS } from '../../records.ts';
import type { World } from '../../world.ts';

export class Message {
  readonly record: string;
  readonly spec: RecordSpec;
  readonly messageId: string;
  /** Milliseconds of the clock; retention counts from here. */
  readonly sentAt: number;
  /** FIFO: its place in the queue's order. */
  readonly sequence: number;
  /** As ApproximateReceiveCount tells it. */
  receives = 0;
  /** Which receive holds it: an older one’s receipt handle is out of date. */
  receipt = 0;
  /** Its last receive ended in a throttle. */
  wasThrottled = false;
  /** Of a message that a handler sent on: the attempt, the message that it came of, and its place in the chain. */
  cause: Attempt | undefined = undefined;
  parent: Message | undefined = undefined;
  hop = 1;
  /** Index of the step that sent it, or the first of its chain. */
  step = -1;
  /** Attempts that held it. */
  deliveries = 0;
  firstReceivedAt = 0;
  /** Milliseconds of the clock at which it is visible again; what was received later does not count. */
  visibleAt = 0;
  isGone = false;
  /** It is received, and neither deleted nor visible again. */
  isReceived = false;
  /** It came again once after it had been handled. */
  isDuplicated = false;
  private ownWritten: Written | undefined = undefined;
  private bytes = -1;

  constructor(record: string, spec: RecordSpec, messageId: string, sentAt: number, sequence: number) {
    this.record = record;
    this.spec = spec;
    this.messageId = messageId;
    this.sentAt = sentAt;
    this.sequence = sequence;
  }

  get group(): string {
    return this.spec.group ?? '';
  }

  /** The body as it stands on the wire; a filler stands for itself. */
  get text(): string {
    return this.written.text;
  }

  /** Bytes of the body. */
  get bodyBytes(): number {
    const { body } = this.spec;
    return isFiller(body) ? body.$filler : this.written.bytes;
  }

  /** Of the record in an event. */
  get recordBytes(): number {
    if (this.bytes < 0) this.bytes = recordBytesOf(this);
    return this.bytes;
  }

  get written(): Written {
    this.ownWritten ??= writtenOf(this.spec, this.record);
    return this.ownWritten;
  }
}

/** Bytes of a record beside its body: ids, attributes, names. */
const RECORD_FRAME_BYTES = 620;
const ATTRIBUTE_FRAME_BYTES = 90;

/** About the bytes of the record's JSON text, and never less: the body's quotes and escapes included. */
function recordBytesOf({ spec, written, bodyBytes }: Message): number {
  let bytes = RECORD_FRAME_BYTES + bodyBytes + (isFiller(spec.body) ? 4 : written.escapes);
  if (spec.attributes === undefined) return bytes;
  for (const [name, { value }] of attributesOf(spec))
    bytes += ATTRIBUTE_FRAME_BYTES + name.length + Buffer.byteLength(value);
  return bytes;
}

/** Who the message is, for the history. */
export const seenMessage = (message: Message, receives: number): SeenRecord => ({
  record: message.record,
  id: message.messageId,
  receiveCount: receives,
});

/** The record as the function is given it. AWS, with-sqs.html: all attributes are texts. */
export function recordOf(
  world: World,
  message: Message,
  { arn, isFifo }: { readonly arn: string; readonly isFifo: boolean },
  receives: number,
): Json {
  const { spec } = message;
  const body: Json = isFiller(spec.body) ? filler(spec.body.$filler + 4) : message.text;
  if (!world.policy.sendsMessageShape) return { messageId: message.messageId, body, eventSourceARN: arn };
  const attributes: Record<string, Json> = {
    ApproximateReceiveCount: String(receives),
    SentTimestamp: String(EPOCH_MS + message.sentAt),
    SenderId: 'AIDAEXAMPLE',
    ApproximateFirstReceiveTimestamp: String(EPOCH_MS + message.firstReceivedAt),
  };
  if (isFifo) {
    attributes['SequenceNumber'] = String(message.sequence).padStart(20, '0');
    attributes['MessageGroupId'] = message.group;
    attributes['MessageDeduplicationId'] = spec.deduplicationId ?? message.record.replace('#', '-');
  }
  const record = {
    messageId: message.messageId,
    receiptHandle: `${message.messageId}-${receives}`,
    body,
    attributes,
    messageAttributes: spec.attributes === undefined ? NO_JSON : shownAttributes(spec),
    md5OfBody: message.written.md5,
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: 'us-east-1',
  };
  return spec.attributes === undefined
    ? record
    : { ...record, md5OfMessageAttributes: md5OfAttributes(spec) };
}

const NO_JSON: Json = {};

function shownAttributes(spec: RecordSpec): Json {
  const found: Record<string, Json> = {};
  for (const [name, { type, value }] of attributesOf(spec))
    found[name] = { stringValue: value, dataType: type, stringListValues: [], binaryListValues: [] };
  return found;
}

function md5OfAttributes(spec: RecordSpec): string {
  const sorted = attributesOf(spec).sort(([a], [b]) => (a < b ? -1 : 1));
  return md5OfParts(sorted.map(([name, { type, value }]) => [name, type, value].join(APART)).join(APART));
}

/** No text of an attribute has this character: SQS does not take it. */
const APART = '\0';

/**
 * AWS, sqs-message-metadata.html: of the attributes in the order of their names, name, type and value, each after its
 * length in 4 bytes; before the value a byte that is 1 for what is written as text.
 */
const md5OfParts = recurring((parts) => {
  const bytes = parts.split(APART).flatMap((part, place) => {
    const text = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    return place % 3 === 2 ? [WRITTEN_AS_TEXT, length, text] : [length, text];
  });
  return hash('md5', Buffer.concat(bytes));
});

const WRITTEN_AS_TEXT = Buffer.from([1]);
