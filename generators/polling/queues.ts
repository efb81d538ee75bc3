/** Queues with their mappings and messages. */
import type { FunctionSpec } from '../../engine/scenario.ts';
import type { MappingSpec, QueueSpec, RecordSpec } from '../../engine/sourceSpec.ts';
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
import { addLoop } from './loops.ts';
import { type Bounds, filtersFor, planOf, recordsOf, smoothCrowd } from './records.ts';
import type { Setting } from './setting.ts';

/** Adds one queue, or two, with what reads them and what is sent to them. */
export function addQueues(setting: Setting): void {
  const spec = pollingFunction(setting, 'f');
  addQueue(setting, 'inbox', spec, 'm');
  if (setting.uses('neighbours')) addQueue(setting, 'bills', spec, 'n');
  if (setting.uses('loops', 50)) addLoop(setting);
}

function addQueue(setting: Setting, name: string, spec: FunctionSpec, mappingName: string): void {
  const queue = queueSpec(setting, name, spec);
  const source = setting.queue(queue);
  const mapping = mappingSpec(setting, mappingName, source, queue, spec);
  const readers = [mapping];
  const isLater = setting.uses('creating', 60);
  if (isLater) create(setting, mapping);
  else setting.mappings.push(mapping);
  if (setting.uses('twins', 50)) {
    const other = setting.functions.find(({ name: known }) => known === 'g') ?? pollingFunction(setting, 'g');
    if (other.timeoutSeconds <= (queue.visibilityTimeoutSeconds ?? 30)) {
      readers.push(mappingSpec(setting, `${mappingName}2`, source, queue, other));
      setting.mappings.push(...readers.slice(1));
    }
  }
  const bounds: Bounds = {
    areBounded: queue.redrive !== undefined || queue.retentionSeconds === 60,
    timeoutSeconds: shortestTimeout(setting, readers),
    reports: mapping.reportsItemFailures === true,
  };
  const isCrowded =
    setting.uses('backlog', 60) ||
    (isBoundedAtOnce(mapping) && !setting.isRealTime && setting.draw.percent(40));
  send(setting, source, queue, bounds, isCrowded);
  if (!isLater) reconfigure(setting, mapping, changesOf(queue));
  disturb(setting, spec, [source, ...(queue.redrive === undefined ? [] : [queue.redrive.to])]);
}

function queueSpec(setting: Setting, name: string, { timeoutSeconds }: FunctionSpec): QueueSpec {
  const { draw, isRealTime } = setting;
  const isFifo = setting.uses('fifo', 75);
  const queue: QueueSpec = { name };
  if (isFifo) queue.fifo = true;
  if (isRealTime) queue.visibilityTimeoutSeconds = draw.of([1, 2, 2, 3]);
  else if (draw.percent(70))
    queue.visibilityTimeoutSeconds = Math.max(timeoutSeconds, draw.of([1, 3, 5, 20, 60]));
  if (!isFifo && setting.uses('delays', 40)) queue.delaySeconds = draw.of([1, 1, isRealTime ? 2 : 20]);
  if (setting.uses('retention', 70)) queue.retentionSeconds = 60;
  if (setting.uses('redrive', 85)) {
    const dead = `${name}dead`;
    setting.queue(isFifo ? { name: dead, fifo: true } : { name: dead });
    queue.redrive = {
      to: `queue:${dead}`,
      maxReceiveCount: isRealTime ? draw.int(1, 2) : draw.of([1, 2, 3, 5]),
    };
  }
  return queue;
}

function mappingSpec(
  setting: Setting,
  name: string,
  source: string,
  queue: QueueSpec,
  owner: FunctionSpec,
): MappingSpec {
  const { draw, isRealTime } = setting;
  const mapping: MappingSpec = { name, source, function: owner.name, ...qualifierOf(setting, owner) };
  const isFifo = queue.fifo === true;
  if (!setting.traits.has('batches')) mapping.batchSize = 1;
  else if (draw.percent(70)) mapping.batchSize = draw.of([1, 2, 3, 5, 10]);
  if (!isFifo && setting.uses('windows', 70)) {
    mapping.windowSeconds = isRealTime ? draw.int(1, 2) : draw.of([1, 2, 5, 20]);
    if (draw.percent(25)) mapping.batchSize = draw.of([11, 20, 100, 10_000]);
  }
  if (setting.uses('filters')) mapping.filters = filtersFor(setting, 'body');
  if (setting.uses('reports')) mapping.reportsItemFailures = true;
  if (setting.uses('maximum')) mapping.maximumConcurrency = draw.of([2, 2, 3, 10]);
  else if (setting.uses('pollers'))
    mapping.provisioned = draw.of([{ minimum: 2, maximum: 2 }, { minimum: 2, maximum: 5 }, { maximum: 3 }]);
  // Where that bounds the attempts at once, a backlog has to want more of them.
  if (isBoundedAtOnce(mapping) && !isRealTime && draw.percent(setting.traits.has('backlog') ? 70 : 30)) {
    mapping.batchSize = 1;
    delete mapping.filters;
  }
  if (setting.traits.has('disabling') && draw.percent(20)) mapping.enabled = false;
  return mapping;
}

