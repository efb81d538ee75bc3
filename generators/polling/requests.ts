/** Requests about mappings and queues with values in range and out of range, beside whatever else happens. */
import type { Capability } from '../../engine/capabilities.ts';
import type { Json } from '../../engine/json.ts';
import type { Operation, Step } from '../../engine/scenario.ts';
import type { MappingSpec } from '../../engine/sourceSpec.ts';
import {
  creationNeeds,
  creations,
  type MappingInputs,
  mappingInputs,
  queueAttributes,
} from '../mappingRequests.ts';
import { isFifoName } from '../names.ts';
import { isOffered } from '../requestNeeds.ts';
import type { Setting } from './setting.ts';

const NEEDS: Readonly<Record<string, Capability>> = {
  queue: 'sqs',
  stream: 'kinesis',
  table: 'dynamodb',
  kafka: 'kafka',
  broker: 'mq',
};

const kindOf = (ref: string): string => ref.slice(0, ref.indexOf(':'));

/** Adds a few requests, and declares what they are about. The functions `h`, `h2`, … are theirs alone. */
export function addRequests(setting: Setting): void {
  const { draw } = setting;
  const count = draw.int(1, 5);
  for (let k = 0; k < count; k++) addRequest(setting, k);
}

/** Requests and nothing else: more of them. */
export function addOnlyRequests(setting: Setting): void {
  const { draw } = setting;
  ownFunction(setting, 0);
  const count = setting.isRealTime ? draw.int(3, 5) : draw.int(5, 10);
  for (let k = 0; k < count; k++) addRequest(setting, k);
}

function addRequest(setting: Setting, number: number): void {
  const { draw, capabilities, steps } = setting;
  const kind = draw.int(0, 9);
  const atSeconds = 30 * (number + 1) * (setting.isRealTime ? 0.1 : 1);
  if (kind < 2 && capabilities.has('sqs')) {
    steps.push(queueRequest(setting, atSeconds));
    return;
  }
  if (kind < 5) {
    const input = { ...drawnInput(setting, 'CreateEventSourceMapping', creations) };
    const ref = String(input['EventSourceArn']);
    if (ref.startsWith('arn:')) {
      steps.push(creation(setting, atSeconds, input, number));
      return;
    }
    if (!capabilities.has(NEEDS[kindOf(ref)] ?? 'controlPlane')) return;
    if (ref !== 'queue:missing') declare(setting, ref);
    steps.push(creation(setting, atSeconds, input, number));
    return;
  }
  if (kind === 5 && draw.percent(30) && addSlow(setting, atSeconds, number)) return;
  const available = mappingInputs.filter(
    ({ of }) =>
      capabilities.has(NEEDS[kindOf(of)] ?? 'controlPlane') && (!isFifoName(of) || capabilities.has('fifo')),
  );
  const [first, ...others] = available;
  if (first === undefined) return;
  addBounded(setting, atSeconds, draw.of([first, ...others]), number);
}

/** An input in range or out of it that names nothing which the target lacks: of each kind there are such. */
function drawnInput(
  { draw, capabilities }: Setting,
  operation: Operation,
  { valid, invalid }: Pick<MappingInputs, 'valid' | 'invalid'>,
): Record<string, Json> {
  const offered = (draw.percent(40) ? valid : invalid).filter((input) =>
    isOffered(capabilities, operation, input),
  );
  return draw.of(offered as [Record<string, Json>, ...Record<string, Json>[]]);
}

/** A function that may run for 15 minutes, on a broker or a topic: there 14 are the most. */
function addSlow(setting: Setting, atSeconds: number, number: number): boolean {
  const { draw, capabilities, functions, steps } = setting;
  const of = draw.of(['kafka:audit', 'broker:jobs']);
  if (!capabilities.has(NEEDS[kindOf(of)] ?? 'controlPlane')) return false;
  if (functions.every(({ name }) => name !== 'slow')) functions.push({ name: 'slow', timeoutSeconds: 900 });
  declare(setting, of);
  const input = {
    FunctionName: 'slow',
    EventSourceArn: of,
    ...(creationNeeds[kindOf(of)] ?? {}),
    ...listed(of),
  };
  steps.push(creation(setting, atSeconds, input, number));
  return true;
}

