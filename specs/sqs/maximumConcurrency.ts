/** AWS, services-sqs-scaling.html#events-sqs-max-concurrency: the maximum concurrency of a mapping. */
import { defineRule, type Finding } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { MappingView, View } from '../../engine/view.ts';
import { withinLimit } from '../mappings/atOnce.ts';
import { NO_MAPPINGS } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { SCALING, SCALING_CONFIG } from './pages.ts';
import { sqsMappings } from './subjects.ts';

/** The largest maximum concurrency that may be in force; Infinity where there may be none. */
function maximumOf({ settings }: MappingView): number {
  let largest = 0;
  for (const { value } of settings)
    if (value !== null) largest = Math.max(largest, value.maximumConcurrency ?? Number.POSITIVE_INFINITY);
  return largest;
}

const withMaximum = once((view: View): readonly MappingView[] => {
  const all = sqsMappings(view);
  if (all.length === 0) return NO_MAPPINGS;
  return all.filter(
    (mapping) => mapping.batches.length > 0 && maximumOf(mapping) !== Number.POSITIVE_INFINITY,
  );
});

function ownMaximum(mapping: MappingView, _view: View, tolerances: Tolerances): Finding {
  const maximum = maximumOf(mapping);
  return withinLimit(mapping, () => maximum, tolerances);
}

export const maxc01 = defineRule({
  id: 'SQS-MAXC-01',
  level: 'MUST',
  invariant: 'There are never more attempts of a mapping at once than its MaximumConcurrency.',
  sources: [SCALING, SCALING_CONFIG],
  needs: ['sqs'],
  subjects: withMaximum,
  check: ownMaximum,
});

/** Whether something else would allow more: the function's reserve, or what another mapping of it has. */
const isBesideMore = (mapping: MappingView, view: View): boolean => {
  const { function: owner } = mapping;
  const maximum = maximumOf(mapping);
  if (owner.reserved.some(({ value }) => value !== null && value > maximum)) return true;
  return sqsMappings(view).some((other) => other.function === owner && maximumOf(other) > maximum);
};

export const maxc02 = defineRule({
  id: 'SQS-MAXC-02',
  level: 'MUST',
  invariant:
    'The maximum is the mapping’s own, whatever the function’s reserve, and whatever other mappings have.',
  sources: [SCALING],
  needs: ['sqs'],
  note: 'Judged where the reserve, or another mapping, would allow more. That a mapping ever reaches its maximum no page promises.',
  subjects: (view) => withMaximum(view).filter((mapping) => isBesideMore(mapping, view)),
  check: ownMaximum,
});
