/** What a request about an event source mapping is for: which source, of which kind, and whether nothing is in its way. */
import { possible, settled } from '../../engine/configuration.ts';
import type { Json } from '../../engine/json.ts';
import { mappingNamed, settingsAsked } from '../../engine/mappingSettings.ts';
import { type SourceKind, sourceKind } from '../../engine/sourceSpec.ts';
import type { ControlRequest, MappingView, View } from '../../engine/view.ts';

/** The mapping that an Update or Delete is for; undefined where it is not known. */
export function mappingOf(request: ControlRequest, view: View): MappingView | undefined {
  const name = mappingNamed(request.step);
  return name === undefined ? undefined : view.mappings.get(name);
}

/** The source that the request is about, as the scenario writes it; undefined where it names none. */
export function sourceOf(request: ControlRequest, view: View): string | undefined {
  if (request.step.operation !== 'CreateEventSourceMapping') return mappingOf(request, view)?.source.ref;
  const { input } = request.step;
  return (
    reference(first(input['Topics'])) ??
    reference(first(input['Queues'])) ??
    reference(input['EventSourceArn'])
  );
}

const reference = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && sourceKind(value) !== undefined ? value : undefined;

const first = (value: Json | undefined): Json | undefined => (Array.isArray(value) ? value[0] : undefined);

/** What kind of source it is about. */
export function kindOf(request: ControlRequest, view: View): SourceKind | undefined {
  const ref = sourceOf(request, view);
  return ref === undefined ? undefined : sourceKind(ref);
}

/** Whether it is about a stream: Kinesis or DynamoDB. */
export function isOfStream(request: ControlRequest, view: View): boolean {
  const kind = kindOf(request, view);
  return kind === 'kinesis' || kind === 'dynamodb';
}

/** Whether it is about a FIFO queue. */
export function isOfFifo(request: ControlRequest, view: View): boolean {
  const ref = sourceOf(request, view);
  return (
    view.history.scenario.queues?.some(({ name, fifo }) => fifo === true && `queue:${name}` === ref) === true
  );
}

/** The batching window that is in force after the request, seconds; undefined where that is not known. */
export function windowAfter(
  { step, requested }: ControlRequest,
  mapping: MappingView | undefined,
): number | undefined {
  const given = step.input['MaximumBatchingWindowInSeconds'];
  if (typeof given === 'number') return given;
  if (given !== undefined) return undefined;
  if (step.operation === 'CreateEventSourceMapping') return settingsAsked(step.input)?.windowSeconds;
  if (mapping === undefined) return undefined;
  return settled(mapping.settings, requested.at, requested.at)?.windowSeconds;
}

/**
 * Whether a request about a mapping finds what it is for, and nothing but its values could be a reason to refuse it:
 * the source and the function are there for certain, the role may read, the mapping exists and is not a second one of
 * the same source and function, and the source goes with the function's timeout (SQS-VIS-04, POLL-TMO-01).
 */
export function isForMapping(request: ControlRequest, view: View): boolean {
  const { operation, input } = request.step;
  const ref = sourceOf(request, view);
  if (ref === undefined || isDisturbed(ref, view)) return false;
  const { at } = request.requested;
  if (operation === 'CreateEventSourceMapping') {
    const functionName = input['FunctionName'];
    if (typeof functionName !== 'string' || !isReady(functionName, view)) return false;
    for (const mapping of view.mappings.values())
      if (
        mapping.name !== request.step.mapping &&
        mapping.source.ref === ref &&
        mapping.function.name === functionName
      )
        return false;
    return isDeclared(ref, view) && takesTimeout(ref, functionName, at, view);
  }
  const mapping = mappingOf(request, view);
  if (mapping === undefined || possible(mapping.settings, at, at).includes(null)) return false;
  const functionName = input['FunctionName'] ?? mapping.function.name;
  if (typeof functionName !== 'string' || !isReady(functionName, view)) return false;
  return takesTimeout(ref, functionName, at, view);
}

/** A declared function that is there all the time, by its bare name. */
function isReady(name: string, view: View): boolean {
  const owner = view.functions.get(name);
  return owner !== undefined && owner.spec.fresh !== true && !isDisturbed(`function:${name}`, view);
}

/** Whether the scenario deletes it, or takes the right to it away, at some time. */
function isDisturbed(ref: string, view: View): boolean {
  for (const step of view.history.scenario.steps)
    if ((step.do === 'remove' || step.do === 'permission') && step.resource === ref) return true;
  return false;
}

function isDeclared(ref: string, view: View): boolean {
  const { scenario } = view.history;
  const name = ref.slice(ref.indexOf(':') + 1);
  const places = [
    scenario.queues,
    scenario.streams,
    scenario.tables,
    scenario.kafkaTopics,
    scenario.brokerQueues,
  ][['queue', 'stream', 'table', 'kafka', 'broker'].indexOf(ref.slice(0, ref.indexOf(':')))];
  return places?.some((place) => place.name === name) === true;
}

/** AWS, with-msk.html and with-mq.html: functions of Kafka and Amazon MQ run at most 14 minutes. */
const LONGEST_OF_BROKERS_SECONDS = 840;

/**
 * Whether the source goes with the function's timeout. AWS, services-sqs-configure.html: that may not be longer than the
 * visibility timeout.
 */
function takesTimeout(ref: string, functionName: string, at: number, view: View): boolean {
  const kind = sourceKind(ref);
  if (kind === 'kinesis' || kind === 'dynamodb') return true;
  const owner = view.functions.get(functionName);
  if (owner === undefined) return false;
  const longest = Math.max(...possible(owner.timeoutSeconds, at, at));
  if (kind !== 'sqs') return longest <= LONGEST_OF_BROKERS_SECONDS;
  const known = view.sources.get(ref);
  if (known !== undefined) return Math.min(...possible(known.visibilityTimeoutSeconds, at, at)) >= longest;
  const queue = view.history.scenario.queues?.find(({ name }) => `queue:${name}` === ref);
  return (queue?.visibilityTimeoutSeconds ?? 30) >= longest;
}
