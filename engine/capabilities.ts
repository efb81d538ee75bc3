/**
 * What a target can do or show. A rule and a generated feature name what they need; a target names what it
 * has. What is missing is UNSUPPORTED, never VIOLATED.
 */
export const CAPABILITIES = {
  // What a target can run.
  invoke: 'functions that run their handlers',
  async: 'asynchronous invocation (InvocationType Event)',
  versions: 'published versions',
  aliases: 'aliases, with and without routing weights',
  eventInvokeConfig: 'event-invoke configuration',
  destinations: 'destinations of asynchronous invocations',
  deadLetter: 'dead-letter queues and topics of functions',
  topics: 'SNS topics',
  buses: 'EventBridge buses',
  buckets: 'S3 buckets',
  fifo: 'FIFO queues and topics',
  reserved: 'reserved concurrency',
  provisioned: 'provisioned concurrency',
  accountLimit: 'an account concurrency limit that a scenario can set',
  stream: 'InvokeWithResponseStream',
  dryRun: 'InvocationType DryRun',
  recursion: 'recursive loop detection, and handlers that invoke functions',
  pending: 'the state Pending of a new function',
  slowInit: 'an initialisation of the length that a scenario asks for',
  controlPlane: 'creating and configuring functions',
  names: 'several functions, told apart by their names, and an answer for a name that none of them has',
  overlap: 'several calls of a function at the same time',
  sqs: 'event source mappings of SQS queues',
  kinesis: 'event source mappings of Kinesis streams',
  dynamodb: 'event source mappings of DynamoDB Streams',
  kafka: 'event source mappings of Amazon MSK and self-managed Kafka',
  mq: 'event source mappings of Amazon MQ',
  redrive: 'dead-letter queues of SQS queues',
  reshard: 'splitting and merging shards of a stream',
  roles: 'execution roles that lack permissions',
  callers: 'callers that lack permissions',
  pushes: 'topics, buses and buckets that invoke functions, and resource-based policies that allow it',
  // What a target can show.
  throttles: 'throttled tries of queued events',
  metrics: 'CloudWatch metrics of functions',
  environments: 'which execution environment ran an attempt',
  remaining: 'what a queue still holds at the end',
  lastingLoad: 'more than a hundred attempts at the same time',
} as const;

export type Capability = keyof typeof CAPABILITIES;

/** What a rule needs of a target: a capability, or one of several. */
export type Need = Capability | readonly [Capability, ...Capability[]];

/** What most rules on event source mappings need: some source. */
export const ANY_SOURCE = ['sqs', 'kinesis', 'dynamodb', 'kafka', 'mq'] as const satisfies Need;
/** What rules on the shards of a stream need. */
export const STREAMS = ['kinesis', 'dynamodb'] as const satisfies Need;
/** What rules on both kinds of brokers need. */
export const KAFKA_OR_MQ = ['kafka', 'mq'] as const satisfies Need;
/** What rules on the places of a function's own need, to which its events go at last. */
export const OUTLETS = ['destinations', 'deadLetter'] as const satisfies Need;
/** Where there are queues at all, for whatever purpose. */
export const SOME_QUEUE = [...OUTLETS, 'sqs'] as const satisfies Need;

/** The capabilities of which one is enough. */
export const alternatives = (need: Need): readonly Capability[] => (typeof need === 'string' ? [need] : need);

export const isMet = (need: Need, capabilities: ReadonlySet<Capability>): boolean =>
  alternatives(need).some((one) => capabilities.has(one));

/** What cannot be had, or not be seen, where no handler runs. */
const NEEDING_INVOKE: ReadonlySet<Capability> = new Set([
  'async',
  'stream',
  'dryRun',
  'pending',
  'slowInit',
  'recursion',
  'pushes',
  'throttles',
  'metrics',
  'environments',
  'remaining',
  'lastingLoad',
]);

/** These capabilities without those that a target lacks, and what cannot be without them. */
export function without(
  capabilities: readonly Capability[],
  lacks: readonly Capability[],
): readonly Capability[] {
  const runsNothing = lacks.includes('invoke');
  return capabilities.filter((one) => !lacks.includes(one) && !(runsNothing && NEEDING_INVOKE.has(one)));
}

export const ALL_CAPABILITIES: ReadonlySet<Capability> = new Set(Object.keys(CAPABILITIES) as Capability[]);
