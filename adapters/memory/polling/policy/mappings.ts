/** The policy table's part on: Event source mappings in common: batching, filters, batch responses, life cycle. */
import type { PolicyEntry } from '../../policyEntry.ts';

export const mappingsPolicy = {
  batchBytes: {
    value: 6_291_456,
    rule: 'POLL-BATCH-02',
    says: 'an event, metadata included, has at most 6 MB',
  },
  cutsBatchesByBytes: { value: true, rule: 'POLL-BATCH-02', says: 'batches are cut short for that' },
  batchSizeExcess: { value: 0, rule: 'POLL-BATCH-01', says: 'records beyond BatchSize' },
  waitsForFullBatches: { value: false, rule: 'POLL-WIN-01', says: 'without a window nothing is waited for' },
  honoursWindows: { value: true, rule: 'POLL-WIN-02', says: 'a batch that is not full waits for its window' },
  windowsOpenWithRecords: { value: false, rule: 'POLL-WIN-03', says: 'but when the last invocation is over' },
  honoursFilters: { value: true, rule: 'POLL-FILT-01', says: 'what matches no filter is not delivered' },
  filtersAreAlternatives: { value: true, rule: 'POLL-FILT-02', says: 'one of them is enough' },
  filtersAsRead: {
    value: 'asWritten' as 'asWritten' | 'numbersByValue' | 'anyCase' | 'plainOnly' | 'withoutDataKey',
    rule: 'POLL-FILT-03',
    says: 'exactly, with all operators (POLL-FILT-04), the data under its key (POLL-FILT-05)',
  },
  filtersAfterBatching: {
    value: false,
    rule: 'POLL-FILT-07',
    says: 'filtered records take no place in a batch',
  },
  honoursBatchResponses: { value: true, rule: 'SQS-PBR-01', says: 'where they are asked for' },
  readsResponsesUnasked: { value: false, rule: 'POLL-PBR-01', says: 'otherwise the result is ignored' },
  emptyResponsesFail: { value: false, rule: 'POLL-PBR-02', says: 'null and empty results are success' },
  malformedResponsesFail: { value: true, rule: 'POLL-PBR-03', says: 'empty, null and misnamed identifiers' },
  unknownIdentifiersFail: { value: true, rule: 'POLL-PBR-05', says: 'the whole batch' },
  errorsFailBatches: { value: true, rule: 'POLL-PBR-04', says: 'completely, whatever the setting' },
  mappingBindsWithinSeconds: { value: 5, rule: 'POLL-STATE-04', says: 'eventually; the pages say minutes' },
  honoursDisabling: { value: true, rule: 'POLL-STATE-02', says: 'no attempt starts while it is disabled' },
  ignoresUpdates: { value: false, rule: 'POLL-STATE-04', says: 'a changed setting binds' },
  runsMappingQualifier: { value: true, rule: 'POLL-QUAL-01', says: 'the version or alias of the mapping' },
  mappingAttemptsUseAsyncOutlets: {
    value: false,
    rule: 'POLL-SYNC-01',
    says: 'no destination and no dead letter of the function',
  },
} as const satisfies Record<string, PolicyEntry>;
