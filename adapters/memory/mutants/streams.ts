/** The reference model with one thing wrong: what goes wrong with streams. */
import type { Entry } from '../../../engine/history.ts';
import type { Mutant } from '../mutant.ts';

export const streamMutants: readonly Mutant[] = [
  { name: 'records of a batch in any order', breaks: ['STR-ORD-01'], policy: { keepsShardOrder: false } },
  {
    name: 'with a factor records go to any lane',
    breaks: ['STR-ORD-02', 'STR-CONC-02'],
    policy: { lanesByKey: false },
  },
  {
    name: 'a change of an item comes before an earlier one',
    breaks: ['STR-ORD-02'],
    policy: { changesInOrder: false },
  },
  {
    name: 'child shards are read at once',
    breaks: ['STR-ORD-02'],
    policy: { readsChildrenAtOnce: true },
  },
  { name: 'one attempt more at once than the factor', breaks: ['STR-CONC-01'], policy: { extraLanes: 1 } },
  { name: 'batches of several shards', breaks: ['STR-SHARD-01'], tamper: mixedShards },
  { name: 'a failing shard stops all', breaks: ['STR-SHARD-02'], policy: { failuresBlockAllShards: true } },
  {
    name: 'a failing batch stands aside',
    breaks: ['STR-BLK-01', 'STR-BLK-02'],
    policy: { goesOnAfterFailure: true },
  },
  {
    name: 'a batch that fails is skipped',
    breaks: ['STR-RET-01', 'STR-RET-02'],
    policy: { discardsAtOnce: true },
  },
  { name: 'one retry more', breaks: ['STR-RET-02', 'STR-DST-05'], policy: { streamRetriesExcess: 1 } },
  { name: 'one retry less', breaks: ['STR-RET-02'], policy: { streamRetriesExcess: -1 } },
  { name: 'throttles count as retries', breaks: ['STR-RET-03'], policy: { throttlesCountAsRetries: true } },
  { name: 'throttled batches are dropped', breaks: ['STR-RET-04'], policy: { dropsThrottledBatches: true } },
  { name: 'records never grow too old', breaks: ['STR-AGE-01'], policy: { honoursRecordAge: false } },
  {
    name: 'one old record takes its batch with it',
    breaks: ['STR-AGE-02'],
    policy: { discardsWholeBatchByAge: true },
  },
  { name: 'age goes by another name', breaks: ['STR-AGE-03'], policy: { agedCondition: 'EventAgeExceeded' } },
  {
    name: 'what is too old has a response',
    breaks: ['STR-AGE-03'],
    policy: { agedRecordsHaveResponse: true },
  },
  {
    name: 'what has expired is told as a failure',
    breaks: ['STR-EXP-01'],
    policy: { reportsExpiredRecords: true },
  },
  { name: 'bisecting is ignored', breaks: ['STR-BIS-01', 'STR-BIS-04'], policy: { honoursBisect: false } },
  { name: 'a record is lost where a batch is split', breaks: ['STR-BIS-01'], policy: { bisectLoses: 1 } },
  { name: 'a split uses up a retry', breaks: ['STR-BIS-02'], policy: { splitsUseRetries: true } },
  { name: 'dozens of retries more', breaks: ['STR-BIS-06'], policy: { streamRetriesExcess: 30 } },
  {
    name: 'a record that fails alone is discarded',
    breaks: ['STR-BIS-06'],
    policy: { singlesAreDiscarded: true },
  },
  {
    name: 'a partial response splits in the middle',
    breaks: ['STR-BIS-05'],
    policy: { partialResponsesBisect: true },
  },
  { name: 'the second half first', breaks: ['STR-BIS-03'], policy: { secondHalfFirst: true } },
  {
    name: 'partial responses turn bisecting off',
    breaks: ['STR-BIS-04'],
    policy: { bisectsWithResponses: false },
  },
  {
    name: 'the highest reported is the checkpoint',
    breaks: ['STR-PBR-01'],
    policy: { checkpoint: 'highest' },
  },
  {
    name: 'a partial failure is a failure of all',
    breaks: ['STR-BIS-05', 'STR-PBR-01', 'STR-PBR-02'],
    policy: { checkpoint: 'none' },
  },
  { name: 'what succeeded comes again', breaks: ['STR-PBR-03'], policy: { repeatsHandled: true } },
  {
    name: 'a moved checkpoint changes no count',
    breaks: ['STR-PBR-04'],
    policy: { checkpointRenewsRetries: false },
  },
  {
    name: 'nothing is told of discarded batches',
    breaks: ['STR-DST-01'],
    policy: { sendsBatchRecords: false },
  },
  {
    name: 'successes are told as failures',
    breaks: ['STR-DST-01'],
    policy: { batchRecordsAfterSuccess: true },
  },
  { name: 'failure records hold the data', breaks: ['STR-DST-02'], policy: { batchRecordsHaveData: true } },
  {
    name: 'failure records without the response',
    breaks: ['STR-DST-02'],
    policy: { batchRecordsHaveResponse: false },
  },
  {
    name: 'failure records without arrivals',
    breaks: ['STR-DST-03'],
    policy: { batchRecordsTellArrivals: false },
  },
  {
    name: 'what was split is told as a whole',
    breaks: ['STR-BIS-03'],
    policy: { batchRecordsOfWholeBatch: true },
  },
  { name: 'failure records begin one too late', breaks: ['STR-DST-03'], policy: { batchRecordShift: 1 } },
  {
    name: 'the condition of asynchronous events',
    breaks: ['STR-DST-04'],
    policy: { exhaustedBatchCondition: 'RetriesExhausted' },
  },
  { name: 'retries are counted, not attempts', breaks: ['STR-DST-05'], policy: { batchCountShift: -1 } },
  { name: 'no payload on S3', breaks: ['STR-DST-06'], policy: { bucketRecordsHavePayload: false } },
  {
    name: 'objects under the prefix of asynchronous events',
    breaks: ['STR-DST-06'],
    policy: { batchObjectKeyPrefix: 'aws/lambda/async/' },
  },
  {
    name: 'a destination that is gone stops the shard',
    breaks: ['STR-DST-08'],
    policy: { undeliveredBlocks: true },
  },
  {
    name: 'TRIM_HORIZON skips the first record',
    breaks: ['STR-POS-01'],
    policy: { horizonSkips: 1 },
  },
  { name: 'AT_TIMESTAMP is read as LATEST', breaks: ['STR-POS-01'], policy: { timestampIsLatest: true } },
  { name: 'LATEST reads from the beginning', breaks: ['STR-POS-01'], policy: { latestReadsAll: true } },
  {
    name: 'AT_TIMESTAMP begins five seconds later',
    breaks: ['STR-POS-01'],
    policy: { timestampLateSeconds: 5 },
  },
  {
    name: 'a stream needs no position',
    breaks: ['STR-POS-03'],
    policy: { needsStartingPosition: false, refusesTimestampOfTables: false, refusesFutureTimestamps: false },
  },
  { name: 'the state of a window is lost', breaks: ['STR-WIN-01'], policy: { keepsWindowState: false } },
  { name: 'a result without a state will do', breaks: ['STR-WIN-02'], policy: { acceptsMissingState: true } },
  { name: 'windows end without a word', breaks: ['STR-WIN-03'], policy: { finalInvocations: false } },
  {
    name: 'a final invocation that fails is given up',
    breaks: ['STR-WIN-03'],
    policy: { retriesFinalInvocations: false },
  },
  { name: 'windows are a second off', breaks: ['STR-WIN-04'], policy: { windowShiftSeconds: 2 } },
  { name: 'a state of any size', breaks: ['STR-WIN-05'], policy: { stateBytes: 100_000_000 } },
  {
    name: 'the end of a shard closes no window',
    breaks: ['STR-WIN-06'],
    policy: { shardEndClosesWindow: false },
  },
  { name: 'child shards go on with a state', breaks: ['STR-WIN-06'], policy: { childrenKeepState: true } },
  { name: 'the end of a window takes its time', breaks: ['STR-WIN-07'], policy: { finalMostSeconds: 7_200 } },
  {
    name: 'what is filtered is told as a failure',
    breaks: ['STR-FILT-01'],
    policy: { filteredAreReported: true },
  },
  {
    name: 'what is filtered holds up the rest',
    breaks: ['STR-FILT-01'],
    policy: { filteredHoldUp: true },
  },
  {
    name: 'text passes filters for JSON',
    breaks: ['STR-FILT-02'],
    policy: { textPassesStreamFilters: true },
  },
  {
    name: 'patterns for text are taken',
    breaks: ['STR-FILT-02'],
    policy: { refusesTextPatternsOfStreams: false },
  },
  {
    name: 'streams are polled once a minute',
    breaks: ['STR-POLL-01'],
    policy: { kinesisPollMostSeconds: 60, tablePollMostSeconds: 60 },
  },
  {
    name: 'a second function is held up at a table',
    breaks: ['STR-DDB-02'],
    policy: { readersOfTables: 1 },
  },
  { name: 'each change twice', breaks: ['STR-DDB-01'], policy: { changesTwice: true } },
  { name: 'data as it was sent', breaks: ['STR-EVENT-01'], policy: { encodesData: false } },
  { name: 'images whatever the view', breaks: ['STR-EVENT-01'], policy: { honoursStreamView: false } },
  { name: 'records are their data', breaks: ['STR-EVENT-01'], policy: { sendsRecordShape: false } },
];

/** Every second record of a batch is said to be of another shard. */
function mixedShards() {
  return (entry: Entry): Entry => {
    if (entry.kind !== 'started' || entry.records === undefined || entry.records.length < 2) return entry;
    return {
      ...entry,
      records: entry.records.map((record, place) =>
        record.shard === undefined || place % 2 === 0
          ? record
          : { ...record, shard: `${record.shard}-other` },
      ),
    };
  };
}
