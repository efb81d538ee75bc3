/** What a scenario of the polling model may use. As features.ts: each scenario has a random subset. */
import { type Capability, isMet, type Need, OUTLETS } from '../../engine/capabilities.ts';

export type Family = 'sqs' | 'streams' | 'kafkaMq' | 'mixed' | 'rights';

interface TraitSpec {
  readonly says: string;
  /** Share of the sets of its families that have it, 0..100. */
  readonly percent: number;
  readonly of: readonly Family[];
  readonly needs?: readonly Need[];
  /** A simulated clock only. */
  readonly isSimulated?: true;
}

const ALL = ['sqs', 'streams', 'kafkaMq', 'mixed'] as const;
const SQS = ['sqs', 'mixed'] as const;
const STREAMS = ['streams', 'mixed'] as const;
const RIGHTS = ['rights'] as const;
const ORDERED = ['streams', 'kafkaMq', 'mixed'] as const;

const TABLE = {
  scenes: {
    says: 'scenes about one idea, each with what it needs',
    percent: 40,
    of: ['sqs', 'streams', 'kafkaMq'],
  },
  // How the function ends attempts.
  throws: { says: 'records that make the handler throw', percent: 60, of: ALL },
  timeouts: { says: 'records that outlive the timeout', percent: 20, of: ALL },
  exits: { says: 'records that end the process', percent: 12, of: ALL },
  unserializable: { says: 'results that JSON cannot write', percent: 10, of: ALL },
  sleeps: { says: 'handlers that take their time', percent: 40, of: ALL },
  poison: { says: 'records that always fail, where something ends that', percent: 45, of: ALL },
  reports: { says: 'partial batch responses', percent: 45, of: ALL },
  unasked: { says: 'batch responses that nobody asked for', percent: 20, of: ALL },
  malformed: { says: 'batch responses with a flaw', percent: 30, of: ALL },
  values: { says: 'results of every kind that mean success', percent: 25, of: ALL },

  // The mapping.
  batches: { says: 'batches of more than one', percent: 75, of: ALL },
  windows: { says: 'batching windows', percent: 30, of: ALL },
  filters: { says: 'filter patterns', percent: 30, of: ALL },
  qualifiers: {
    says: 'mappings of versions and aliases',
    percent: 15,
    of: ALL,
    needs: ['versions'],
  },
  twins: { says: 'two mappings of one source', percent: 15, of: ALL },
  neighbours: { says: 'two sources of one function', percent: 20, of: ALL },
  disabling: { says: 'mappings disabled and enabled', percent: 18, of: ALL, needs: ['controlPlane'] },
  updating: { says: 'mappings changed under way', percent: 18, of: ALL, needs: ['controlPlane'] },
  creating: { says: 'mappings made under way', percent: 18, of: ALL, needs: ['controlPlane'] },
  deleting: { says: 'mappings deleted under way', percent: 10, of: ALL, needs: ['controlPlane'] },
  requests: {
    says: 'requests with values in range and out of range',
    percent: 25,
    of: ALL,
    needs: ['controlPlane'],
  },

  // What is sent.
  crowds: { says: 'many records', percent: 25, of: ALL },
  texts: { says: 'bodies that are no JSON, or empty', percent: 25, of: ALL },
  large: { says: 'bodies so large that a batch is cut', percent: 6, of: ALL },
  later: { says: 'sendings minutes apart', percent: 25, of: ALL, isSimulated: true },
  attributes: { says: 'message attributes', percent: 20, of: SQS },

  // Faults beside the handler.
  reserves: { says: 'reserved concurrency', percent: 25, of: ALL, needs: ['reserved'] },
  throttling: {
    says: 'concurrency taken away and given back',
    percent: 15,
    of: ALL,
    needs: ['reserved', 'controlPlane'],
  },
  calls: { says: 'direct calls beside', percent: 25, of: ALL, needs: ['async'] },
  outlets: {
    says: 'functions with a dead-letter queue and destinations of their own',
    percent: 20,
    of: ALL,
    needs: [OUTLETS],
  },
  roles: { says: 'roles that lose permissions', percent: 10, of: ALL, needs: ['roles'] },
  removals: { says: 'sources and destinations deleted', percent: 15, of: ALL },

  // Queues.
  fifo: { says: 'FIFO queues', percent: 35, of: SQS, needs: ['fifo'] },
  redrive: { says: 'dead-letter queues of queues', percent: 50, of: SQS, needs: ['redrive'] },
  delays: { says: 'delayed messages', percent: 15, of: SQS },
  retention: { says: 'messages that grow too old', percent: 10, of: SQS, isSimulated: true },
  maximum: { says: 'maximum concurrency', percent: 25, of: SQS },
  pollers: { says: 'provisioned pollers', percent: 12, of: ['sqs', 'kafkaMq', 'mixed'] },
  backlog: { says: 'a backlog that needs many batches at once', percent: 12, of: SQS, isSimulated: true },

  loops: { says: 'messages that handlers send on', percent: 6, of: ['sqs'], needs: ['recursion', 'redrive'] },

  // Streams.
  shards: { says: 'several shards or partitions', percent: 40, of: ORDERED },
  keys: { says: 'hot and cold keys', percent: 70, of: ORDERED },
  parallel: { says: 'parallelization factors', percent: 35, of: STREAMS },
  retries: { says: 'bounded retries', percent: 60, of: ORDERED },
  ages: { says: 'bounded record ages', percent: 20, of: ORDERED },
  bisects: { says: 'batches that are bisected', percent: 30, of: ORDERED },
  destinations: { says: 'on-failure destinations', percent: 60, of: ORDERED, needs: ['destinations'] },
  tumbling: { says: 'tumbling windows', percent: 15, of: STREAMS },
  reshards: { says: 'shards split and merged', percent: 15, of: STREAMS, needs: ['reshard'] },
  tables: { says: 'DynamoDB Streams', percent: 40, of: STREAMS, needs: ['dynamodb'] },
  // Who may do what.
  strangers: { says: 'callers that may not invoke', percent: 30, of: RIGHTS, needs: ['callers'] },
  pushes: {
    says: 'topics, buses and buckets that invoke',
    percent: 50,
    of: RIGHTS,
    needs: ['pushes', ['topics', 'buses', 'buckets']],
  },
  readers: {
    says: 'roles that may not read a source for a while',
    percent: 40,
    of: RIGHTS,
    needs: ['roles', ['sqs', 'kinesis']],
    isSimulated: true,
  },
  writers: {
    says: 'roles that may not write to destinations',
    percent: 40,
    of: RIGHTS,
    needs: ['roles', OUTLETS, 'async'],
    isSimulated: true,
  },
  groups: { says: 'consumer groups', percent: 25, of: ['kafkaMq'] },
} as const satisfies Record<string, TraitSpec>;

export type Trait = keyof typeof TABLE;
export type Traits = ReadonlySet<Trait>;

export const TRAITS: Readonly<Record<Trait, TraitSpec>> = TABLE;
export const ALL_TRAITS = Object.keys(TABLE) as readonly Trait[];

/** Which source capabilities a family needs: one of them is enough. */
export const FAMILY_NEEDS: Readonly<Record<Family, readonly Capability[]>> = {
  sqs: ['sqs'],
  streams: ['kinesis', 'dynamodb'],
  kafkaMq: ['kafka', 'mq'],
  mixed: ['sqs', 'kinesis'],
  rights: ['roles', 'callers', 'pushes'],
};

/** The traits that scenarios of a family can have on such a target. */
export const traitsFor = (
  family: Family,
  capabilities: ReadonlySet<Capability>,
  isRealTime: boolean,
): readonly Trait[] =>
  ALL_TRAITS.filter((trait) => {
    const { of, needs = [], isSimulated = false } = TRAITS[trait];
    if (!of.includes(family) || (isSimulated && isRealTime)) return false;
    return needs.every((need) => isMet(need, capabilities));
  });
