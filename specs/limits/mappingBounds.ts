/** The bounds of an event source mapping's parameters, as the API reference gives them. */
import { possible } from '../../engine/configuration.ts';
import { filterOf } from '../../engine/filterPattern.ts';
import { jsonBytes } from '../../engine/json.ts';
import type { MappingSettings } from '../../engine/mappingSettings.ts';
import { asObject } from '../../engine/record.ts';
import type { Operation } from '../../engine/scenario.ts';
import type { ControlRequest, View } from '../../engine/view.ts';
import { CREATE, CREATE_OR_UPDATE } from './asking.ts';
import { type Constraint, fault, has, type Reading } from './constraints.ts';
import { isOfFifo, isOfStream, kindOf, mappingOf, windowAfter } from './mappingRequests.ts';
import { textIn } from './naming.ts';

/** A bound of a whole number, for requests about the sources that have the parameter; of others it says nothing. */
function bound(
  key: string,
  read: (value: number, request: ControlRequest, view: View) => Reading,
  operations: readonly Operation[] = CREATE_OR_UPDATE,
): Constraint {
  return {
    operations,
    isGiven: has(key),
    read: (request, view) => {
      const value = request.step.input[key];
      return typeof value === 'number' ? read(value, request, view) : 'open';
    },
  };
}

const within = (key: string, value: number, least: number, most: number): Reading =>
  value >= least && value <= most ? 'inRange' : fault(`${key} ${value}`);

export const batchSize = bound('BatchSize', (value, request, view) => {
  if (isOfFifo(request, view)) return within('BatchSize of a FIFO queue', value, 1, 10);
  return within('BatchSize', value, 1, 10_000);
});

/** More than 10 messages need a window. For streams the API's text says so too, against its own default: open. */
export const batchNeedsWindow = bound('BatchSize', (value, request, view) => {
  if (value <= 10 || value > 10_000) return 'aside';
  if (kindOf(request, view) !== 'sqs') return isOfStream(request, view) ? 'open' : 'aside';
  if (isOfFifo(request, view)) return 'aside';
  const windowSeconds = windowAfter(request, mappingOf(request, view));
  if (windowSeconds === undefined) return 'open';
  return windowSeconds >= 1 ? 'inRange' : fault(`BatchSize ${value} with a window of ${windowSeconds} s`);
});

/** How a window on a FIFO queue fails is not said. */
export const batchingWindow = bound('MaximumBatchingWindowInSeconds', (value, request, view) => {
  if (isOfFifo(request, view) && value > 0) return 'open';
  return within('MaximumBatchingWindowInSeconds', value, 0, 300);
});

export const parallelization = bound('ParallelizationFactor', (value, request, view) =>
  isOfStream(request, view) ? within('ParallelizationFactor', value, 1, 10) : 'open',
);

/** The model has -1 to 604,800, the text of the page says that a value is at least 60: 0 to 59 are refused. */
export const recordAge = bound('MaximumRecordAgeInSeconds', (value, request, view) => {
  if (!isOfStream(request, view)) return 'open';
  return value === -1 ? 'inRange' : within('MaximumRecordAgeInSeconds', value, 60, 604_800);
});

export const mappingRetries = bound('MaximumRetryAttempts', (value, request, view) =>
  isOfStream(request, view) ? within('MaximumRetryAttempts', value, -1, 10_000) : 'open',
);

export const tumblingWindow = bound('TumblingWindowInSeconds', (value, request, view) =>
  isOfStream(request, view) ? within('TumblingWindowInSeconds', value, 0, 900) : 'open',
);

/**
 * Whether the mapping of an update may have such settings already. MaximumConcurrency and provisioned mode exclude each
 * other (SQS-MAXC-03), also where one of them was set before.
 */
