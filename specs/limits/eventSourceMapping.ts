/** AWS, API_CreateEventSourceMapping.html: the bounds of an event source mapping, when it is made and when it is changed. */
import { ANY_SOURCE, KAFKA_OR_MQ, STREAMS } from '../../engine/capabilities.ts';
import { mappingNamed } from '../../engine/mappingSettings.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { ControlRequest, View } from '../../engine/view.ts';
import { isJudgeable } from './answers.ts';
import { asking, OF_MAPPINGS } from './asking.ts';
import { constrained } from './faults.ts';
import * as bounds from './mappingBounds.ts';
import { kindOf, mappingOf } from './mappingRequests.ts';
import { textIn } from './naming.ts';

const CREATE = api('CreateEventSourceMapping');

export const esm01 = defineRule({
  id: 'LIM-ESM-01',
  level: 'MUST',
  invariant:
    'BatchSize is between 1 and 10,000, for a FIFO queue between 1 and 10; any other value is refused.',
  sources: [CREATE],
  needs: [ANY_SOURCE, 'controlPlane'],
  isOfRequests: true,
  ...constrained(bounds.batchSize),
});

export const esm02 = defineRule({
  id: 'LIM-ESM-02',
  level: 'MUST',
  invariant: 'MaximumBatchingWindowInSeconds is between 0 and 300; any other value is refused.',
  sources: [CREATE],
  needs: [ANY_SOURCE, 'controlPlane'],
  isOfRequests: true,
  note: 'How a window on a FIFO queue fails is not said: that is left open.',
  ...constrained(bounds.batchingWindow),
});

export const esm03 = defineRule({
  id: 'LIM-ESM-03',
  level: 'MUST',
  invariant: 'For SQS a BatchSize of more than 10 needs a batching window of at least 1 second.',
  sources: [CREATE, guide('services-sqs-configure')],
  needs: ['sqs'],
  isOfRequests: true,
  isContradictory: true,
  note: 'The API’s text says the same of Kinesis and DynamoDB, whose default is 100 with a window of 0: left open there.',
  ...constrained(bounds.batchNeedsWindow),
});

export const esm04 = defineRule({
  id: 'LIM-ESM-04',
  level: 'MUST',
  invariant: 'ParallelizationFactor of a stream is between 1 and 10; any other value is refused.',
  sources: [CREATE],
  needs: [STREAMS, 'controlPlane'],
  isOfRequests: true,
  ...constrained(bounds.parallelization),
});

export const esm05 = defineRule({
  id: 'LIM-ESM-05',
  level: 'MUST',
  invariant:
    'MaximumRecordAgeInSeconds of a stream is -1 or between 60 and 604,800; any other value is refused.',
  sources: [api('EventSourceMappingConfiguration'), CREATE],
  needs: [STREAMS, 'controlPlane'],
  isOfRequests: true,
  ...constrained(bounds.recordAge),
});

export const esm06 = defineRule({
  id: 'LIM-ESM-06',
  level: 'MUST',
  invariant: 'MaximumRetryAttempts of a stream is between -1 and 10,000; any other value is refused.',
  sources: [CREATE],
  needs: [STREAMS, 'controlPlane'],
  isOfRequests: true,
  ...constrained(bounds.mappingRetries),
});

export const esm07 = defineRule({
  id: 'LIM-ESM-07',
  level: 'MUST',
  invariant: 'TumblingWindowInSeconds of a stream is between 0 and 900; any other value is refused.',
  sources: [CREATE],
  needs: [STREAMS, 'controlPlane'],
  isOfRequests: true,
  ...constrained(bounds.tumblingWindow),
});

export const esm08 = defineRule({
  id: 'LIM-ESM-08',
  level: 'MUST',
  invariant: 'ScalingConfig.MaximumConcurrency is between 2 and 1,000, and for SQS only.',
  sources: [api('ScalingConfig'), CREATE],
  needs: [ANY_SOURCE, 'controlPlane'],
  isOfRequests: true,
  ...constrained(bounds.maximumConcurrency),
});

