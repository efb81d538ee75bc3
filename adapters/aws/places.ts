/** Makes and removes the places where records and dead letters arrive. */
import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  ListTopicsCommand,
  type ListTopicsCommandOutput,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
} from '@aws-sdk/client-sqs';
import type { Capability } from '../../engine/capabilities.ts';
import type { QueueSpec, StreamSpec, TableSpec } from '../../engine/sourceSpec.ts';
import type { Place } from './groups.ts';
import { ignoreGone, type Maker, needing } from './maker.ts';
import type { ResourceKind } from './names.ts';
import { makeStream, makeTable, removeStream, removeTable } from './polling/makeSource.ts';

/** A place that exists. */
export interface MadePlace {
  readonly kind: Place['kind'];
  readonly realName: string;
  readonly arn: string;
  /** The queue to look at: itself or, for a topic or bus, one that gets all that goes through it. */
  readonly queueUrl?: string;
}

interface Queue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
}

/** What a refusal to make such a place means for the target's capabilities. */
export const PLACE_CAPABILITY: Readonly<Record<Place['kind'], Capability>> = {
  queue: 'destinations',
  topic: 'topics',
  bus: 'buses',
  bucket: 'buckets',
  stream: 'kinesis',
  table: 'dynamodb',
};

/** Makes a place of a scenario, with the queue through which it is observed. */
export async function makePlace(place: Place, maker: Maker): Promise<MadePlace> {
  return needing(place.fifo ? 'fifo' : PLACE_CAPABILITY[place.kind], make(place, maker));
}

async function make(place: Place, maker: Maker): Promise<MadePlace> {
  switch (place.kind) {
    case 'queue': {
      const queue = await makeQueue(maker, place.fifo, undefined, place.source as QueueSpec | undefined);
      return { kind: 'queue', realName: queue.name, arn: queue.arn, queueUrl: queue.url };
    }
    case 'topic':
      return makeTopic(maker, place.fifo);
    case 'bus':
      return makeBus(maker);
    case 'bucket': {
      const name = maker.name('bucket');
      const create = new CreateBucketCommand({ Bucket: name, ...locationOf(maker.clients.region) });
      await maker.making('bucket', name, maker.clients.s3.send(create, maker.within()));
      return { kind: 'bucket', realName: name, arn: `arn:aws:s3:::${name}` };
    }
    case 'stream':
      return { kind: 'stream', ...(await makeStream(place.source as StreamSpec, maker)) };
    case 'table':
      return { kind: 'table', ...(await makeTable(place.source as TableSpec, maker)) };
  }
}

/**
 * @param service that may send to it by the queue's own policy
 * @param source the settings of a queue that mappings read; its redrive policy is put when all queues are there
 */
async function makeQueue(maker: Maker, fifo: boolean, service?: string, source?: QueueSpec): Promise<Queue> {
  const name = maker.name('queue', fifo ? '.fifo' : '');
  const create = new CreateQueueCommand({
    QueueName: name,
    Attributes: {
      ...(source === undefined ? WATCHED : sourceAttributes(source)),
      ...(fifo
        ? { FifoQueue: 'true', ...(source === undefined ? { ContentBasedDeduplication: 'true' } : {}) }
        : {}),
      ...(service === undefined ? {} : { Policy: queuePolicy(service) }),
    },
    tags: maker.tags,
  });
  const made = await maker.making('queue', name, maker.clients.sqs.send(create, maker.within()));
  const url = made.QueueUrl ?? '';
  const { Attributes } = await maker.clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }),
    maker.within(),
  );
  return { name, url, arn: Attributes?.['QueueArn'] ?? '' };
}

/** A message is deleted as soon as it is seen; should that fail, the same one is not counted twice. */
const WATCHED = { VisibilityTimeout: '120' };

function sourceAttributes(spec: QueueSpec): Record<string, string> {
  const attributes: Record<string, string> = {};
  const put = (name: string, value: number | undefined) => {
    if (value !== undefined) attributes[name] = String(value);
  };
  put('VisibilityTimeout', spec.visibilityTimeoutSeconds);
  put('DelaySeconds', spec.delaySeconds);
  put('MessageRetentionPeriod', spec.retentionSeconds);
  return attributes;
}

/** SNS and EventBridge need the queue's own permission, which a role cannot give. */
const queuePolicy = (service: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: service }, Action: 'sqs:SendMessage', Resource: '*' },
    ],
  });