function mayHave(request: ControlRequest, view: View, isSo: (settings: MappingSettings) => boolean): boolean {
  const mapping =
    request.step.operation === 'UpdateEventSourceMapping' ? mappingOf(request, view) : undefined;
  if (mapping === undefined) return false;
  const { at } = request.requested;
  return possible(mapping.settings, at, at).some((settings) => settings !== null && isSo(settings));
}

export const maximumConcurrency: Constraint = {
  operations: CREATE_OR_UPDATE,
  isGiven: has('ScalingConfig'),
  read: (request, view) => {
    const value = asObject(request.step.input['ScalingConfig'])?.['MaximumConcurrency'];
    if (typeof value !== 'number') return 'open';
    const kind = kindOf(request, view);
    if (kind === undefined) return 'open';
    if (kind !== 'sqs') return fault(`ScalingConfig on a source of the kind ${kind}`);
    if (request.step.input['ProvisionedPollerConfig'] !== undefined) return 'open';
    if (mayHave(request, view, ({ provisioned }) => provisioned !== null)) return 'open';
    return within('MaximumConcurrency', value, 2, 1_000);
  },
};

/** Two pages give different upper bounds for SQS: what lies between them is open. */
export const pollers: Constraint = {
  operations: CREATE_OR_UPDATE,
  isGiven: has('ProvisionedPollerConfig'),
  read: (request, view) => {
    const config = asObject(request.step.input['ProvisionedPollerConfig']);
    const kind = kindOf(request, view);
    if (config === undefined || (kind !== 'sqs' && kind !== 'kafka')) return 'open';
    if (request.step.input['ScalingConfig'] !== undefined) return 'open';
    if (mayHave(request, view, ({ maximumConcurrency }) => maximumConcurrency !== null)) return 'open';
    const least = config['MinimumPollers'];
    const most = config['MaximumPollers'];
    if (typeof least !== 'number' && typeof most !== 'number') return 'open';
    if (typeof least === 'number' && (least < (kind === 'sqs' ? 2 : 1) || least > 200))
      return fault(`MinimumPollers ${least}`);
    if (typeof most === 'number') {
      if (most < (kind === 'sqs' ? 2 : 1) || most > (kind === 'sqs' ? 10_000 : 2_000))
        return fault(`MaximumPollers ${most}`);
      if (most > 2_000) return 'open';
      if (typeof least === 'number' && most < least)
        return fault(`MaximumPollers ${most} with MinimumPollers ${least}`);
      // What the other bound is then, and whether this one goes with it, is not said.
      if (typeof least !== 'number') return 'open';
    }
    return 'inRange';
  },
};

export const responseTypes: Constraint = {
  operations: CREATE_OR_UPDATE,
  isGiven: has('FunctionResponseTypes'),
  read: ({ step }) => {
    const given = step.input['FunctionResponseTypes'];
    if (!Array.isArray(given)) return 'open';
    if (given.length > 1) return fault(`${given.length} FunctionResponseTypes`);
    const other = given.find((type) => type !== 'ReportBatchItemFailures');
    return other === undefined ? 'inRange' : fault(`the FunctionResponseType '${String(other)}'`);
  },
};

