/** The reference model with one thing wrong: what goes wrong with Kafka and Amazon MQ. */
import type { Entry } from '../../../engine/history.ts';
import type { Mutant } from '../mutant.ts';

export const kafkaMqMutants: readonly Mutant[] = [
  {
    name: 'records of a partition in any order',
    breaks: ['KAF-ORD-01'],
    policy: { keepsOffsetOrder: false },
  },
  {
    name: 'a batch of a topic that fails is passed',
    breaks: ['KAF-CMT-01', 'KAF-RET-01', 'KAF-RET-02', 'KAF-PBR-01'],
    policy: { retriesKafkaBatches: false },
  },
  {
    name: 'what is filtered out is not committed',
    breaks: ['KAF-CMT-02'],
    policy: { commitsFiltered: false },
  },
  {
    name: 'a batch that fails is cut smaller',
    breaks: ['KAF-RET-01', 'MQ-RET-01'],
    policy: { cutsKafkaRetries: true },
  },
  { name: 'one retry more on Kafka', breaks: ['KAF-RET-02'], policy: { kafkaRetriesExcess: 1 } },
  {
    name: 'a hundred retries with a destination',
    breaks: ['KAF-RET-03'],
    policy: { kafkaRetriesWithDestination: 100 },
  },
  {
    name: 'retry settings in on-demand mode are taken',
    breaks: ['KAF-RET-04'],
    policy: { refusesKafkaRetriesOnDemand: false },
  },
  {
    name: 'a partial failure of Kafka fails all',
    breaks: ['KAF-PBR-02'],
    policy: { retriesReportedOnly: false },
  },
  { name: 'several pollers for a partition', breaks: ['KAF-POLL-01'], policy: { pollersPerPartition: 10 } },
  { name: 'no second poller for hours', breaks: ['KAF-POLL-02'], tamper: lateAndLater },
  {
    name: 'pollers of Kafka as many as wanted',
    breaks: ['KAF-POLL-03'],
    policy: { honoursKafkaMaximum: false, pollersPerPartition: 10 },
  },
  {
    name: 'a group begins at the starting position',
    breaks: ['KAF-GRP-01'],
    policy: { startsAtCommitted: false },
  },
  {
    name: 'LATEST goes before what the group committed',
    breaks: ['KAF-GRP-01'],
    policy: { latestIgnoresCommitted: true },
  },
  { name: 'a group of several mappings', breaks: ['KAF-GRP-02'], policy: { refusesSharedGroups: false } },
  { name: 'the group of a mapping is changed', breaks: ['KAF-GRP-02'], policy: { changesGroups: true } },
  { name: 'any topic as destination', breaks: ['KAF-DST-01'], policy: { checksKafkaDestination: false } },
  {
    name: 'no metadata with what failed',
    breaks: ['KAF-DST-01'],
    policy: { kafkaRecordsHaveMetadata: false },
  },
  { name: 'records of Kafka are their data', breaks: ['KAF-EVT-01'], policy: { sendsKafkaShape: false } },
  {
    name: 'a broker is read a dozen batches at once',
    breaks: ['MQ-CONC-01'],
    policy: { activeMqAttempts: 12, rabbitMqAttempts: 12 },
  },
  {
    name: 'a batch of a broker that fails is passed',
    breaks: ['MQ-RET-01'],
    policy: { retriesMqBatches: false },
  },
  { name: 'messages are never acknowledged', breaks: ['MQ-ACK-01'], policy: { acknowledges: false } },
  {
    name: 'a topic of a broker is taken',
    breaks: ['MQ-CFG-01'],
    policy: { refusesBrokerTopics: false, topicsMost: 5 },
  },
  { name: 'messages without data', breaks: ['MQ-EVT-01'], policy: { sendsMqShape: false } },
];

/** Attempts of all partitions but the first come an hour late. */
function lateAndLater() {
  const late = new Set<string>();
  return (entry: Entry): Entry => {
    if (entry.kind === 'started' && /-[1-9]\d*$/.test(entry.records?.[0]?.shard ?? ''))
      late.add(entry.attempt);
    if (entry.kind !== 'started' && entry.kind !== 'ended') return entry;
    return late.has(entry.attempt) ? { ...entry, at: entry.at + 3_600 } : entry;
  };
}
