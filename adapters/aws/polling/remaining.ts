/** What queues still hold when the observer leaves. */
import { GetQueueAttributesCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Remaining } from '../../../engine/history.ts';
import type { Maker } from '../maker.ts';
import type { Renaming } from '../names.ts';
import type { Observation } from '../observation.ts';
import type { Lease } from '../pool.ts';
import { removeMappingsOf } from './makeMapping.ts';

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;

/** Messages that are hidden now are waited for so long, to see which they are; others are only counted. */
const LONGEST_WAIT_SECONDS = 5;

/** How long to wait before a queue that had nothing new is asked again. */
const NOTHING_NEW_MS = 250;

interface Counted {
  readonly ref: string;
  readonly url: string;
  readonly at: number;
  readonly count: number;
}

/**
 * Counts what the scenario's source queues hold, then ends the observation, takes the mappings away and, where all
 * messages of a queue can be received, tells which they are.
 */
export async function lookWhatRemains(
  lease: Lease,
  renaming: Renaming,
  observation: Observation,
  maker: Maker,
): Promise<void> {
  const counted: Counted[] = [];
  for (const { group } of lease.groups) {
    for (const { kind, ref, source } of group.places) {
      const url = renaming.get(ref)?.url;
      if (kind !== 'queue' || source === undefined || url === undefined) continue;
      const count = await countOf(url, maker);
      if (count !== undefined) counted.push({ ref, url, at: observation.now(), count });
    }
  }
  observation.close(observation.now());
  if (counted.some(({ count }) => count > 0)) await removeMappings(renaming, observation, maker);
  const told = await Promise.all(
    counted.map(async ({ ref, url, at, count }): Promise<Remaining> => {
      const records = count === 0 ? [] : await recordsIn(ref, url, count, observation, maker);
      return { kind: 'remaining', at, resource: ref, count, ...(records === undefined ? {} : { records }) };
    }),
  );
  for (const entry of told) observation.record(entry);
}

/** Undefined where the queue is gone. */
async function countOf(QueueUrl: string, maker: Maker): Promise<number | undefined> {
  const look = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...COUNTS] });
  try {
    const { Attributes } = await maker.clients.sqs.send(look, maker.within());
    return COUNTS.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
  } catch {
    return undefined;
  }
}

async function removeMappings(renaming: Renaming, { scenario }: Observation, maker: Maker): Promise<void> {
  for (const { name } of scenario.functions) {
    const realName = renaming.functionName(name);
    if (maker.journal.has('mapping', realName))
      await removeMappingsOf(realName, maker).catch(() => undefined);
  }
}

/** The records in a queue that nobody reads any more; undefined where not all `count` of them were received and known. */
async function recordsIn(
  ref: string,
  QueueUrl: string,
  count: number,
  { scenario, polling }: Observation,
  maker: Maker,
): Promise<string[] | undefined> {
  const spec = scenario.queues?.find(({ name }) => ref === `queue:${name}`);
  const hiddenSeconds = spec?.visibilityTimeoutSeconds ?? 30;
  const deadline =
    performance.now() + 1_000 * (hiddenSeconds < LONGEST_WAIT_SECONDS ? hiddenSeconds + 1 : 0.5);
  const found = new Map<string, string | undefined>();
  // Received ones stay hidden meanwhile, but for a FIFO queue, where that would hide the rest of their group.
  const receive = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: 1,
    VisibilityTimeout: spec?.fifo === true ? 0 : 60,
  });
  try {
    while (found.size < count && performance.now() < deadline) {
      const before = found.size;
      const { Messages = [] } = await maker.clients.sqs.send(receive, maker.within());
      for (const { MessageId = '', Body } of Messages)
        found.set(MessageId, polling.records.of(ref, MessageId, Body)?.id);
      // A FIFO queue answers at once with what is known already.
      if (found.size === before) await new Promise((resolve) => setTimeout(resolve, NOTHING_NEW_MS));
    }
  } catch {
    return undefined;
  }
  const records = [...found.values()];
  if (found.size !== count || records.includes(undefined)) return undefined;
  return records as string[];
}