const isBoundedAtOnce = ({ maximumConcurrency, provisioned }: MappingSpec): boolean =>
  maximumConcurrency !== undefined || provisioned !== undefined;

function create(setting: Setting, mapping: MappingSpec): void {
  const { steps, draw } = setting;
  const atSeconds = moment(setting);
  steps.push({
    atSeconds,
    do: 'request',
    operation: 'CreateEventSourceMapping',
    input: creationInput(mapping),
    mapping: mapping.name,
  });
  if (draw.percent(40))
    steps.push({
      atSeconds,
      do: 'request',
      operation: 'UpdateEventSourceMapping',
      input: { UUID: `mapping:${mapping.name}`, BatchSize: 4 },
    });
  if (draw.percent(50))
    steps.push({
      atSeconds,
      do: 'request',
      operation: 'GetEventSourceMapping',
      input: { UUID: `mapping:${mapping.name}` },
    });
}

function changesOf({ fifo }: QueueSpec): readonly [Change, ...Change[]] {
  const changes: [Change, ...Change[]] = [
    { BatchSize: 1 },
    { BatchSize: 7 },
    { FunctionResponseTypes: ['ReportBatchItemFailures'] },
    { FunctionResponseTypes: [] },
    { FilterCriteria: { Filters: [{ Pattern: '{"body":{"kind":["a"]}}' }] } },
    { FilterCriteria: {} },
    { ScalingConfig: { MaximumConcurrency: 2 } },
  ];
  return fifo === true ? changes : [...changes, { MaximumBatchingWindowInSeconds: 2 }];
}

function send(setting: Setting, to: string, queue: QueueSpec, bounds: Bounds, isCrowded: boolean): void {
  const { draw, steps } = setting;
  const place = (): Partial<RecordSpec> => {
    const spec: Partial<RecordSpec> = {};
    if (queue.fifo === true) spec.group = draw.of(['g1', 'g1', 'g1', 'g2', 'g3']);
    else if (setting.uses('delays', 20)) spec.delaySeconds = draw.int(0, 3);
    if (setting.uses('attributes', 50)) spec.attributes = { Title: 'The Whistler', WeeksOn: '6' };
    return spec;
  };
  const sendings = draw.int(1, 3);
  for (let k = 0; k < sendings; k++) {
    const records = recordsOf(setting, bounds, place);
    steps.push({ atSeconds: k === 0 ? draw.seconds(0, 1) : moment(setting), do: 'send', to, records });
  }
  if (setting.uses('large', 40))
    steps.push({ atSeconds: draw.seconds(0, 1), do: 'send', to, records: smoothCrowd(setting, place) });
  if (setting.uses('updating', 15)) {
    const input = { QueueUrl: to, Attributes: attributesOf(setting, to, queue) };
    steps.push({ atSeconds: moment(setting), do: 'request', operation: 'SetQueueAttributes', input });
  }
  if (isCrowded) {
    const afterSeconds = Math.max(0.3, bounds.timeoutSeconds - 0.6);
    const record: RecordSpec = {
      record: setting.nextRecord(),
      times: draw.of([40, 80, 150]),
      plan: [{ do: 'ok', afterSeconds }],
      ...place(),
    };
    steps.push({ atSeconds: draw.seconds(0, 1), do: 'send', to, records: [record] });
  }
  if (queue.fifo !== true && setting.uses('large', 15)) {
    // Beyond what SQS takes, and just within it: alone, for a call has a limit of its own.
    const body = { $filler: draw.of([1_048_576, 1_048_577, 1_200_000]) };
    const record: RecordSpec = {
      record: setting.nextRecord(),
      body,
      plan: planOf(setting, { ...bounds, areBounded: false }),
    };
    steps.push({ atSeconds: moment(setting), do: 'send', to, records: [record] });
  }
}

/** What a queue is changed to under way. */
function attributesOf(setting: Setting, to: string, { fifo }: QueueSpec): Change {
  const { draw, isRealTime } = setting;
  const redriven = () => {
    const name = `${to.slice('queue:'.length)}dead`;
    const dead = setting.queue(fifo === true ? { name, fifo: true } : { name });
    return { RedrivePolicy: { deadLetterTargetArn: dead, maxReceiveCount: draw.int(1, 3) } };
  };
  const attributes = draw.of<() => Change>([
    () => ({ VisibilityTimeout: draw.of(['1', '60']) }),
    () => ({ DelaySeconds: draw.of(['0', isRealTime ? '2' : '20', isRealTime ? '2' : '600']) }),
    () => ({ MessageRetentionPeriod: draw.of(['60', '600']) }),
    ...(setting.capabilities.has('redrive') ? [redriven] : []),
  ]);
  return attributes();
}
