/** The reference model with one thing wrong: what goes wrong with event source mappings of any kind. */
import type { Entry } from '../../../engine/history.ts';
import type { Mutant } from '../mutant.ts';

export const mappingMutants: readonly Mutant[] = [
  {
    name: 'failed batches go to the function’s own destination and dead-letter queue',
    breaks: ['POLL-SYNC-01', 'SQS-RDR-03'],
    policy: { mappingAttemptsUseAsyncOutlets: true },
  },
  { name: 'the last record of a batch gets lost', breaks: ['POLL-ALO-01'], tamper: withoutLast },
  {
    name: 'one record more than BatchSize',
    breaks: ['POLL-BATCH-01'],
    policy: { batchSizeExcess: 1 },
  },
  { name: 'no batch is cut at 6 MB', breaks: ['POLL-BATCH-02'], policy: { cutsBatchesByBytes: false } },
  {
    name: 'records of all shards in one batch',
    breaks: ['POLL-BATCH-03'],
    policy: { separatesShards: false },
  },
  {
    name: 'a batch waits until it is full',
    breaks: ['POLL-WIN-01', 'POLL-WIN-04'],
    policy: { waitsForFullBatches: true },
  },
  { name: 'batching windows are ignored', breaks: ['POLL-WIN-02'], policy: { honoursWindows: false } },
  {
    name: 'a window opens with its first record',
    breaks: ['POLL-WIN-03'],
    policy: { windowsOpenWithRecords: true },
  },
  {
    name: 'a window of a broker opens before its first message',
    breaks: ['POLL-WIN-03'],
    policy: { mqWindowOpensWithMessage: false },
  },
  {
    name: 'a new mapping is enabled at once, and says so',
    breaks: ['POLL-STATE-01'],
    policy: { createdMappingState: 'Enabled', createdMappingStatus: 201 },
  },
  {
    name: 'a deleted mapping is gone at once, and says so',
    breaks: ['POLL-STATE-01'],
    policy: { deletedMappingState: 'Deleted' },
  },
  { name: 'a disabled mapping goes on', breaks: ['POLL-STATE-02'], policy: { honoursDisabling: false } },
  { name: 'enabled again, all is replayed', breaks: ['POLL-STATE-03'], policy: { resumesFrom: 'horizon' } },
  {
    name: 'enabled again, what came meanwhile is skipped',
    breaks: ['POLL-STATE-03'],
    policy: { resumesFrom: 'latest' },
  },
  { name: 'changed settings never bind', breaks: ['POLL-STATE-04'], policy: { ignoresUpdates: true } },
  { name: 'filters are stored and ignored', breaks: ['POLL-FILT-01'], policy: { honoursFilters: false } },
  {
    name: 'a record must match all filters',
    breaks: ['POLL-FILT-02'],
    policy: { filtersAreAlternatives: false },
  },
  {
    name: 'plain numbers are compared by value',
    breaks: ['POLL-FILT-03'],
    policy: { filtersAsRead: 'numbersByValue' },
  },
  {
    name: 'patterns match whatever the case',
    breaks: ['POLL-FILT-03'],
    policy: { filtersAsRead: 'anyCase' },
  },
  {
    name: 'patterns with operators match nothing',
    breaks: ['POLL-FILT-04'],
    policy: { filtersAsRead: 'plainOnly' },
  },
  {
    name: 'patterns are held against the data itself',
    breaks: ['POLL-FILT-05'],
    policy: { filtersAsRead: 'withoutDataKey' },
  },
  {
    name: 'any text is taken for a filter pattern',
    breaks: ['POLL-FILT-06'],
    policy: { refusesBadPatterns: false },
  },
  {
    name: 'empty FilterCriteria change nothing',
    breaks: ['POLL-FILT-06'],
    policy: { emptyFilterCriteriaRemoves: false },
  },
  {
    name: 'filtered records take places in batches',
    breaks: ['POLL-FILT-07'],
    policy: { filtersAfterBatching: true },
  },
  {
    name: 'batch responses count, asked for or not',
    breaks: ['POLL-PBR-01'],
    policy: { readsResponsesUnasked: true },
  },
  {
    name: 'an empty batch response is a failure',
    breaks: ['POLL-PBR-02'],
    policy: { emptyResponsesFail: true },
  },
  {
    name: 'malformed identifiers are passed over',
    breaks: ['POLL-PBR-03'],
    policy: { malformedResponsesFail: false },
  },
  {
    name: 'errors are taken for success',
    breaks: ['POLL-PBR-04', 'SQS-PBR-02', 'SQS-DEL-03'],
    policy: { errorsFailBatches: false },
  },
  {
    name: 'identifiers of no record are passed over',
    breaks: ['POLL-PBR-05', 'POLL-PBR-06', 'KAF-PBR-01'],
    policy: { unknownIdentifiersFail: false },
  },
  {
    name: '$LATEST is run, whatever the mapping names',
    breaks: ['POLL-QUAL-01'],
    policy: { runsMappingQualifier: false },
  },
  { name: 'OnSuccess of a mapping is taken', breaks: ['POLL-DEST-01'], policy: { refusesOnSuccess: false } },
  {
    name: 'OnFailure is taken for any source',
    breaks: ['POLL-DEST-01'],
    policy: { refusesStrayDestinations: false },
  },
  {
    name: 'a second mapping of the same source and function is taken',
    breaks: ['POLL-DUPESM-01'],
    policy: { refusesSecondMapping: false },
  },
  {
    name: 'functions of brokers may run 15 minutes',
    breaks: ['POLL-TMO-01'],
    policy: { longestKafkaTimeoutSeconds: 900 },
  },
];

/** The handler is shown one record less, of batches with several. */
function withoutLast() {
  return (entry: Entry): Entry => {
    if (entry.kind !== 'started' || entry.records === undefined || entry.records.length < 2) return entry;
    return { ...entry, records: entry.records.slice(0, -1) };
  };
}
