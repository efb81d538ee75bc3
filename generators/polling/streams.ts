/** Kinesis and DynamoDB streams with their mappings and records. */
import type { FunctionSpec } from '../../engine/scenario.ts';
import type { MappingSpec, RecordSpec } from '../../engine/sourceSpec.ts';
import { STREAM_VIEWS } from '../../engine/sourceSpec.ts';
import { creationInput } from './creation.ts';
import {
  type Change,
  disturb,
  moment,
  pollingFunction,
  qualifierOf,
  reconfigure,
  shortestTimeout,
} from './functions.ts';
import { type Bounds, filtersFor, planOf, recordsOf, smoothCrowd } from './records.ts';
import type { Setting } from './setting.ts';

/** Adds one stream, or two, with what reads them and what is written to them. */
export function addStreams(setting: Setting): void {
  const spec = pollingFunction(setting, 'f');
  addStream(setting, 'trail', spec, 's');
  if (setting.uses('neighbours')) addStream(setting, 'views', spec, 'v');
}

function addStream(setting: Setting, name: string, spec: FunctionSpec, mappingName: string): void {
  const { draw } = setting;
  const isTable = !setting.capabilities.has('kinesis') || setting.uses('tables', 75);
  const source = declare(setting, name, isTable);
  const mapping = mappingSpec(setting, mappingName, source, spec);
  const readers = [mapping];
  const isLater = setting.uses('creating', 60);
  if (isLater) create(setting, mapping);
  else setting.mappings.push(mapping);
  if (setting.uses('twins', 50)) {
    const other = setting.functions.find(({ name: known }) => known === 'g') ?? pollingFunction(setting, 'g');
    readers.push(mappingSpec(setting, `${mappingName}2`, source, other));
    setting.mappings.push(...readers.slice(1));
  }
  const bounds: Bounds = {
    areBounded: readers.every(isBounded),
    timeoutSeconds: shortestTimeout(setting, readers),
    reports: mapping.reportsItemFailures === true,
  };
  if (asksForCrowd(setting, mapping)) writeAtOnce(setting, mapping);
  else write(setting, source, isTable, bounds);
  if (!isLater) reconfigure(setting, mapping, CHANGES);
  const { onFailure } = mapping;
  disturb(
    setting,
    spec,
    onFailure === undefined ? [source] : draw.percent(50) ? [source, onFailure] : [onFailure],
  );
  const isSplit =
    setting.uses('reshards', 70) || (mapping.tumblingWindowSeconds !== undefined && draw.percent(25));
  if (!isTable && setting.capabilities.has('reshard') && isSplit) reshard(setting, source);
}

function declare(setting: Setting, name: string, isTable: boolean): string {
  const { draw } = setting;
  const shards = setting.uses('shards', 80) ? draw.int(2, 4) : 1;
  if (!isTable) {
    setting.streams.push(shards === 1 ? { name } : { name, shards });
    return `stream:${name}`;
  }
  const view = draw.of(STREAM_VIEWS);
  setting.tables.push(
    shards === 1 || setting.isRealTime ? { name, view } : { name, view, shards: Math.min(3, shards) },
  );
  return `table:${name}`;
}

export const isBounded = ({
  maximumRetryAttempts = -1,
  maximumRecordAgeSeconds = -1,
}: MappingSpec): boolean => maximumRetryAttempts >= 0 || maximumRecordAgeSeconds > 0;

function mappingSpec(setting: Setting, name: string, source: string, owner: FunctionSpec): MappingSpec {
  const { draw, isRealTime } = setting;
  const mapping: MappingSpec = {
    name,
    source,
    function: owner.name,
    ...qualifierOf(setting, owner),
    startingPosition: draw.of(['TRIM_HORIZON', 'TRIM_HORIZON', 'LATEST']),
  };
  if (!setting.traits.has('batches')) mapping.batchSize = 1;
  else if (draw.percent(70)) mapping.batchSize = draw.of([1, 2, 3, 4, 8]);
  if (setting.uses('windows', 60)) mapping.windowSeconds = isRealTime ? 1 : draw.of([1, 2, 5, 20]);
  // So long a window is worth a batch that is not full.
  if (mapping.windowSeconds === 20) delete mapping.batchSize;
  if (setting.uses('filters')) {
    mapping.filters = source.startsWith('table:')
      ? [
          draw.of<Change>([
            { eventName: ['INSERT'] },
            { dynamodb: { NewImage: { record: { S: [{ prefix: 'r1' }] } } } },
            { dynamodb: { Keys: { id: { S: ['k1'] } } } },
          ]),
        ]
      : filtersFor(setting, 'data');
  }
  if (mapping.filters !== undefined && (mapping.windowSeconds ?? 20) < 20)
    mapping.batchSize = draw.of([3, 4]);
  if (setting.uses('reports')) mapping.reportsItemFailures = true;
  if (setting.uses('parallel')) mapping.parallelizationFactor = draw.of([2, 2, 3, 10]);
  if (setting.uses('retries', 80)) mapping.maximumRetryAttempts = draw.of([0, 1, 1, 2, 3]);
  if (setting.uses('ages', 80)) mapping.maximumRecordAgeSeconds = isRealTime ? 60 : draw.of([60, 60, 120]);
  if (setting.uses('bisects')) mapping.bisects = true;
  if (setting.uses('destinations', 80)) mapping.onFailure = destination(setting, name);
  // What comes after a failure that cannot be told anywhere, once the destination is gone.
  if (setting.traits.has('removals') && mapping.onFailure !== undefined && !isBounded(mapping))
    mapping.maximumRetryAttempts = draw.of([0, 1]);
  if (setting.uses('tumbling', 80)) {
    mapping.tumblingWindowSeconds = isRealTime ? draw.int(2, 4) : draw.of([5, 10, 30]);
    mapping.startingPosition = 'TRIM_HORIZON';
    delete mapping.parallelizationFactor;
    if (draw.percent(30)) mapping.finalPlan = [draw.of(['throw', 'ok']), 'ok'];
  }
  if (setting.traits.has('disabling') && draw.percent(20)) mapping.enabled = false;
  return mapping;
}

