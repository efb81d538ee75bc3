/** The policy table's part on: Kafka and Amazon MQ, and the pollers that read them. */
import type { PolicyEntry } from '../../policyEntry.ts';

export const kafkaMqPolicy = {
  keepsOffsetOrder: { value: true, rule: 'KAF-ORD-01', says: 'within a partition' },
  commitsFiltered: { value: true, rule: 'KAF-CMT-02', says: 'with those that were let through' },
  retriesKafkaBatches: { value: true, rule: 'KAF-RET-01', says: 'as a whole' },
  cutsKafkaRetries: { value: false, rule: 'KAF-RET-01', says: 'a batch is not cut smaller' },
  kafkaRetriesExcess: { value: 0, rule: 'KAF-RET-02', says: 'attempts beyond n + 1' },
  kafkaRetriesWithDestination: { value: 10, rule: 'KAF-RET-03', says: 'without a bound of their own' },
  retriesReportedOnly: { value: true, rule: 'KAF-PBR-02', says: 'after a partial response' },
  pollersPerPartition: { value: 1, rule: 'KAF-POLL-01', says: 'at most' },
  kafkaScaleMostSeconds: { value: 120, rule: 'KAF-POLL-02', says: 'within four minutes' },
  kafkaAttemptsPerPoller: { value: 5, rule: 'KAF-POLL-03', says: 'in provisioned mode' },
  honoursKafkaMaximum: { value: true, rule: 'KAF-POLL-03', says: 'MaximumPollers' },
  startsAtCommitted: { value: true, rule: 'KAF-GRP-01', says: 'where the group exists' },
  latestIgnoresCommitted: { value: false, rule: 'KAF-GRP-01', says: 'neither LATEST nor what else is asked' },
  kafkaRecordsHaveMetadata: { value: true, rule: 'KAF-DST-01', says: 'at another topic too' },
  kafkaMixesPartitionsShare: {
    value: 0.3,
    rule: 'KAF-EVT-01',
    says: 'of batches with records of several partitions: what is told of failures lists them',
  },
  kafkaCondition: {
    value: 'RetriesExhausted' as string,
    rule: 'KAF-DST-02',
    says: 'at topics; at queues, topics of SNS and buckets the condition of streams',
  },
  sendsKafkaShape: { value: true, rule: 'KAF-EVT-01', says: 'records by topic and partition' },
  kafkaPollMostSeconds: { value: 0.5, rule: 'POLL-WIN-04', says: 'how late a poller may look' },
  kafkaRetrySeconds: { value: 1, rule: 'KAF-RET-01', says: 'before a retry: no page says' },
  kafkaRetryMostSeconds: { value: 120, rule: 'KAF-RET-01', says: 'at most: no page says' },
  logDuplicateShare: {
    value: 0,
    rule: 'POLL-DUP-01',
    says: 'of batches that are delivered again, of Kafka and Amazon MQ',
  },
  activeMqAttempts: { value: 5, rule: 'MQ-CONC-01', says: 'at once' },
  rabbitMqAttempts: { value: 1, rule: 'MQ-CONC-01', says: 'at once' },
  retriesMqBatches: { value: true, rule: 'MQ-RET-01', says: 'until success' },
  acknowledges: { value: true, rule: 'MQ-ACK-01', says: 'after an attempt that ended ok' },
  mqWindowOpensWithMessage: { value: true, rule: 'POLL-WIN-03', says: 'with the first message' },
  sendsMqShape: { value: true, rule: 'MQ-EVT-01', says: 'messages, or rmqMessagesByQueue' },
} as const satisfies Record<string, PolicyEntry>;
