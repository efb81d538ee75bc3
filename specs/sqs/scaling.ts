/** AWS, services-sqs-scaling.html: how a mapping of a standard queue scales. */
import { defineRule } from '../../engine/rule.ts';
import type { MappingView, View } from '../../engine/view.ts';
import { attemptsOf, growing, mostAtOnce, withinLimit } from '../mappings/atOnce.ts';
import { NO_MAPPINGS } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { CONFIGURE, SCALING } from './pages.ts';
import { isFifo, sqsMappings } from './subjects.ts';

/** AWS: five batches at first, 300 more a minute, 1,250 at most. */
const FIRST = 5;
const PER_MINUTE = 300;
const MOST = 1_250;
const A_MINUTE_SECONDS = 60;

/** Mappings in the mode that is not provisioned, all the time. */
const onDemand = once((view: View): readonly MappingView[] => {
  const all = sqsMappings(view);
  if (all.length === 0) return NO_MAPPINGS;
  return all.filter(
    ({ settings, batches }) =>
      batches.length > 0 && settings.every(({ value }) => value === null || value.provisioned === null),
  );
});

export const scale01 = defineRule({
  id: 'SQS-SCALE-01',
  level: 'SHOULD',
  invariant: 'With a backlog, processing of a standard queue starts with up to five attempts at once.',
  sources: [SCALING],
  needs: ['sqs'],
  note: 'Judged in the first minute, in which up to 300 more may come: by the second, as some targets have it.',
  subjects: (view) => onDemand(view).filter(({ source }) => !isFifo(source, view)),
  check: (mapping, view, tolerances) => {
    const began = mapping.batches[0]?.attempt.startedAt ?? 0;
    const limitAt = growing(mapping, FIRST, PER_MINUTE, view);
    return withinLimit(
      mapping,
      (attempt) =>
        attempt.startedAt > began + A_MINUTE_SECONDS ? Number.POSITIVE_INFINITY : limitAt(attempt),
      tolerances,
    );
  },
});

export const scale02 = defineRule({
  id: 'SQS-SCALE-02',
  level: 'SHOULD',
  invariant: 'Attempts at once grow by at most 300 a minute, up to 1,250 for a mapping.',
  sources: [SCALING, CONFIGURE],
  needs: ['sqs'],
  isContradictory: true,
  note: 'Earlier pages say 1,000, and 60 a minute: the higher figures are what no target may exceed.',
  subjects: onDemand,
  check: (mapping, view, tolerances) => {
    const limitAt = growing(mapping, FIRST, PER_MINUTE, view);
    return withinLimit(mapping, (attempt) => Math.min(MOST, limitAt(attempt)), tolerances);
  },
});

export const scale03 = defineRule({
  id: 'SQS-SCALE-03',
  level: 'MAY',
  invariant: 'With little traffic a mapping goes back to five attempts at once, or to two.',
  sources: [SCALING],
  needs: ['sqs'],
  subjects: onDemand,
  observe: (mapping) => {
    const most = mostAtOnce(attemptsOf(mapping));
    if (most <= 2) return 'up to two at once';
    return most <= FIRST ? 'up to five at once' : 'more than five at once';
  },
});
