/** Sends the records of a step to their source, and records what the source said to each. */
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutRecordsCommand } from '@aws-sdk/client-kinesis';
import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import {
  attributesOf,
  type RecordSpec,
  recordIds,
  type SendStep,
  sourceKind,
} from '../../../engine/sourceSpec.ts';
import type { Caller } from '../caller.ts';
import { describe, failureOf } from '../failures.ts';
import { expand } from '../fillers.ts';

/** A record on its way. */
interface Parcel {
  readonly id: string;
  readonly spec: RecordSpec;
  /** As it stands on the wire. */
  readonly text: string;
}

/** How much goes into one call. */
interface Room {
  readonly records: number;
  readonly bytes: number;
}

/** AWS, SQS API_SendMessageBatch.html: 10 messages, 1 MiB in all. */
const QUEUE_ROOM: Room = { records: 10, bytes: 1_048_576 };
/** AWS, Kinesis API_PutRecords.html: 500 records; 5 MiB in all are taken by every version of it. */
const STREAM_ROOM: Room = { records: 500, bytes: 4_500_000 };
/** What a call needs beside the data, of each record. */
const FRAME_BYTES = 600;

const CALL_TIMEOUT_MS = 60_000;

/** One call and what came of it. */
interface Sending {
  readonly step: SendStep;
  readonly index: number;
  readonly caller: Caller;
}

/** Sends all records of a step, in order; resolves when the source has answered for each. */
export async function send(step: SendStep, index: number, caller: Caller): Promise<void> {
  const { observation } = caller;
  const sending: Sending = { step, index, caller };
  const parcels = step.records.flatMap((spec) =>
    recordIds(spec).map((id): Parcel => ({ id, spec, text: wireText(spec, id) })),
  );
  const kind = sourceKind(step.to);
  await observation.polling.during(
    kind === 'sqs'
      ? sendMessages(parcels, sending)
      : kind === 'kinesis'
        ? putRecords(parcels, sending)
        : changeItems(parcels, sending),
  );
  observation.polling.lastStirAt = observation.now();
}

/** A record's data as it goes over the wire, fillers expanded. */
function wireText(spec: RecordSpec, id: string): string {
  if (spec.text !== undefined) return spec.text;
  return JSON.stringify(spec.body === undefined ? { record: id } : expand(spec.body));
}

/** Cut so that each fits into one call; one that is too large by itself goes alone, and is refused by the source. */
function cut(parcels: readonly Parcel[], room: Room): Parcel[][] {
  const calls: Parcel[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const parcel of parcels) {
    const own = Buffer.byteLength(parcel.text) + FRAME_BYTES;
    const last = calls.at(-1);
    if (last === undefined || last.length === room.records || bytes + own > room.bytes) {
      calls.push([parcel]);
      bytes = own;
    } else {
      last.push(parcel);
      bytes += own;
    }
  }
  return calls;
}

function took(
  { step, index, caller }: Sending,
  id: string,
  requestedAt: number,
  wireId?: string,
  shard?: string,
) {
  const { observation } = caller;
  const at = observation.now();
  observation.polling.records.sent(id, at, wireId, shard);
  observation.record({
    kind: 'sent',
    at,
    requestedAt,
    step: index,
    record: id,
    resource: step.to,
    ...(wireId === undefined ? {} : { id: wireId }),
    ...(shard === undefined ? {} : { shard }),
  });
}

function refused({ step, index, caller }: Sending, id: string, error: string): void {
  const { observation } = caller;
  observation.record({
    kind: 'unsent',
    at: observation.now(),
    step: index,
    record: id,
    resource: step.to,
    error: caller.renaming.toScenario(error) as string,
  });
}

/** A call failed: none of its records was taken, as far as anybody knows. */
async function failed(sending: Sending, parcels: readonly Parcel[], thrown: unknown): Promise<void> {
  const { caller } = sending;
  caller.signal.throwIfAborted();
  const failure = failureOf(thrown);
  // Silence is no refusal: is the target still there?
  if (failure.kind !== 'refused') await caller.checkAlive();
  const error = failure.kind === 'refused' ? `${failure.error}: ${failure.message}` : describe(failure);
  for (const { id } of parcels) refused(sending, id, error);
}

const within = ({ caller }: Sending) => ({
  abortSignal: AbortSignal.any([caller.signal, AbortSignal.timeout(CALL_TIMEOUT_MS)]),
});

