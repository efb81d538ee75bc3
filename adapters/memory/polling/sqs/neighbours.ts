/** Oddities of queues, and of mappings in common, that AWS's pages allow. */
import type { Neighbour } from '../../mutant.ts';

export const queueNeighbours: readonly Neighbour[] = [
  {
    name: 'messages delivered twice within budget',
    because:
      'A standard queue delivers at least once: a message may come again after it was handled (POLL-DUP-01).',
    policy: { messageDuplicateShare: 0.3 },
    tolerances: { duplicateBudget: 1 },
  },
  {
    name: 'standard queues without any order',
    because: 'Order on a standard queue is best effort (SQS-ORD-01).',
    policy: { disorderShare: 1 },
  },
  {
    name: 'slow pollers',
    because: 'No page says how soon a poller looks; what a target needs is in its profile.',
    policy: { sqsPollMostSeconds: 4.8 },
  },
  {
    name: 'two batches at first',
    because: 'With low traffic a mapping may have two batches at once instead of five (SQS-SCALE-03).',
    policy: { firstConcurrentBatches: 2 },
  },
  {
    name: 'batches that are not full',
    because: 'A batch has up to BatchSize records: no page promises that it is full.',
    policy: { cutsBatchesShare: 1 },
  },
  {
    name: 'one message group in a batch',
    because: 'The guide of 2022 had one group a batch; today one batch may hold several (SQS-FIFO-04).',
    policy: { mixesGroupsShare: 0 },
  },
  {
    name: 'several message groups in a batch',
    because: 'One batch of a FIFO queue may hold several message groups (SQS-FIFO-04).',
    policy: { mixesGroupsShare: 1 },
  },
  {
    name: 'windows that close late',
    because:
      'With little traffic an attempt may start up to 20 s late, however short the window (SQS-BATCH-03).',
    policy: { windowLateShare: 1, windowLateMostSeconds: 19 },
  },
  {
    name: 'visibility timeouts that nobody extends',
    because: 'Only the guide of 2022 says that too short ones are extended (SQS-VIS-06 is silent).',
    policy: { extendsShortVisibility: false },
  },
  {
    name: 'old receipt handles that rarely delete',
    because: 'DeleteMessage with a handle that is not the last one may leave the message where it is.',
    // Never would be no neighbour: a handler that outlasts its visibility timeout would then never be done.
    policy: { oldReceiptsDeleteShare: 0.2 },
  },
  {
    name: 'old receipt handles that always delete',
    because: 'DeleteMessage with a handle that is not the last one may delete the message.',
    policy: { oldReceiptsDeleteShare: 1 },
  },
  {
    name: 'mappings that change late',
    because: 'A changed mapping takes effect eventually (POLL-STATE-04); the settling interval bounds it.',
    policy: { mappingBindsWithinSeconds: 9.8 },
  },
  {
    name: 'throttles that slow no poller down',
    because: 'AWS gives no number for the back-off, so that it may be too small to be seen (SQS-THR-01).',
    policy: { throttleSlows: false },
  },
];
