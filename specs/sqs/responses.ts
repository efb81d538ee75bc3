/** AWS, services-sqs-errorhandling.html#services-sqs-batchfailurereporting: responses of the function to a batch. */
import { defineRule, type Finding } from '../../engine/rule.ts';
import type { Batch, View } from '../../engine/view.ts';
import { fateAt, hasSucceeded } from '../mappings/records.ts';
import { responseOf } from '../mappings/response.ts';
import { once } from '../memo.ts';
import { allKept, comesAgain, failed, isKept } from './deletion.ts';
import { ERRORS } from './pages.ts';
import { sqsBatches } from './subjects.ts';

/** Batches with a partial response. */
const partial = once((view: View): readonly Batch[] => {
  const all = sqsBatches(view);
  return all.length === 0 ? all : all.filter((batch) => responseOf(batch).kind === 'partial');
});

export const pbr01 = defineRule({
  id: 'SQS-PBR-01',
  level: 'MUST',
  invariant:
    'After a partial response exactly the reported messages stay; all others of the batch are deleted.',
  sources: [ERRORS],
  needs: ['sqs', 'remaining'],
  subjects: partial,
  check: (batch, view, tolerances) => {
    let unknown: Finding;
    for (let place = 0; place < batch.records.length; place++) {
      const record = batch.records[place];
      if (record === undefined) continue;
      const hasFailed = fateAt(batch, place) === 'failed';
      if (hasFailed && (record.batches.at(-1) !== batch || hasSucceeded(record) !== false)) continue;
      const finding = hasFailed
        ? isKept(record, view, tolerances)
        : comesAgain(record, batch, view, tolerances);
      if (finding !== undefined && !('unknown' in finding)) return finding;
      unknown ??= finding;
    }
    return unknown;
  },
});

export const pbr02 = defineRule({
  id: 'SQS-PBR-02',
  level: 'MUST',
  invariant: 'A result that is not valid JSON is a complete failure.',
  sources: [ERRORS],
  needs: ['sqs', 'remaining'],
  note: 'Seen with results that JSON cannot write: the runtime reports them as errors.',
  subjects: (view) => failed(view).filter(({ attempt }) => attempt.outcome === 'unserializable'),
  check: allKept,
});

export const fifo06 = defineRule({
  id: 'SQS-FIFO-06',
  level: 'MAY',
  invariant: 'With partial responses on a FIFO queue, what is not reported is deleted, whatever the order.',
  sources: [ERRORS],
  needs: ['sqs', 'fifo'],
  subjects: (view) =>
    partial(view).filter((batch) => batch.records.some((record) => record?.spec.group !== undefined)),
  observe: (batch) => {
    const first = batch.seen.findIndex((_, place) => fateAt(batch, place) === 'failed');
    const group = batch.records[first]?.spec.group;
    const later = batch.records.filter(
      (record, place) =>
        place > first && record?.spec.group === group && fateAt(batch, place) === 'succeeded',
    );
    if (later.length === 0) return 'nothing later of the group was left unreported';
    const again = later.some((record) => record?.batches.at(-1) !== batch);
    return again ? 'later messages of the group come again' : 'later messages of the group are deleted';
  },
});