export const esm09 = defineRule({
  id: 'LIM-ESM-09',
  level: 'MUST',
  invariant:
    'MinimumPollers is between 1 (SQS: 2) and 200, MaximumPollers is no less and at most 2,000 (Kafka).',
  sources: [api('ProvisionedPollerConfig')],
  needs: [['sqs', 'kafka'], 'controlPlane'],
  isOfRequests: true,
  note: 'For SQS one page gives 2,000 as the upper bound of MaximumPollers, another 10,000: left open in between.',
  ...constrained(bounds.pollers),
});

export const esm10 = defineRule({
  id: 'LIM-ESM-10',
  level: 'MUST',
  invariant: 'FunctionResponseTypes has at most one value, ReportBatchItemFailures.',
  sources: [CREATE],
  needs: [ANY_SOURCE, 'controlPlane'],
  isOfRequests: true,
  ...constrained(bounds.responseTypes),
});

export const esm11 = defineRule({
  id: 'LIM-ESM-11',
  level: 'MUST',
  invariant: 'A filter pattern has at most 4,096 characters, and a mapping at most five filters.',
  sources: [CREATE, guide('invocation-eventfiltering')],
  needs: [ANY_SOURCE, 'controlPlane'],
  isOfRequests: true,
  note: 'The quota of five can be raised to ten: six to ten filters are left open.',
  ...constrained(bounds.filters),
});

export const esm12 = defineRule({
  id: 'LIM-ESM-12',
  level: 'MUST',
  invariant: 'A mapping names exactly one topic or one queue, and at most 23 SourceAccessConfigurations.',
  sources: [CREATE],
  needs: [KAFKA_OR_MQ, 'controlPlane'],
  isOfRequests: true,
  ...constrained(bounds.topics, bounds.brokerQueues, bounds.accessConfigurations),
});

const position = constrained(bounds.startingPosition);

/** An Update or a Get that tells which position the mapping has, where the mapping was made with one. */
const tellsPosition = asking(
  OF_MAPPINGS,
  (request, view) =>
    textIn(request.answered?.output, 'StartingPosition') !== undefined &&
    madeWith(request, view) !== undefined,
);

/** The position that the mapping was made with. */
function madeWith(request: ControlRequest, view: View): string | undefined {
  if (request.step.operation === 'CreateEventSourceMapping') return undefined;
  for (const { value } of mappingOf(request, view)?.settings ?? []) {
    if (value?.startingPosition !== undefined && value.startingPosition !== null)
      return value.startingPosition;
  }
  return undefined;
}

export const esm13 = defineRule<ControlRequest>({
  id: 'LIM-ESM-13',
  level: 'MUST',
  invariant: 'StartingPosition is TRIM_HORIZON, LATEST or AT_TIMESTAMP, and no update changes it.',
  sources: [CREATE, guide('kafka-esm-parameters')],
  needs: [['kinesis', 'dynamodb', 'kafka'], 'controlPlane'],
  isOfRequests: true,
  subjects: (view) => {
    const made = position.subjects(view);
    const told = tellsPosition(view);
    return made.length === 0 ? told : [...made, ...told];
  },
  check: (request, view) => {
    const before = madeWith(request, view);
    if (before === undefined) return position.check(request, view);
    const told = textIn(request.answered?.output, 'StartingPosition');
    if (request.answered === undefined || told === before) return;
    return {
      expected: `StartingPosition ${before}, as the mapping was made with`,
      observed: `${request.step.operation} tells ${told}`,
      entries: [request.answered],
    };
  },
});

/** Which parameters go with which kinds of sources. AWS, the tables of parameters of each source's page. */
const APPLIES: Readonly<Record<string, readonly string[]>> = {
  ParallelizationFactor: ['kinesis', 'dynamodb'],
  TumblingWindowInSeconds: ['kinesis', 'dynamodb'],
  StartingPosition: ['kinesis', 'dynamodb', 'kafka'],
  BisectBatchOnFunctionError: ['kinesis', 'dynamodb', 'kafka'],
  MaximumRetryAttempts: ['kinesis', 'dynamodb', 'kafka'],
  MaximumRecordAgeInSeconds: ['kinesis', 'dynamodb', 'kafka'],
};

