/** AWS, with-kinesis.html and invocation-retries.html: what waits for a batch that failed, and what does not. */
import { STREAMS } from '../../engine/capabilities.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Batch, MappingView, RecordView, View } from '../../engine/view.ts';
import { NO_BATCHES } from '../mappings/records.ts';
import { mayBeWindowed } from '../mappings/settings.ts';
import { once } from '../memo.ts';
import { hasFailed } from './answer.ts';
import { changeOf, excuseOf } from './calm.ts';
import { firstLate, firstMissing } from './lateness.ts';
import { type Overtaking, overtakingIn } from './overtaking.ts';
import { NO_RUNS, type ShardRun, shardRuns } from './shards.ts';
import { activeMappings, keyOf, steadyFactor } from './subjects.ts';

const KINESIS = guide('with-kinesis');
const MAPPINGS = guide('invocation-eventsourcemapping');
const RETRIES = guide('invocation-retries');

const overtaken = ({ by, failed, record }: Overtaking): Finding => ({
  expected: `nothing after ${record.id} before it has succeeded or is discarded: attempt ${failed.attempt.id} failed`,
  observed: `attempt ${by.attempt.id} with later records`,
  entries: [by.started, failed.started],
});

/** What must be done in order, where some attempt failed: a shard, or what is known to be of one. */
interface Line {
  readonly mapping: MappingView;
  readonly batches: readonly Batch[];
  readonly lineOf: (record: RecordView) => string;
}

const NO_LINES: readonly Line[] = [];

const wholeShard = (): string => '';

/** Shards that are read by one attempt at a time. Of tables that do not tell them: the changes of an item share one. */
const failingLines = (view: View): readonly Line[] => {
  const failing = activeMappings(view).filter(
    (mapping) => steadyFactor(mapping) === 1 && mapping.batches.some(hasFailed),
  );
  if (failing.length === 0) return NO_LINES;
  const found: Line[] = [];
  for (const { mapping, batches } of shardRuns(view))
    if (failing.includes(mapping) && batches.some(hasFailed))
      found.push({ mapping, batches, lineOf: wholeShard });
  for (const mapping of failing)
    if (mapping.source.kind === 'dynamodb' && !mayBeWindowed(mapping))
      found.push({ mapping, batches: mapping.batches, lineOf: keyOf });
  return found;
};

export const blk01 = defineRule({
  id: 'STR-BLK-01',
  level: 'MUST',
  invariant:
    'With a factor of 1 nothing later of a shard starts before a failed batch has succeeded or is discarded.',
  sources: [MAPPINGS, KINESIS, RETRIES],
  needs: [STREAMS],
  note: 'Judged by shard where it is told, on Kinesis and in tumbling windows; of tables by item, whose changes share a shard.',
  subjects: failingLines,
  check: ({ mapping, batches, lineOf }, view, tolerances) => {
    const change = changeOf(mapping, view);
    if (change !== undefined) return { unknown: change };
    const found = overtakingIn(mapping, batches, lineOf, tolerances);
    return found === undefined ? undefined : overtaken(found);
  },
});

/** Mappings with a higher factor where some attempt failed: each key has an order of its own. */
const failingKeys = once((view: View): readonly MappingView[] => {
  const all = activeMappings(view);
  if (all.length === 0) return all;
  return all.filter((mapping) => steadyFactor(mapping) !== 1 && mapping.batches.some(hasFailed));
});

export const blk02 = defineRule({
  id: 'STR-BLK-02',
  level: 'SHOULD',
  invariant: 'With a higher factor a failed record holds up the later ones of its key.',
  sources: [KINESIS, MAPPINGS],
  needs: [STREAMS],
  note: 'That keys beside the failing one go on is not said clearly enough to be judged; that the failing key waits is.',
  subjects: failingKeys,
  check: (mapping, view, tolerances) => {
    const change = changeOf(mapping, view);
    if (change !== undefined) return { unknown: change };
    const found = overtakingIn(mapping, mapping.batches, keyOf, tolerances);
    return found === undefined ? undefined : overtaken(found);
  },
});

/** A shard on which nothing failed, while something failed on another one. */
interface Beside {
  readonly mapping: MappingView;
  readonly shard: string;
  readonly run: ShardRun | undefined;
  readonly records: readonly RecordView[];
}

const NOTHING: readonly Beside[] = [];

const beside = once((view: View): readonly Beside[] => {
  const failing = shardRuns(view);
  if (failing === NO_RUNS || !failing.some(({ batches }) => batches.some(hasFailed))) return NOTHING;
  const found: Beside[] = [];
  for (const mapping of new Set(failing.map((run) => run.mapping))) {
    if (mapping.spec === undefined || mapping.source.resharded.length > 0 || mayBeWindowed(mapping)) continue;
    const runs = failing.filter((run) => run.mapping === mapping);
    const failed = new Set(runs.filter(({ batches }) => batches.some(hasFailed)).map(({ shard }) => shard));
    if (failed.size === 0) continue;
    for (const [shard, records] of byShard(mapping.source.records)) {
      if (failed.has(shard)) continue;
      found.push({ mapping, shard, run: runs.find((run) => run.shard === shard), records });
    }
  }
  return found;
});

function byShard(records: readonly RecordView[]): ReadonlyMap<string, readonly RecordView[]> {
  const shards = new Map<string, RecordView[]>();
  for (const record of records) {
    const shard = record.sent?.shard;
    if (shard === undefined) continue;
    const known = shards.get(shard);
    if (known === undefined) shards.set(shard, [record]);
    else known.push(record);
  }
  return shards;
}

export const shard02 = defineRule({
  id: 'STR-SHARD-02',
  level: 'MUST',
  invariant: 'A shard that fails does not hold up the others.',
  sources: [KINESIS, RETRIES],
  needs: ['kinesis'],
  subjects: beside,
  check: (subject, view, tolerances) => {
    const excuse = excuseOf(subject.mapping, view);
    if (excuse !== undefined) return { unknown: excuse };
    const { mapping, run, records } = subject;
    const batches = run?.batches ?? NO_BATCHES;
    return firstLate(batches, mapping, tolerances) ?? firstMissing(records, batches, mapping, view);
  },
});
