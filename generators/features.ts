/**
 * What a scenario may use. A scenario has a random subset of these (swarm.ts), so that one does not mask another:
 * an account limit hides what a reserve does, an age limit hides the third attempt.
 */
import type { Capability } from '../engine/capabilities.ts';

interface FeatureSpec {
  readonly says: string;
  /** What a target must offer. */
  readonly needs?: readonly Capability[];
  /** What makes no sense without these: they are turned on with it. */
  readonly with?: readonly string[];
  /** Share of the feature sets that have it, 0..1. */
  readonly odds?: number;
  /** Instead: one scenario in so many has this feature, with what it needs and nothing else. It is heavy. */
  readonly every?: number;
  /** A simulated clock only: it waits for minutes, or asks for more at once than a machine bears. */
  readonly isSimulated?: true;
}

const TABLE = {
  // How many steps and functions.
  crowded: { says: 'up to 14 steps', odds: 0.12 },
  brief: { says: 'one or two steps', odds: 0.15 },
  functions: { says: 'up to three functions', needs: ['names'], odds: 0.4 },
  later: { says: 'steps minutes apart', odds: 0.4, isSimulated: true },

  // Calls.
  sync: { says: 'RequestResponse calls', needs: ['invoke'], odds: 0.6 },
  async: { says: 'Event calls', needs: ['invoke', 'async'], odds: 0.85 },
  dryRun: { says: 'DryRun calls', needs: ['invoke', 'dryRun'], odds: 0.25 },
  stream: { says: 'response streams', needs: ['invoke', 'stream'], odds: 0.25 },
  logTail: { says: 'log tails, and handlers that write logs', odds: 0.3 },
  clientContext: { says: 'client contexts', odds: 0.3 },
  // The attempt that a caller left goes on while the next call comes.
  hangUps: { says: 'callers that hang up', needs: ['overlap'], with: ['sync', 'sleeps'], odds: 0.15 },

  // Payloads.
  payloadKinds: { says: 'payloads of every JSON kind, and calls without one', odds: 0.5 },
  bigPayloads: { says: 'payloads near the limits, below them', with: ['throws'], odds: 0.18 },
  oversizePayloads: { says: 'payloads beyond the limits', odds: 0.18 },
  bigResponses: { says: 'results near the limit and beyond it', odds: 0.2 },

  // Calls that must be refused.
  badJson: { says: 'bodies that are not JSON', odds: 0.15 },
  contentTypes: { says: 'content types other than JSON', odds: 0.12 },
  unknownFunctions: { says: 'calls to a function that does not exist', needs: ['names'], odds: 0.15 },
  unknownQualifiers: {
    says: 'calls to a version or an alias that does not exist',
    needs: ['versions'],
    odds: 0.15,
  },

  // How attempts end.
  throws: { says: 'handlers that throw', odds: 0.65 },
  longErrors: { says: 'error messages beyond 1 KB', with: ['throws'], odds: 0.15 },
  timeouts: { says: 'handlers that outlive the timeout', odds: 0.4 },
  exits: { says: 'handlers that end the process', odds: 0.3 },
  unserializable: { says: 'results that JSON cannot write', odds: 0.2 },
  values: { says: 'handlers that return something of their own, or nothing', odds: 0.4 },
  sleeps: { says: 'handlers that take their time', odds: 0.45 },
  roomyTimeouts: { says: 'function timeouts of more than a second', odds: 0.5, isSimulated: true },

  // Event-invoke configuration.
  retries: {
    says: 'MaximumRetryAttempts',
    needs: ['eventInvokeConfig'],
    with: ['async'],
    odds: 0.5,
  },
  ages: { says: 'MaximumEventAgeInSeconds', needs: ['eventInvokeConfig'], with: ['async'], odds: 0.25 },
  successDestinations: {
    says: 'OnSuccess destinations',
    needs: ['destinations'],
    with: ['async'],
    odds: 0.5,
  },
  failureDestinations: {
    says: 'OnFailure destinations',
    needs: ['destinations'],
    with: ['async', 'throws'],
    odds: 0.5,
  },
  topicDestinations: { says: 'destinations on SNS', needs: ['destinations', 'topics'], odds: 0.4 },
  busDestinations: { says: 'destinations on EventBridge', needs: ['destinations', 'buses'], odds: 0.4 },
  bucketDestinations: { says: 'failure destinations on S3', needs: ['destinations', 'buckets'], odds: 0.35 },
  functionDestinations: {
    says: 'destinations that are functions',
    needs: ['destinations'],
    with: ['functions'],
    odds: 0.3,
  },
  bigRecords: {
    says: 'records and dead letters near the size that a topic takes',
    needs: ['destinations', 'topics', 'deadLetter'],
    with: [
      'async',
      'throws',
      'bigPayloads',
      'failureDestinations',
      'topicDestinations',
      'deadLetterTopics',
      'deadLetterQueues',
    ],
    odds: 0.03,
  },
  deadLetterQueues: {
    says: 'dead-letter queues',
    needs: ['deadLetter'],
    with: ['async'],
    odds: 0.4,
  },
  deadLetterTopics: {
    says: 'dead-letter topics',
    needs: ['deadLetter', 'topics'],
    with: ['async'],
    odds: 0.25,
  },
  removals: {
    says: 'destinations and dead-letter targets deleted under way',
    needs: ['destinations'],
    with: ['failureDestinations'],
    odds: 0.15,
  },

  // Versions and aliases.
  versions: { says: 'published versions', needs: ['versions'], odds: 0.4 },
  aliases: { says: 'aliases', needs: ['aliases', 'versions'], with: ['versions'], odds: 0.3 },
  weights: {
    says: 'aliases with weights, called many times',
    needs: ['aliases', 'versions'],
    with: ['aliases', 'versions'],
    odds: 0.15,
  },

  // Concurrency.
  bursts: { says: 'the same call several times at once', needs: ['overlap'], with: ['sleeps'], odds: 0.22 },
  reserved: { says: 'reserved concurrency', needs: ['reserved'], odds: 0.3 },
  zeroReserve: { says: 'reserved concurrency of 0', needs: ['reserved'], odds: 0.2 },
  accountLimit: { says: 'a low account limit', needs: ['accountLimit'], with: ['bursts'], odds: 0.2 },
  provisioned: {
    says: 'provisioned concurrency',
    needs: ['provisioned', 'versions'],
    with: ['versions', 'bursts', 'sleeps'],
    odds: 0.2,
  },
  idleReserve: {
    says: 'a reserve on one function, and load on another',
    needs: ['reserved', 'accountLimit'],
    with: ['functions', 'sync', 'reserved', 'accountLimit', 'bursts', 'sleeps'],
    odds: 0.05,
  },
  siege: {
    says: 'a reserve that is busy for minutes, and events with an age limit',
    needs: ['reserved', 'eventInvokeConfig'],
    with: ['async', 'reserved', 'ages', 'bursts', 'sleeps', 'roomyTimeouts', 'later'],
    odds: 0.1,
    isSimulated: true,
  },
  rushes: { says: 'dozens of calls at once', with: ['bursts', 'sleeps'], odds: 0.04 },
  patter: {
    says: 'dozens of calls within a second or two, one after another',
    with: ['sync', 'reserved'],
    every: 256,
    isSimulated: true,
  },
  crowds: {
    says: 'more than a thousand calls within seconds',
    needs: ['lastingLoad', 'accountLimit'],
    with: ['sync', 'accountLimit', 'bursts', 'sleeps'],
    every: 2048,
    isSimulated: true,
  },

  // The life of functions.
  fresh: { says: 'calls to a function that is being created', needs: ['pending'], odds: 0.12 },
  slowInit: { says: 'initialisation of a second, and beyond ten', needs: ['slowInit'], odds: 0.15 },
  chains: { says: 'handlers that invoke functions', needs: ['recursion'], odds: 0.12 },
  loopsAllowed: {
    says: 'RecursiveLoop Allow',
    needs: ['recursion', 'async'],
    with: ['chains', 'sync', 'async'],
    every: 300,
  },

  // Requests to the control plane while events live.
  reserveChanges: {
    says: 'reserves taken and given back',
    needs: ['reserved', 'controlPlane'],
    with: ['reserved', 'zeroReserve'],
    odds: 0.15,
  },
  reserveRaised: {
    says: 'events that come while the reserve is 0, before it is raised',
    needs: ['reserved', 'controlPlane', 'destinations'],
    with: ['async', 'failureDestinations', 'throws', 'zeroReserve', 'reserved', 'reserveChanges'],
    odds: 0.05,
  },
  configChanges: {
    says: 'event-invoke configuration changed and read back',
    needs: ['eventInvokeConfig', 'controlPlane'],
    odds: 0.15,
  },
  deadLetterChanges: {
    says: 'dead-letter targets set and removed',
    needs: ['deadLetter', 'controlPlane'],
    with: ['async', 'throws'],
    odds: 0.08,
  },
  loopChanges: {
    says: 'RecursiveLoop changed',
    needs: ['recursion', 'controlPlane'],
    with: ['chains'],
    odds: 0.05,
  },
  controlPlane: {
    says: 'requests with values in range and out of range',
    needs: ['controlPlane'],
    odds: 0.2,
  },
  requestRush: {
    says: 'more requests within a second than the control plane takes',
    needs: ['controlPlane'],
    with: ['controlPlane', 'patter', 'sync', 'reserved'],
    every: 512,
    isSimulated: true,
  },
} as const satisfies Record<string, FeatureSpec>;