async function sendMessages(parcels: readonly Parcel[], sending: Sending): Promise<void> {
  for (const call of cut(parcels, QUEUE_ROOM)) {
    const [only] = call;
    try {
      if (only !== undefined && call.length === 1) await sendMessage(only, sending);
      else await sendBatch(call, sending);
    } catch (thrown) {
      await failed(sending, call, thrown);
    }
  }
}

/** Everything of a message but who it is in a batch. */
function messageOf({ spec, text, id }: Parcel): Omit<SendMessageBatchRequestEntry, 'Id'> {
  const attributes = attributesOf(spec).map(
    ([name, { type, value }]) => [name, { DataType: type, StringValue: value }] as const,
  );
  return {
    MessageBody: text,
    ...(spec.delaySeconds === undefined ? {} : { DelaySeconds: spec.delaySeconds }),
    ...(attributes.length === 0 ? {} : { MessageAttributes: Object.fromEntries(attributes) }),
    ...(spec.group === undefined
      ? {}
      : {
          MessageGroupId: spec.group,
          MessageDeduplicationId: spec.deduplicationId ?? id.replace('#', '-'),
        }),
  };
}

async function sendMessage(parcel: Parcel, sending: Sending): Promise<void> {
  const { caller, step } = sending;
  const requestedAt = caller.observation.now();
  const input = { QueueUrl: caller.renaming.get(step.to)?.url, ...messageOf(parcel) };
  const { MessageId } = await caller.clients.sqs.send(new SendMessageCommand(input), within(sending));
  took(sending, parcel.id, requestedAt, MessageId);
}

async function sendBatch(call: readonly Parcel[], sending: Sending): Promise<void> {
  const { caller, step } = sending;
  const requestedAt = caller.observation.now();
  const Entries = call.map((parcel, place) => ({ Id: String(place), ...messageOf(parcel) }));
  const input = { QueueUrl: caller.renaming.get(step.to)?.url, Entries };
  const { Successful = [], Failed = [] } = await caller.clients.sqs.send(
    new SendMessageBatchCommand(input),
    within(sending),
  );
  for (const { Id, MessageId } of Successful) {
    const parcel = call[Number(Id)];
    if (parcel !== undefined) took(sending, parcel.id, requestedAt, MessageId);
  }
  for (const { Id, Code = 'Unknown', Message = '' } of Failed) {
    const parcel = call[Number(Id)];
    if (parcel !== undefined) refused(sending, parcel.id, `${Code}: ${Message}`);
  }
}

async function putRecords(parcels: readonly Parcel[], sending: Sending): Promise<void> {
  const { caller, step } = sending;
  const StreamName = caller.renaming.get(step.to)?.realName;
  for (const call of cut(parcels, STREAM_ROOM)) {
    const requestedAt = caller.observation.now();
    const Records = call.map(({ id, spec, text }) => ({
      Data: new TextEncoder().encode(text),
      PartitionKey: spec.key ?? id,
    }));
    try {
      const put = new PutRecordsCommand({ StreamName, Records });
      const output = await caller.clients.kinesis.send(put, within(sending));
      call.forEach(({ id }, place) => {
        const result = output.Records?.[place];
        if (result?.SequenceNumber !== undefined && result.ErrorCode === undefined)
          took(sending, id, requestedAt, result.SequenceNumber, result.ShardId);
        else refused(sending, id, `${result?.ErrorCode ?? 'Unknown'}: ${result?.ErrorMessage ?? ''}`);
      });
    } catch (thrown) {
      await failed(sending, call, thrown);
    }
  }
}

/** One after the other: the order of the changes of an item is theirs. */
async function changeItems(parcels: readonly Parcel[], sending: Sending): Promise<void> {
  const { caller, step } = sending;
  const { dynamoDb } = caller.clients;
  const TableName = caller.renaming.get(step.to)?.realName;
  for (const parcel of parcels) {
    const { id, spec, text } = parcel;
    const requestedAt = caller.observation.now();
    const Key = { id: { S: spec.key ?? id } };
    try {
      if (spec.change === 'remove')
        await dynamoDb.send(new DeleteItemCommand({ TableName, Key }), within(sending));
      else {
        const Item = { ...Key, record: { S: id }, body: { S: text } };
        await dynamoDb.send(new PutItemCommand({ TableName, Item }), within(sending));
      }
      caller.observation.polling.records.changing(id);
      took(sending, id, requestedAt);
    } catch (thrown) {
      await failed(sending, [parcel], thrown);
    }
  }
}
