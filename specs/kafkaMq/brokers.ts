/** AWS, with-mq.html: batches of Amazon MQ that fail, and what is acknowledged. */
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { Batch, View } from '../../engine/view.ts';
import { mustBeRefused } from '../limits/answers.ts';
import { asking, CREATE } from '../limits/asking.ts';
import { sourceOf } from '../limits/mappingRequests.ts';
import { stillHolds } from '../mappings/records.ts';
import { responseOf } from '../mappings/response.ts';
import { handledAgain, triedAgainWhole } from './retrying.ts';
import { hasFailed, isDisturbed, mqBatches } from './subjects.ts';

const MQ = guide('with-mq');

export const mqRet01 = defineRule({
  id: 'MQ-RET-01',
  level: 'MUST',
  invariant:
    'A batch of Amazon MQ that fails is tried again, as a whole, until it succeeds or its messages expire.',
  sources: [MQ, api('CreateEventSourceMapping')],
  needs: ['mq'],
  subjects: (view) => mqBatches(view).filter(hasFailed),
  check: triedAgainWhole,
});

/** Batches that ended ok: a mapping of Amazon MQ takes no partial responses. */
const succeeded = (view: View): readonly Batch[] =>
  mqBatches(view).filter((batch) => responseOf(batch).kind === 'success');

export const mqAck01 = defineRule({
  id: 'MQ-ACK-01',
  level: 'MUST',
  invariant: 'Messages are acknowledged after an attempt that ended ok, and do not come again.',
  sources: [guide('invocation-eventfiltering')],
  needs: ['mq'],
  note: 'Those that the filters leave out are acknowledged at once: that they never come is POLL-FILT-01.',
  subjects: succeeded,
  check: (batch, view, tolerances) => {
    const { mapping, records, attempt, started } = batch;
    const again = handledAgain(batch, tolerances);
    if (again !== undefined) return again;
    const left = mapping.source.remaining;
    const kept = records.find(
      (record) =>
        record !== undefined &&
        record.batches.at(-1) === batch &&
        stillHolds(mapping.source, record.id) === true,
    );
    if (left === undefined || kept === undefined) return;
    if (isDisturbed(mapping, view)) return { unknown: 'the mapping, its source or its rights changed' };
    if (left.at < attempt.endedLatest + 2 * tolerances.schedulingSlackSeconds)
      return { unknown: 'the attempt had just ended when the queue was looked at' };
    return {
      expected: `${kept.id} gone from the queue after an attempt that ended ok`,
      observed: 'still there when the observer left',
      entries: [left, started],
    };
  },
});

/** Creations of a mapping of a broker that ask for what there is not: a second queue, or a topic. */
const misread = asking(CREATE, (request, view) => {
  const { EventSourceArn: arn, Queues: queues, Topics: topics } = request.step.input;
  if (topics === undefined && (!Array.isArray(queues) || queues.length === 1)) return false;
  return sourceOf(request, view)?.startsWith('broker:') === true || String(arn).startsWith('broker:');
});

export const mqCfg01 = defineRule({
  id: 'MQ-CFG-01',
  level: 'MUST',
  invariant: 'A mapping of Amazon MQ reads one queue; a second one, or a topic, is refused.',
  sources: [MQ, api('CreateEventSourceMapping')],
  needs: ['mq'],
  isOfRequests: true,
  subjects: misread,
  check: (request, view) => mustBeRefused(request, view, 'a broker with more than one queue, or a topic'),
});
