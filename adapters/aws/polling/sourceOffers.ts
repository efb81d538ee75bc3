/** Whether a target offers mappings of each kind of source, found out by making one. */
import { ListShardsCommand, SplitShardCommand } from '@aws-sdk/client-kinesis';
import { CreateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Capability } from '../../../engine/capabilities.ts';
import type { Place } from '../groups.ts';
import type { Maker } from '../maker.ts';
import { type MadePlace, makePlace } from '../places.ts';
import { remove } from '../removal.ts';
import { journalMappingsOf } from './makeMapping.ts';

/** Tries `work`; where it is declined, the target lacks all of `capabilities`. */
export type TryOut = (capabilities: readonly Capability[], work: () => Promise<void>) => Promise<unknown>;

/** Tries a mapping of each kind of source on the function, disabled, and takes all of it away again. */
export async function lookForSources(functionName: string, tryOut: TryOut, maker: Maker): Promise<void> {
  const made: MadePlace[] = [];
  const source = async (kind: Place['kind']): Promise<MadePlace> => {
    const spec: Place = { kind, ref: `${kind}:look`, fifo: false, isOwn: true, source: { name: 'look' } };
    const place = await makePlace(spec, maker);
    made.push(place);
    return place;
  };
  const map = async ({ kind, arn }: MadePlace): Promise<void> => {
    journalMappingsOf(functionName, maker);
    const create = new CreateEventSourceMappingCommand({
      FunctionName: functionName,
      EventSourceArn: arn,
      Enabled: false,
      ...(kind === 'queue' ? {} : { StartingPosition: 'TRIM_HORIZON' as const }),
    });
    await maker.clients.lambda.send(create, maker.within());
  };
  await Promise.all([
    tryOut(['sqs', 'redrive', 'remaining'], async () => {
      const queue = await source('queue');
      await map(queue);
      await tryOut(['redrive'], async () => redrive(queue, await source('queue'), maker));
    }),
    tryOut(['kinesis', 'reshard'], async () => {
      const stream = await source('stream');
      await map(stream);
      await tryOut(['reshard'], () => split(stream, maker));
    }),
    tryOut(['dynamodb'], async () => map(await source('table'))),
  ]);
  // What cannot be removed now stays in the journal, for the end of the run.
  if (maker.journal.has('mapping', functionName))
    await remove('mapping', functionName, maker).catch(() => undefined);
  for (const { kind, realName } of made) await remove(kind, realName, maker).catch(() => undefined);
}

async function redrive(queue: MadePlace, to: MadePlace, maker: Maker): Promise<void> {
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: to.arn, maxReceiveCount: 1 });
  const put = new SetQueueAttributesCommand({ QueueUrl: queue.queueUrl, Attributes: { RedrivePolicy } });
  await maker.clients.sqs.send(put, maker.within());
}

async function split({ realName: StreamName }: MadePlace, maker: Maker): Promise<void> {
  const { kinesis } = maker.clients;
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }), maker.within());
  const ShardToSplit = Shards[0]?.ShardId;
  const NewStartingHashKey = String(2n ** 127n);
  await kinesis.send(new SplitShardCommand({ StreamName, ShardToSplit, NewStartingHashKey }), maker.within());
}