export type Feature = keyof typeof TABLE;

export const FEATURES: Readonly<Record<Feature, FeatureSpec>> = TABLE;

export const ALL_FEATURES: ReadonlySet<Feature> = new Set(Object.keys(TABLE) as Feature[]);

/** The features that a target with these capabilities can run, and that its clock bears. */
export function featuresFor(
  capabilities: ReadonlySet<Capability>,
  isRealTime: boolean,
): ReadonlySet<Feature> {
  const available = new Set<Feature>();
  for (const feature of ALL_FEATURES) {
    const isAvailable = [...implied(feature)].every((part) => {
      const { needs = [], isSimulated = false } = FEATURES[part];
      return needs.every((need) => capabilities.has(need)) && !(isSimulated && isRealTime);
    });
    if (isAvailable) available.add(feature);
  }
  return available;
}

/** Whether functions are called at all. */
export const hasCalls = (features: ReadonlySet<Feature>): boolean =>
  features.has('sync') || features.has('async');

/** The feature with all that makes no sense without it. */
export function implied(feature: Feature): ReadonlySet<Feature> {
  const all = new Set<Feature>([feature]);
  for (const part of all) for (const other of FEATURES[part].with ?? []) all.add(other as Feature);
  return all;
}

/** A weight that counts only where the feature is on. */
export type Weigh = (feature: Feature, weight: number) => number;

export const weigh =
  (features: ReadonlySet<Feature>): Weigh =>
  (feature, weight) =>
    features.has(feature) ? weight : 0;