/** Five filters, ten where the account's quota was raised: what lies between is open. */
export const filters: Constraint = {
  operations: CREATE_OR_UPDATE,
  isGiven: has('FilterCriteria'),
  read: ({ step }) => {
    const given = asObject(step.input['FilterCriteria'])?.['Filters'];
    if (!Array.isArray(given)) return 'open';
    if (given.length > 10) return fault(`${given.length} filters`);
    for (const filter of given) {
      const pattern = textIn(filter, 'Pattern');
      if (pattern === undefined) return 'open';
      if (pattern.length > 4_096) return fault(`a filter pattern of ${pattern.length} characters`);
      // Whether it is a pattern, and one for such data, is the affair of the rules on filters.
      const isText = /^\s*\{\s*"data"\s*:\s*\[/.test(pattern);
      if (jsonBytes(pattern) > 4_096 || isText || filterOf(pattern) === undefined) return 'open';
    }
    return given.length > 5 ? 'open' : 'inRange';
  },
};

const exactlyOne = (key: string): Constraint => ({
  operations: CREATE,
  isGiven: has(key),
  read: ({ step }) => {
    const given = step.input[key];
    if (!Array.isArray(given)) return 'open';
    return given.length === 1 ? 'inRange' : fault(`${given.length} ${key}`);
  },
});

export const topics = exactlyOne('Topics');
export const brokerQueues = exactlyOne('Queues');

export const accessConfigurations: Constraint = {
  operations: CREATE_OR_UPDATE,
  isGiven: has('SourceAccessConfigurations'),
  read: ({ step }) => {
    const given = step.input['SourceAccessConfigurations'];
    return Array.isArray(given) && given.length > 23
      ? fault(`${given.length} SourceAccessConfigurations`)
      : 'aside';
  },
};

const POSITIONS: readonly unknown[] = ['TRIM_HORIZON', 'LATEST', 'AT_TIMESTAMP'];

export const startingPosition: Constraint = {
  operations: CREATE,
  isGiven: has('StartingPosition'),
  read: (request, view) => {
    const value = request.step.input['StartingPosition'];
    if (typeof value !== 'string') return 'open';
    if (!POSITIONS.includes(value)) return fault(`the StartingPosition '${value}'`);
    const kind = kindOf(request, view);
    // Which positions go with which source is the affair of STR-POS-03.
    if (kind === 'dynamodb') return value === 'AT_TIMESTAMP' ? 'open' : 'inRange';
    if (value === 'AT_TIMESTAMP') {
      const timestamp = request.step.input['StartingPositionTimestamp'];
      if (typeof timestamp !== 'number' || timestamp > request.requested.at) return 'open';
    }
    return kind === 'kinesis' || kind === 'kafka' ? 'inRange' : 'open';
  },
};

/** A stream without a position cannot be taken: nothing else can be said of such a request (STR-POS-03). */
export const positionOfStream: Constraint = {
  operations: CREATE,
  isGiven: (input) => input['StartingPosition'] === undefined,
  refusal: 'any',
  read: (request, view) =>
    isOfStream(request, view) || kindOf(request, view) === 'kafka' ? 'open' : 'aside',
};

/** Settings that another rule is about, or of which AWS's pages do not say whether they go together. */
const OTHERS = [
  'DestinationConfig',
  'SelfManagedEventSource',
  'AmazonManagedKafkaEventSourceConfig',
  'SelfManagedKafkaEventSourceConfig',
] as const;

const OF_PROVISIONED_KAFKA = [
  'MaximumRetryAttempts',
  'MaximumRecordAgeInSeconds',
  'BisectBatchOnFunctionError',
  'FunctionResponseTypes',
] as const;

/** Of Kafka these need provisioned mode, and how they fail in the other one is not said (KAF-RET-04). */
export const kafkaRetries: Constraint = {
  operations: CREATE_OR_UPDATE,
  isGiven: (input) => OF_PROVISIONED_KAFKA.some((key) => input[key] !== undefined),
  read: (request, view) => (kindOf(request, view) === 'kafka' ? 'open' : 'aside'),
};

export const otherSettings: Constraint = {
  operations: CREATE_OR_UPDATE,
  isGiven: (input) => OTHERS.some((key) => input[key] !== undefined),
  read: () => 'open',
};

/** Recorded from AWS: a function that is not there is an invalid value here, and no missing resource. */
export const unknownFunction: Constraint = {
  operations: CREATE,
  isGiven: has('FunctionName'),
  read: ({ step }, view) => {
    const name = step.input['FunctionName'];
    if (typeof name !== 'string' || name.includes(':')) return 'open';
    if (view.functions.has(name)) return 'aside';
    const isMade = view.requests.some(
      ({ step: other }) => other.input['FunctionName'] === name && other.operation === 'CreateFunction',
    );
    return isMade ? 'open' : fault(`the function ${name}, which is not there`);
  },
};