async function makeTopic(maker: Maker, fifo: boolean): Promise<MadePlace> {
  const name = maker.name('topic', fifo ? '.fifo' : '');
  const create = new CreateTopicCommand({
    Name: name,
    Tags: Object.entries(maker.tags).map(([Key, Value]) => ({ Key, Value })),
    ...(fifo ? { Attributes: { FifoTopic: 'true', ContentBasedDeduplication: 'true' } } : {}),
  });
  const { TopicArn } = await maker.making('topic', name, maker.clients.sns.send(create, maker.within()));
  const queue = await makeQueue(maker, fifo, 'sns.amazonaws.com');
  await maker.clients.sns.send(
    new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue.arn }),
    maker.within(),
  );
  return { kind: 'topic', realName: name, arn: TopicArn ?? '', queueUrl: queue.url };
}

async function makeBus(maker: Maker): Promise<MadePlace> {
  const name = maker.name('bus');
  const create = new CreateEventBusCommand({ Name: name });
  const { EventBusArn } = await maker.making(
    'bus',
    name,
    maker.clients.eventBridge.send(create, maker.within()),
  );
  const queue = await makeQueue(maker, false, 'events.amazonaws.com');
  // One rule a bus, named after it, so that the journal's line for the bus is enough to remove both.
  await maker.clients.eventBridge.send(
    // AWS, eb-create-pattern-operators.html: the empty prefix matches every event.
    new PutRuleCommand({
      Name: name,
      EventBusName: name,
      EventPattern: JSON.stringify({ source: [{ prefix: '' }] }),
    }),
    maker.within(),
  );
  const target = { Id: 'observer', Arn: queue.arn };
  await maker.clients.eventBridge.send(
    new PutTargetsCommand({ Rule: name, EventBusName: name, Targets: [target] }),
    maker.within(),
  );
  return { kind: 'bus', realName: name, arn: EventBusArn ?? '', queueUrl: queue.url };
}

/** AWS, API_CreateBucket.html: us-east-1 is the one Region that must not be named. */
const locationOf = (region: string) =>
  region === 'us-east-1'
    ? {}
    : { CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint } };

/** Removes a place by its name; throws what the SDK throws. */
export async function removePlace(kind: ResourceKind, name: string, maker: Maker): Promise<void> {
  switch (kind) {
    case 'queue': {
      const { QueueUrl } = await maker.clients.sqs.send(
        new GetQueueUrlCommand({ QueueName: name }),
        maker.within(),
      );
      await maker.clients.sqs.send(new DeleteQueueCommand({ QueueUrl }), maker.within());
      return;
    }
    case 'topic':
      await maker.clients.sns.send(
        new DeleteTopicCommand({ TopicArn: await topicArn(name, maker) }),
        maker.within(),
      );
      return;
    case 'bus': {
      const rule = { Rule: name, EventBusName: name };
      // A bus goes only without its rule, and a rule only without its targets; they may be gone already.
      await maker.clients.eventBridge
        .send(new RemoveTargetsCommand({ ...rule, Ids: ['observer'] }), maker.within())
        .catch(ignoreGone);
      await maker.clients.eventBridge
        .send(new DeleteRuleCommand({ Name: name, EventBusName: name }), maker.within())
        .catch(ignoreGone);
      await maker.clients.eventBridge.send(new DeleteEventBusCommand({ Name: name }), maker.within());
      return;
    }
    case 'stream':
      return removeStream(name, maker);
    case 'table':
      return removeTable(name, maker);
    case 'bucket': {
      const { Contents = [] } = await maker.clients.s3.send(
        new ListObjectsV2Command({ Bucket: name }),
        maker.within(),
      );
      if (Contents.length > 0) {
        const Objects = Contents.map(({ Key = '' }) => ({ Key }));
        await maker.clients.s3.send(
          new DeleteObjectsCommand({ Bucket: name, Delete: { Objects } }),
          maker.within(),
        );
      }
      await maker.clients.s3.send(new DeleteBucketCommand({ Bucket: name }), maker.within());
      return;
    }
  }
}

/** The ARN of a topic: nothing else tells it from the name alone. */
async function topicArn(name: string, maker: Maker): Promise<string | undefined> {
  let NextToken: string | undefined;
  do {
    const page: ListTopicsCommandOutput = await maker.clients.sns.send(
      new ListTopicsCommand({ NextToken }),
      maker.within(),
    );
    const found = page.Topics?.find(({ TopicArn }) => TopicArn?.endsWith(`:${name}`));
    if (found !== undefined) return found.TopicArn;
    NextToken = page.NextToken;
  } while (NextToken !== undefined && NextToken !== '');
  return undefined;
}