function destination(setting: Setting, name: string): string {
  const { draw, capabilities } = setting;
  const kind = draw.int(0, 9);
  if (kind < 2 && capabilities.has('topics')) {
    if (setting.topics.every((topic) => topic.name !== 'failnews')) setting.topics.push({ name: 'failnews' });
    return 'topic:failnews';
  }
  if (kind < 4 && capabilities.has('buckets')) {
    if (setting.buckets.every((bucket) => bucket.name !== 'failures'))
      setting.buckets.push({ name: 'failures' });
    return 'bucket:failures';
  }
  return setting.queue({ name: `${name}failed` });
}

function create(setting: Setting, mapping: MappingSpec): void {
  const { steps, draw } = setting;
  const atSeconds = moment(setting);
  if (mapping.source.startsWith('stream:') && draw.percent(30)) {
    mapping.startingPosition = 'AT_TIMESTAMP';
    mapping.startingAtSeconds = Math.max(0, Math.floor(atSeconds) - draw.int(0, 3));
  }
  steps.push({
    atSeconds,
    do: 'request',
    operation: 'CreateEventSourceMapping',
    input: creationInput(mapping),
    mapping: mapping.name,
  });
}

const CHANGES: readonly [Change, ...Change[]] = [
  { BatchSize: 1 },
  { BatchSize: 7 },
  { MaximumRetryAttempts: 0 },
  { ParallelizationFactor: 2 },
  { FunctionResponseTypes: ['ReportBatchItemFailures'] },
  { FilterCriteria: { Filters: [{ Pattern: '{"data":{"kind":["a"]}}' }] } },
  { FilterCriteria: {} },
  { BisectBatchOnFunctionError: true },
];

/** What filters leave out of batches shows where there is much at once, and 6 MB where it is large. */
const asksForCrowd = (setting: Setting, { filters, windowSeconds, batchSize = 100 }: MappingSpec): boolean =>
  setting.uses('large', 50) ||
  (windowSeconds === 20 && setting.draw.percent(75)) ||
  (filters !== undefined && windowSeconds !== undefined && batchSize > 1 && setting.draw.percent(60));

function writeAtOnce(setting: Setting, { source: to, windowSeconds }: MappingSpec): void {
  const { draw, steps } = setting;
  const place = (): Partial<RecordSpec> => ({ key: 'k1' });
  steps.push({ atSeconds: draw.seconds(0, 1), do: 'send', to, records: smoothCrowd(setting, place) });
  // A few more while the next window is open.
  if (windowSeconds === 20)
    steps.push({ atSeconds: draw.seconds(29, 36), do: 'send', to, records: smoothCrowd(setting, place) });
}

function write(setting: Setting, to: string, isTable: boolean, bounds: Bounds): void {
  const { draw, steps } = setting;
  const place = (): Partial<RecordSpec> => {
    const spec: Partial<RecordSpec> = {};
    // Hot and cold keys; without, each record has its own, and lands on any shard.
    if (setting.traits.has('keys')) spec.key = draw.of(['k1', 'k1', 'k1', 'k2', 'k3', 'k4']);
    if (isTable && draw.percent(25)) spec.change = 'remove';
    return spec;
  };
  const sendings = draw.int(1, 4);
  for (let k = 0; k < sendings; k++) {
    const records = recordsOf(setting, bounds, place);
    steps.push({ atSeconds: k === 0 ? draw.seconds(0, 1) : moment(setting), do: 'send', to, records });
  }
  if (setting.traits.has('tumbling') && draw.percent(40)) {
    const record = setting.nextRecord();
    const plan = [{ do: 'ok' as const, stateBytes: draw.of([100, 1_100_000]) }];
    steps.push({ atSeconds: draw.seconds(0, 2), do: 'send', to, records: [{ record, ...place(), plan }] });
  }
  // On a real clock nobody waits a minute for what no age bounds.
  const isAged = setting.mappings.some(
    ({ source, maximumRecordAgeSeconds = -1 }) => source === to && maximumRecordAgeSeconds > 0,
  );
  if (setting.uses('ages', 30) && (isAged || !setting.isRealTime))
    steps.push({
      atSeconds: setting.isRealTime ? draw.of([30, 61]) : draw.of([30, 61, 100]),
      do: 'send',
      to,
      records: [{ record: setting.nextRecord(), ...place(), plan: planOf(setting, bounds) }],
    });
}

function reshard(setting: Setting, stream: string): void {
  const { draw, steps } = setting;
  steps.push({
    atSeconds: draw.seconds(1, setting.isRealTime ? 2 : 6),
    do: 'reshard',
    stream,
    shard: 0,
    action: draw.of(['split', 'split', 'merge']),
  });
}
