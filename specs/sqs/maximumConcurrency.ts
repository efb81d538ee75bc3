/** AWS, services-sqs-scaling.html#events-sqs-max-concurrency: the maximum concurrency of a mapping. */
import { defineRule } from '../../engine/rule.ts';
import type { MappingView, View } from '../../engine/view.ts';
import { NO_MAPPINGS } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { withinLimit } from './atOnce.ts';
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

export const maxc01 = defineRule({
  id: 'SQS-MAXC-01',
  level: 'MUST',
  invariant: 'There are never more attempts of a mapping at once than its MaximumConcurrency.',
  sources: [SCALING, SCALING_CONFIG],
  needs: ['sqs'],
  subjects: withMaximum,
  check: (mapping, _view, tolerances) => {
    const maximum = maximumOf(mapping);
    return withinLimit(mapping, () => maximum, tolerances);
  },
});

/** Whether something else is there that bounds the function, or shares it. */
const isBesideOthers = ({ function: owner, name }: MappingView, view: View): boolean => {
  if (owner.reserved.some(({ value }) => value !== null)) return true;
  for (const other of view.mappings.values())
    if (other.function === owner && other.name !== name) return true;
  return false;
};

export const maxc02 = defineRule({
  id: 'SQS-MAXC-02',
  level: 'MUST',
  invariant:
    'The maximum is the mapping’s own, whatever the function’s reserve, and whatever other mappings have.',
  sources: [SCALING],
  needs: ['sqs'],
  subjects: (view) => withMaximum(view).filter((mapping) => isBesideOthers(mapping, view)),
  check: (mapping, _view, tolerances) => {
    const maximum = maximumOf(mapping);
    return withinLimit(mapping, () => maximum, tolerances);
  },
});
