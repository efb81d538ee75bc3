/** AWS, services-sqs-scaling.html#sqs-provisioned-mode: pollers in provisioned mode. */
import { defineRule } from '../../engine/rule.ts';
import type { MappingView, View } from '../../engine/view.ts';
import { growing, withinLimit } from '../mappings/atOnce.ts';
import { NO_MAPPINGS } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { MAPPINGS, SCALING } from './pages.ts';
import { sqsMappings } from './subjects.ts';

/** AWS: ten attempts a poller, 1,000 more a minute; two pollers at least, and 200 at most, where nothing is said. */
const PER_POLLER = 10;
const PER_MINUTE = 1_000;
const DEFAULT_MINIMUM = 2;
const DEFAULT_MAXIMUM = 200;

/** Mappings in provisioned mode, under settings that never changed. */
const provisioned = once((view: View): readonly MappingView[] => {
  const all = sqsMappings(view);
  if (all.length === 0) return NO_MAPPINGS;
  return all.filter(
    ({ steady, batches }) => batches.length > 0 && steady !== undefined && steady.provisioned !== null,
  );
});

export const prov01 = defineRule({
  id: 'SQS-PROV-01',
  level: 'MUST',
  invariant: 'In provisioned mode there are at most ten attempts at once for each of MaximumPollers.',
  sources: [SCALING, MAPPINGS],
  needs: ['sqs'],
  subjects: provisioned,
  check: (mapping, _view, tolerances) => {
    const most = PER_POLLER * (mapping.steady?.provisioned?.maximum ?? DEFAULT_MAXIMUM);
    return withinLimit(mapping, () => most, tolerances);
  },
});

export const prov03 = defineRule({
  id: 'SQS-PROV-03',
  level: 'SHOULD',
  invariant: 'In provisioned mode attempts at once grow by at most 1,000 a minute.',
  sources: [SCALING],
  needs: ['sqs'],
  subjects: provisioned,
  check: (mapping, view, tolerances) => {
    const first = PER_POLLER * (mapping.steady?.provisioned?.minimum ?? DEFAULT_MINIMUM);
    return withinLimit(mapping, growing(mapping, first, PER_MINUTE, view), tolerances);
  },
});
