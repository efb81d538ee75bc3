/** The reference model with one thing wrong: what goes wrong with SQS queues. */
import { hash } from 'node:crypto';
import type { Entry } from '../../../engine/history.ts';
import type { Json } from '../../../engine/json.ts';
import { asObject, type JsonObject } from '../../../engine/record.ts';
import type { Mutant, Tamper } from '../mutant.ts';

export const sqsMutants: readonly Mutant[] = [
  {
    name: 'handled messages are not deleted',
    breaks: ['SQS-DEL-01', 'SQS-PBR-01'],
    policy: { handledComeAgain: 3 },
  },
  {
    name: 'messages are deleted when they are received',
    breaks: ['SQS-DEL-02', 'SQS-DEL-03', 'SQS-PBR-01', 'SQS-PBR-02'],
    policy: { deletesFailed: true },
  },
  {
    name: 'failed messages never come back',
    breaks: ['SQS-DEL-02', 'SQS-DEL-03'],
    policy: { redelivers: false },
  },
  {
    name: 'the visibility timeout is ignored',
    breaks: ['SQS-VIS-01', 'SQS-VIS-05', 'SQS-FIFO-02'],
    policy: { honoursVisibility: false },
  },
  {
    name: 'failed messages are visible at once',
    breaks: ['SQS-VIS-01', 'SQS-VIS-02'],
    policy: { failedAreVisibleAtOnce: true },
  },
  { name: 'messages are lost after their first failure', breaks: ['SQS-VIS-03'], tamper: neverAgain },
  {
    name: 'a timeout beyond the visibility timeout is taken',
    breaks: ['SQS-VIS-04'],
    policy: { refusesShortVisibility: false },
  },
  { name: 'one receive more than maxReceiveCount', breaks: ['SQS-RDR-01'], policy: { extraReceives: 1 } },
  {
    name: 'receives that met a throttle do not count',
    breaks: ['SQS-RDR-01', 'SQS-EVENT-02'],
    policy: { throttledReceivesCount: false },
  },
  { name: 'nothing is redriven', breaks: ['SQS-RDR-01'], policy: { redrives: false } },
  { name: 'redriven one receive early', breaks: ['SQS-RDR-02'], policy: { extraReceives: -1 } },
  { name: 'any dead-letter queue is taken', breaks: ['SQS-RDR-04'], policy: { matchesRedriveKinds: false } },
  {
    name: 'throttled messages are visible at once',
    breaks: ['SQS-THR-01'],
    policy: { throttledAreVisibleAtOnce: true },
  },
  {
    name: 'throttled messages are lost',
    breaks: ['SQS-THR-02', 'SQS-DEL-02'],
    policy: { throttledMessagesAreLost: true },
  },
  {
    name: 'errors slow nothing down',
    breaks: ['SQS-ERR-01'],
    policy: { errorsSlow: false, firstConcurrentBatches: 50 },
  },
  {
    name: 'fifty batches at first',
    breaks: ['SQS-SCALE-01', 'SQS-SCALE-02'],
    policy: { firstConcurrentBatches: 50 },
  },
  {
    name: 'maximum concurrency is ignored',
    breaks: ['SQS-MAXC-01', 'SQS-MAXC-02'],
    policy: { honoursMaximumConcurrency: false },
  },
  {
    name: 'the largest maximum is that of all mappings of a function',
    breaks: ['SQS-MAXC-01', 'SQS-MAXC-02'],
    policy: { sharesMaximumConcurrency: true },
  },
  {
    name: 'maximum concurrency beside provisioned pollers',
    breaks: ['SQS-MAXC-03'],
    policy: { refusesMaximumAndPollers: false },
  },
  {
    name: 'pollers as many as wanted',
    breaks: ['SQS-PROV-01', 'SQS-PROV-03'],
    policy: { honoursMaximumPollers: false, attemptsPerPoller: 2_000 },
  },
  { name: 'batches of 20 by default', breaks: ['SQS-BATCH-01'], policy: { defaultQueueBatchSize: 20 } },
  {
    name: 'a window on a FIFO queue is taken',
    breaks: ['SQS-BATCH-02'],
    policy: { refusesFifoWindow: false },
  },
  {
    name: 'groups have no order',
    breaks: ['SQS-FIFO-01', 'SQS-FIFO-03'],
    policy: { keepsGroupOrder: false },
  },
  {
    name: 'several attempts of a group at once',
    breaks: ['SQS-FIFO-02', 'SQS-FIFO-03', 'SQS-FIFO-05'],
    policy: { locksGroups: false },
  },
  {
    name: 'failures do not hold their group up',
    breaks: ['SQS-FIFO-03'],
    policy: { failuresBlockGroups: false },
  },
  {
    name: 'filtered messages stay in the queue',
    breaks: ['SQS-FILT-01'],
    policy: { deletesFiltered: false },
  },
  {
    name: 'filtered messages go to the dead-letter queue',
    breaks: ['SQS-FILT-01'],
    policy: { redrivesFiltered: true },
  },
  {
    name: 'texts match every pattern',
    breaks: ['SQS-FILT-01', 'SQS-FILT-02'],
    policy: { textMatchesJsonPatterns: true },
  },
  {
    name: 'one failure fails the whole batch',
    breaks: ['SQS-PBR-01'],
    policy: { honoursBatchResponses: false, readsResponsesUnasked: false },
  },
  { name: 'records without attributes', breaks: ['SQS-EVENT-01'], policy: { sendsMessageShape: false } },
  {
    name: 'quotes in bodies are left as in XML',
    breaks: ['SQS-EVENT-01'],
    tamper: () =>
      reshaped((record) => ({ ...record, body: String(record['body']).replaceAll('"', '&quot;') })),
  },
  {
    name: 'the digest is of the body as JSON',
    breaks: ['SQS-EVENT-01'],
    tamper: () =>
      reshaped((record) => ({ ...record, md5OfBody: hash('md5', JSON.stringify(record['body'] ?? '')) })),
  },
  { name: 'the receive count is always 1', breaks: ['SQS-EVENT-02'], policy: { countsReceives: false } },
  { name: 'a queue of any Region is taken', breaks: ['SQS-REG-01'], policy: { receivesAnyRegion: true } },
];

/** No attempt holds a message a second time; all else is shown as it is. */
function neverAgain() {
  return (entry: Entry): Entry | null => {
    if (entry.kind !== 'started' || entry.records === undefined) return entry;
    return entry.records.some(({ receiveCount = 0 }) => receiveCount > 1) ? null : entry;
  };
}

/** The messages in events of queues are shown as `change` gives them. */
function reshaped(change: (record: JsonObject) => Json): Tamper {
  return (entry) => {
    const records = entry.kind === 'started' ? asObject(entry.payload)?.['Records'] : undefined;
    if (entry.kind !== 'started' || !Array.isArray(records)) return entry;
    const shown = records.map((record: Json) => {
      const fields = asObject(record);
      return fields?.['eventSource'] === 'aws:sqs' ? change(fields) : record;
    });
    return { ...entry, payload: { Records: shown } };
  };
}
