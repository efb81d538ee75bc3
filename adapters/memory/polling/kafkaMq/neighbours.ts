/** Oddities of topics of Kafka and of brokers' queues, and of what reads them, that AWS's pages allow. */
import type { Neighbour } from '../../mutant.ts';

export const kafkaMqNeighbours: readonly Neighbour[] = [
  {
    name: 'slow pollers of Kafka and Amazon MQ',
    because: 'No page says how soon a record is read; what a target needs is in its profile.',
    policy: { kafkaPollMostSeconds: 4.8 },
  },
  {
    name: 'batches of Kafka and Amazon MQ delivered twice within budget',
    because: 'Both are read at least once: records may come again after they were handled (POLL-DUP-01).',
    policy: { logDuplicateShare: 0.3 },
    tolerances: { duplicateBudget: 1 },
  },
  {
    name: 'long waits between attempts on Kafka and Amazon MQ',
    because: 'No page says how long a failed batch waits before it is tried again.',
    policy: { kafkaRetrySeconds: 100, kafkaRetryMostSeconds: 280 },
  },
  {
    name: 'short waits between attempts on Kafka and Amazon MQ',
    because: 'No page says how long a failed batch waits before it is tried again.',
    policy: { kafkaRetrySeconds: 0.1, kafkaRetryMostSeconds: 2 },
  },
  {
    name: 'batches of one partition',
    because: 'A batch may hold records of several partitions, and need not.',
    policy: { kafkaMixesPartitionsShare: 0 },
  },
  {
    name: 'batches of all partitions',
    because: 'A batch may hold records of several partitions (kafka-on-failure.html lists them).',
    policy: { kafkaMixesPartitionsShare: 1 },
  },
  {
    name: 'pollers of Kafka that come late',
    because: 'The lag is looked at every minute, and pollers are there within three more (KAF-POLL-02).',
    policy: { kafkaScaleMostSeconds: 239 },
  },
  {
    name: 'pollers for all partitions at once',
    because: 'In on-demand mode no page says with how many pollers a mapping begins.',
    policy: { kafkaScaleMostSeconds: 0 },
  },
  {
    name: 'failures of Kafka under the name of streams',
    because: 'The pages on Kafka have two names for used-up retries (KAF-DST-02).',
    policy: { kafkaCondition: 'RetryAttemptsExhausted' },
  },
];