/** A parameter of the request that its kind of source does not have. */
function strayParameter(request: ControlRequest, view: View): string | undefined {
  const kind = kindOf(request, view);
  if (kind === undefined) return undefined;
  for (const key of Object.keys(request.step.input)) {
    const kinds = APPLIES[key];
    if (kinds !== undefined && !kinds.includes(kind)) return key;
  }
  return undefined;
}

export const esm14 = defineRule({
  id: 'LIM-ESM-14',
  level: 'SHOULD',
  invariant: 'A parameter that a kind of source does not have is refused.',
  sources: [CREATE],
  needs: [ANY_SOURCE, 'controlPlane'],
  isOfRequests: true,
  isSilent: true,
  note: 'The pages say which source has which parameter, and not what happens to others.',
  subjects: asking(OF_MAPPINGS, (request, view) => strayParameter(request, view) !== undefined),
  observe: ({ answered, rejected }) => {
    if (answered !== undefined) return 'a stray parameter accepted';
    return rejected?.status === 400 ? 'a stray parameter refused with 400' : 'refused otherwise';
  },
});

interface Interference {
  readonly request: ControlRequest;
  readonly state: string;
}

const NO_INTERFERENCE: readonly Interference[] = [];

/**
 * Updates and deletions of a mapping that was being made, or deleted, before and after: it was seen to be Creating (or
 * Deleting) both before the request and after its answer, and there is no way back into either.
 */
const interferences = (view: View): readonly Interference[] => {
  if (view.mappings.size === 0 || view.requests.length < 2) return NO_INTERFERENCE;
  const found: Interference[] = [];
  for (const request of view.requests) {
    const { operation } = request.step;
    if (operation !== 'UpdateEventSourceMapping' && operation !== 'DeleteEventSourceMapping') continue;
    if (!isJudgeable(request)) continue;
    const state = stateAround(request, view);
    if (state !== undefined) found.push({ request, state });
  }
  return found;
};

function stateAround(request: ControlRequest, view: View): 'Creating' | 'Deleting' | undefined {
  const mapping = mappingOf(request, view);
  if (mapping === undefined) return undefined;
  const answeredAt = (request.answered ?? request.rejected)?.at ?? Number.POSITIVE_INFINITY;
  const seen = mapping.states.map(({ at, state }) => ({ at, state }));
  for (const other of view.requests) {
    if (other === request || other.answered === undefined || mappingNameOf(other) !== mapping.name) continue;
    const state = textIn(other.answered.output, 'State');
    if (state !== undefined) seen.push({ at: other.answered.at, state });
  }
  for (const state of ['Creating', 'Deleting'] as const) {
    const isBefore = seen.some((one) => one.state === state && one.at <= request.requested.at);
    const isAfter = seen.some((one) => one.state === state && one.at >= answeredAt);
    if (isBefore && isAfter) return state;
  }
  return undefined;
}

const mappingNameOf = ({ step }: ControlRequest): string | undefined => mappingNamed(step);

export const esm15 = defineRule({
  id: 'LIM-ESM-15',
  level: 'SHOULD',
  invariant: 'An update or deletion while the mapping is being made or deleted is refused.',
  sources: [api('UpdateEventSourceMapping'), api('DeleteEventSourceMapping')],
  needs: [ANY_SOURCE, 'controlPlane'],
  isOfRequests: true,
  note: 'With ResourceInUseException (400) or ResourceConflictException (409).',
  subjects: interferences,
  check: ({ request, state }) => {
    const { answered, rejected } = request;
    const expected = `${request.step.operation} refused: the mapping is ${state}`;
    if (answered !== undefined)
      return { expected, observed: `accepted with ${answered.status}`, entries: [answered] };
    if (rejected === undefined || rejected.status === 400 || rejected.status === 409) return;
    if (rejected.status === 404 && state === 'Deleting') return;
    if (rejected.status === 429) return { unknown: 'refused for another reason: too many requests' };
    return { expected, observed: `${rejected.status} ${rejected.error}`, entries: [rejected] };
  },
});
