/** The reference model with one thing wrong: what goes wrong in the control plane of mappings and queues. */
import type { Mutant } from '../mutant.ts';

export const mappingLimitMutants: readonly Mutant[] = [
  {
    name: 'batches of any size are taken',
    breaks: ['LIM-ESM-01'],
    policy: { batchSizeMost: 1_000_000, fifoBatchSizeMost: 1_000 },
  },
  { name: 'batches of 1,000 at most', breaks: ['LIM-ESM-01'], policy: { batchSizeMost: 1_000 } },
  { name: 'windows of an hour are taken', breaks: ['LIM-ESM-02'], policy: { windowMostSeconds: 3_600 } },
  {
    name: 'large batches without a window',
    breaks: ['LIM-ESM-03'],
    policy: { largeBatchesNeedWindow: false },
  },
  { name: 'factors up to 100', breaks: ['LIM-ESM-04'], policy: { parallelizationMost: 100 } },
  {
    name: 'records may be 10 seconds old at most',
    breaks: ['LIM-ESM-05'],
    policy: { recordAgeLeastSeconds: 0 },
  },
  {
    name: 'retries without an upper bound',
    breaks: ['LIM-ESM-06'],
    policy: { mappingRetriesMost: 1_000_000 },
  },
  { name: 'tumbling windows of an hour', breaks: ['LIM-ESM-07'], policy: { tumblingMostSeconds: 3_600 } },
  { name: 'a maximum concurrency of 1', breaks: ['LIM-ESM-08'], policy: { maximumConcurrencyLeast: 1 } },
  { name: 'a maximum concurrency for all', breaks: ['LIM-ESM-08'], policy: { scalesSqsOnly: false } },
  {
    name: 'any number of pollers',
    breaks: ['LIM-ESM-09'],
    policy: { minimumPollersMost: 100_000, maximumPollersMostKafka: 100_000, comparesPollers: false },
  },
  {
    name: 'any response type',
    breaks: ['LIM-ESM-10'],
    policy: { knownResponseTypesOnly: false, responseTypesMost: 5 },
  },
  {
    name: 'patterns of any length, as many as wanted',
    breaks: ['LIM-ESM-11'],
    policy: { patternMostCharacters: 100_000, filtersMost: 100 },
  },
  {
    name: 'several topics of a mapping',
    breaks: ['LIM-ESM-12'],
    policy: { topicsMost: 5, accessConfigurationsMost: 100 },
  },
  {
    name: 'any starting position',
    breaks: ['LIM-ESM-13'],
    policy: { startingPositions: ['LATEST', 'AT_TIMESTAMP', 'TRIM_HORIZON', 'latest'] },
  },
  { name: 'stray parameters are taken', breaks: ['LIM-ESM-14'], policy: { refusesStrayParameters: false } },
  {
    name: 'changes while a mapping is deleted',
    breaks: ['LIM-ESM-15'],
    policy: { refusesWhileInUse: false },
  },
  {
    name: 'queues of any settings',
    breaks: ['LIM-SQS-01'],
    policy: { visibilityMostSeconds: 1_000_000, retentionLeastSeconds: 0, delayMostSeconds: 10_000 },
  },
  { name: 'messages of any size', breaks: ['LIM-SQS-01'], policy: { messageBytes: 10_000_000 } },
];
