/** Makes and removes Kinesis streams and DynamoDB tables. */
import { CreateTableCommand, DeleteTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
} from '@aws-sdk/client-kinesis';
import type { StreamSpec, TableSpec } from '../../../engine/sourceSpec.ts';
import { TargetError } from '../../../engine/target.ts';
import type { Maker } from '../maker.ts';

/** A source that exists. A table's ARN is its stream's: that is what mappings read. */
export interface MadeSource {
  readonly realName: string;
  readonly arn: string;
}

/** AWS takes half a minute for either. */
const ACTIVE_TIMEOUT_SECONDS = 180;

/** Makes a stream, and waits until it is active. */
export async function makeStream({ shards }: StreamSpec, maker: Maker): Promise<MadeSource> {
  const { kinesis } = maker.clients;
  const StreamName = maker.name('stream');
  const create = new CreateStreamCommand({ StreamName, ShardCount: shards ?? 1, Tags: maker.tags });
  await maker.making('stream', StreamName, kinesis.send(create, maker.within()));
  const arn = await untilActive(`the stream ${StreamName}`, async () => {
    const look = new DescribeStreamSummaryCommand({ StreamName });
    const { StreamDescriptionSummary: seen } = await kinesis.send(look, maker.within());
    return seen?.StreamStatus === 'ACTIVE' ? (seen.StreamARN ?? '') : undefined;
  });
  return { realName: StreamName, arn };
}

/** Waits until a stream has taken in a change of its shards. */
export async function untilStreamActive(StreamName: string, maker: Maker): Promise<void> {
  await untilActive(`the stream ${StreamName}`, async () => {
    const look = new DescribeStreamSummaryCommand({ StreamName });
    const seen = await maker.clients.kinesis.send(look, maker.within());
    return seen.StreamDescriptionSummary?.StreamStatus === 'ACTIVE' ? 'active' : undefined;
  });
}

/** Makes a table with a stream, and waits until both are there. */
export async function makeTable({ view }: TableSpec, maker: Maker): Promise<MadeSource> {
  const { dynamoDb } = maker.clients;
  const TableName = maker.name('table');
  const create = new CreateTableCommand({
    TableName,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamEnabled: true, StreamViewType: view ?? 'NEW_AND_OLD_IMAGES' },
    Tags: Object.entries(maker.tags).map(([Key, Value]) => ({ Key, Value })),
  });
  await maker.making('table', TableName, dynamoDb.send(create, maker.within()));
  const arn = await untilActive(`the table ${TableName}`, async () => {
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName }), maker.within());
    return Table?.TableStatus === 'ACTIVE' ? Table.LatestStreamArn : undefined;
  });
  return { realName: TableName, arn };
}

/** A source was made, and cannot be used. */
export class NeverActive extends TargetError {}

/** @param look what is there once it is active, or undefined */
async function untilActive(what: string, look: () => Promise<string | undefined>): Promise<string> {
  const deadline = performance.now() + ACTIVE_TIMEOUT_SECONDS * 1000;
  for (let waitMs = 50; ; waitMs = Math.min(1_000, waitMs * 1.5)) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) {
      throw new NeverActive(
        `${what} was not active after ${ACTIVE_TIMEOUT_SECONDS} s: see the target's own log for why`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

export async function removeStream(StreamName: string, maker: Maker): Promise<void> {
  const remove = new DeleteStreamCommand({ StreamName, EnforceConsumerDeletion: true });
  await maker.clients.kinesis.send(remove, maker.within());
}

export async function removeTable(TableName: string, maker: Maker): Promise<void> {
  await maker.clients.dynamoDb.send(new DeleteTableCommand({ TableName }), maker.within());
}