/** A creation, or an update of a mapping that is declared, with one of the inputs. */
function addBounded(
  setting: Setting,
  atSeconds: number,
  { of, valid, invalid }: MappingInputs,
  number: number,
): void {
  const { draw, steps } = setting;
  const input = drawnInput(setting, 'UpdateEventSourceMapping', { valid, invalid });
  declare(setting, of);
  const needs = creationNeeds[kindOf(of)] ?? {};
  if (draw.percent(55)) {
    const whole = { FunctionName: 'f', EventSourceArn: of, ...needs, ...input, ...listed(of) };
    steps.push(creation(setting, atSeconds, whole, number));
    return;
  }
  const name = `h${kindOf(of)}${of.endsWith('fifo') ? 'f' : ''}`;
  if (setting.mappings.every((mapping) => mapping.name !== name)) {
    ownFunction(setting, 0);
    const mapping: MappingSpec = { name, source: of, function: 'h' };
    if (needs['StartingPosition'] !== undefined) mapping.startingPosition = 'TRIM_HORIZON';
    setting.mappings.push(mapping);
  }
  steps.push({
    atSeconds,
    do: 'request',
    operation: 'UpdateEventSourceMapping',
    input: { UUID: `mapping:${name}`, ...input },
  });
}

const listed = (of: string): Record<string, Json> => {
  if (of.startsWith('kafka:')) return { Topics: [of] };
  return of.startsWith('broker:') ? { Queues: [of] } : {};
};

function creation(setting: Setting, atSeconds: number, input: Record<string, Json>, number: number): Step {
  if (input['FunctionName'] === 'f') {
    input['FunctionName'] = ownFunction(setting, number);
  }
  for (const key of ['Topics', 'Queues']) {
    const refs = input[key];
    if (Array.isArray(refs)) for (const ref of refs) declare(setting, String(ref));
  }
  const config = input['DestinationConfig'];
  if (config !== undefined)
    for (const name of ['done', 'failed'])
      if (JSON.stringify(config).includes(`queue:${name}`)) setting.queue({ name });
  return { atSeconds, do: 'request', operation: 'CreateEventSourceMapping', input, mapping: `made${number}` };
}

/** Each creation has a function of its own: no mapping that was made before is in its way. */
function ownFunction({ functions }: Setting, number: number): string {
  const own = number === 0 ? 'h' : `h${number + 1}`;
  if (functions.every(({ name }) => name !== own)) functions.push({ name: own, timeoutSeconds: 3 });
  return own;
}

/** Declares the source of a request under its own name. */
function declare(setting: Setting, ref: string): void {
  const name = ref.slice(ref.indexOf(':') + 1);
  const missing = (places: readonly { readonly name: string }[]) =>
    places.every((place) => place.name !== name);
  switch (kindOf(ref)) {
    case 'queue':
      if (name === 'ordersfifo') setting.queue({ name, fifo: true });
      else if (name === 'hasty') setting.queue({ name, visibilityTimeoutSeconds: 1 });
      else setting.queue({ name });
      return;
    case 'stream':
      if (missing(setting.streams)) setting.streams.push({ name });
      return;
    case 'table':
      if (missing(setting.tables)) setting.tables.push({ name });
      return;
    case 'kafka':
      if (missing(setting.kafkaTopics)) setting.kafkaTopics.push({ name, on: 'msk' });
      return;
    case 'broker':
      if (missing(setting.brokerQueues)) setting.brokerQueues.push({ name, engine: 'rabbitMq' });
  }
}

function queueRequest(setting: Setting, atSeconds: number): Step {
  const { draw, capabilities } = setting;
  const { valid, invalid } = queueAttributes;
  const Attributes = draw.of([...(draw.percent(40) ? valid : invalid)] as [object, ...object[]]) as Record<
    string,
    Json
  >;
  if (draw.percent(40)) {
    return { atSeconds, do: 'request', operation: 'CreateQueue', input: { QueueName: 'extra', Attributes } };
  }
  const QueueUrl = setting.queue({ name: 'spare' });
  if (draw.percent(30) && capabilities.has('redrive')) {
    // FIFO to standard, or standard to standard.
    const isMatching = draw.percent(50) || !capabilities.has('fifo');
    const dead = setting.queue(isMatching ? { name: 'sparedead' } : { name: 'sparedeadfifo', fifo: true });
    const policy = { RedrivePolicy: { deadLetterTargetArn: dead, maxReceiveCount: 5 } };
    return {
      atSeconds,
      do: 'request',
      operation: 'SetQueueAttributes',
      input: { QueueUrl, Attributes: policy },
    };
  }
  return { atSeconds, do: 'request', operation: 'SetQueueAttributes', input: { QueueUrl, Attributes } };
}
