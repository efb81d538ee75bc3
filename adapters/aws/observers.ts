/** Watches the places of a lease: what arrives there is told to the observation, then deleted. */
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type Message as SqsMessage,
} from '@aws-sdk/client-sqs';
import { asObject } from '../../engine/record.ts';
import { failureOf } from './failures.ts';
import type { Maker } from './maker.ts';
import type { Message, Observation } from './observation.ts';
import type { MadePlace } from './places.ts';
import type { Lease } from './pool.ts';

const WAIT_SECONDS = 1;
const BUCKET_POLL_MS = 300;
/** After a failing poll, before the next one. */
const PAUSE_MS = 500;

/**
 * Watches all places of `lease` until `over`. Resolves when the last look has ended by itself: a long poll that is
 * cut off may still wait on the other side, and would take the next scenario's first message with it.
 */
export async function observe(
  lease: Lease,
  observation: Pick<Observation, 'delivered'>,
  maker: Maker,
  over: AbortSignal,
): Promise<void> {
  const watchers: Promise<void>[] = [];
  for (const { group, made } of lease.groups) {
    group.places.forEach(({ ref, source }, index) => {
      const place = made.places[index];
      // Whoever received from a source would take from its mappings what is theirs.
      if (place === undefined || source !== undefined) return;
      const round = place.kind === 'bucket' ? bucketRound(place, maker) : queueRound(place, maker);
      watchers.push(repeat(round, (message) => observation.delivered(ref, message), over));
    });
  }
  await Promise.all(watchers);
}

/** Looks again and again. A round that fails (the place may have been removed by a step) is only a pause. */
async function repeat(
  round: () => Promise<Message[]>,
  deliver: (message: Message) => void,
  over: AbortSignal,
): Promise<void> {
  while (!over.aborted) {
    try {
      for (const message of await round()) deliver(message);
    } catch (thrown) {
      if (over.aborted) return;
      const failure = failureOf(thrown);
      if (failure.kind === 'refused' && /NonExistent|DoesNotExist|NoSuchBucket/.test(failure.error)) return;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

function queueRound(place: MadePlace, maker: Maker): () => Promise<Message[]> {
  const input = {
    QueueUrl: place.queueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: WAIT_SECONDS,
    MessageAttributeNames: ['All'],
  };
  const seen = new Set<string>();
  return async () => {
    const { Messages = [] } = await maker.clients.sqs.send(new ReceiveMessageCommand(input), maker.within());
    // At-least-once is the observer's queue's affair, not the rules'.
    const fresh = Messages.filter(({ MessageId = '' }) => !seen.has(MessageId));
    for (const { MessageId = '' } of fresh) seen.add(MessageId);
    if (Messages.length > 0) {
      const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      const erase = new DeleteMessageBatchCommand({ QueueUrl: place.queueUrl, Entries });
      // Whether or not the deletion works, what was received has been seen.
      void maker.clients.sqs.send(erase, { abortSignal: AbortSignal.timeout(10_000) }).catch(() => undefined);
    }
    return fresh.map((message) => (place.kind === 'topic' ? unwrapTopic(message) : plain(message)));
  };
}

function plain(message: SqsMessage): Message {
  const attributes: Record<string, { type: string; value: string }> = {};
  for (const [name, { DataType = '', StringValue = '' }] of Object.entries(message.MessageAttributes ?? {})) {
    attributes[name] = { type: DataType, value: StringValue };
  }
  return {
    body: message.Body ?? '',
    ...(message.MessageId === undefined ? {} : { id: message.MessageId }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

/** AWS, sns-sqs-as-subscriber.html: the message comes in an envelope of JSON, its attributes beside it. */
function unwrapTopic(message: SqsMessage): Message {
  const envelope = asObject(JSON.parse(message.Body ?? '{}'));
  const attributes: Record<string, { type: string; value: string }> = {};
  for (const [name, attribute] of Object.entries(asObject(envelope?.['MessageAttributes']) ?? {})) {
    const { Type, Value } = asObject(attribute) ?? {};
    attributes[name] = { type: String(Type ?? ''), value: String(Value ?? '') };
  }
  return {
    body: String(envelope?.['Message'] ?? ''),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}

function bucketRound(place: MadePlace, maker: Maker): () => Promise<Message[]> {
  const seen = new Set<string>();
  const Bucket = place.realName;
  return async () => {
    const { Contents = [] } = await maker.clients.s3.send(
      new ListObjectsV2Command({ Bucket }),
      maker.within(),
    );
    const messages: Message[] = [];
    for (const { Key = '' } of Contents) {
      if (seen.has(Key)) continue;
      const object = await maker.clients.s3.send(new GetObjectCommand({ Bucket, Key }), maker.within());
      messages.push({ body: (await object.Body?.transformToString()) ?? '', objectKey: Key });
      seen.add(Key);
      await maker.clients.s3.send(new DeleteObjectCommand({ Bucket, Key }), maker.within());
    }
    await new Promise((resolve) => setTimeout(resolve, BUCKET_POLL_MS));
    return messages;
  };
}
