/** What a function is given by the services that push: the events of SNS, EventBridge and S3. */
import { isFiller, type Json } from '../../../engine/json.ts';
import { asObject } from '../../../engine/record.ts';
import { type RecordSpec, textOf } from '../../../engine/sourceSpec.ts';
import { isoTime } from '../records.ts';
import type { World } from '../world.ts';

/** One record on its way. */
export interface Message {
  /** `topic:news`, … */
  readonly ref: string;
  readonly record: string;
  /** Message id of SNS, event id of EventBridge, object key of S3. */
  readonly id: string;
  readonly spec: RecordSpec;
}

/** The event, in the shape of its service. */
export function pushedEvent(world: World, message: Message): Json {
  const name = message.ref.slice(message.ref.indexOf(':') + 1);
  switch (message.ref.slice(0, message.ref.indexOf(':'))) {
    case 'topic':
      return topicEvent(world, message, name);
    case 'bus':
      return busEvent(world, message);
    default:
      return bucketEvent(world, message, name);
  }
}

/** AWS, with-sns.html. */
function topicEvent(world: World, { id, record, spec }: Message, name: string): Json {
  const TopicArn = `arn:aws:sns:us-east-1:123456789012:${name}`;
  const EventSubscriptionArn = `${TopicArn}:2bcfbf39-05c3-41de-beaa-fcfcc21c8f55`;
  const Sns = {
    Type: 'Notification',
    MessageId: id,
    TopicArn,
    Subject: null,
    // What is too large to be carried about is told by its size alone.
    Message: isFiller(spec.body) ? spec.body : textOf(spec, record),
    Timestamp: isoTime(world),
    SignatureVersion: '1',
    Signature: 'RXhhbXBsZQ==',
    SigningCertUrl: 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-example.pem',
    UnsubscribeUrl: `https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${EventSubscriptionArn}`,
    MessageAttributes: {},
  };
  return { Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn, Sns }] };
}

/** AWS, EventBridge: the detail is always an object. */
function busEvent(world: World, { id, record, spec }: Message): Json {
  const detail = asObject(spec.body) ?? { record, text: textOf(spec, record) };
  return {
    version: '0',
    id,
    'detail-type': 'Sent',
    source: 'scenario',
    account: '123456789012',
    time: `${isoTime(world).slice(0, 19)}Z`,
    region: 'us-east-1',
    // What a sender's event concerns, if it says so; scenarios do not.
    resources: [],
    detail,
  };
}

/** AWS, with-s3.html: which object, not what is in it. */
function bucketEvent(world: World, { id, record, spec }: Message, name: string): Json {
  const size = isFiller(spec.body) ? spec.body.$filler : Buffer.byteLength(textOf(spec, record));
  return {
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: 'us-east-1',
        eventTime: isoTime(world),
        eventName: 'ObjectCreated:Put',
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: 'all',
          bucket: { name, arn: `arn:aws:s3:::${name}` },
          object: { key: id, size },
        },
      },
    ],
  };
}
