/** AWS, invocation-eventfiltering.html: filters. */
import { ANY_SOURCE } from '../../engine/capabilities.ts';
import { filterOf } from '../../engine/filterPattern.ts';
import { isFiller, parsedJson } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';
import { defineRule, type Finding, guide, isUnknown } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { ControlRequest, MappingView, View } from '../../engine/view.ts';
import { mustBeRefused, mustNotBeRefused } from '../limits/answers.ts';
import { asking, CREATE_OR_UPDATE } from '../limits/asking.ts';
import { isForMapping } from '../limits/mappingRequests.ts';
import { textIn } from '../limits/naming.ts';
import { once } from '../memo.ts';
import { isLetThrough, isOnData, matching } from './records.ts';
import { responseOf } from './response.ts';
import { isFiltering } from './settings.ts';
import { allMappings, type Delivery, expected, firstBatch, isDelivered, isLeftOut } from './subjects.ts';

const FILTERING = guide('invocation-eventfiltering');

const NONE: readonly Delivery[] = [];

/** Records with mappings that have filters, and never other ones. */
const filtered = once((view: View): readonly Delivery[] => {
  if (!allMappings(view).some(isFiltering)) return NONE;
  return expected(view).filter(({ mapping }) => isFiltering(mapping));
});

/** Delivered if and only if some filter lets it through. */
function asFiltered(delivery: Delivery, view: View, tolerances: Tolerances): Finding {
  return isLeftOut(delivery) ?? isDelivered(delivery, view, tolerances);
}

const steadyFilters = ({ mapping }: Delivery): readonly string[] => mapping.steady?.filters ?? [];

export const filt01 = defineRule({
  id: 'POLL-FILT-01',
  level: 'MUST',
  invariant: 'No attempt contains a record that matches none of the filters.',
  sources: [FILTERING],
  needs: [ANY_SOURCE],
  subjects: filtered,
  check: isLeftOut,
});

export const filt02 = defineRule({
  id: 'POLL-FILT-02',
  level: 'MUST',
  invariant: 'Filters are alternatives: a record that matches at least one of them is delivered.',
  sources: [FILTERING],
  needs: [ANY_SOURCE],
  subjects: (view) =>
    filtered(view).filter((delivery) => {
      const filters = steadyFilters(delivery);
      if (filters.length < 2) return false;
      const count = matching(delivery.record, filters);
      return count > 0 && count < filters.length;
    }),
  check: isDelivered,
});

/** Plain texts and numbers, and `exists`: what is easily matched otherwise. */
const STRICT = /\[\s*(?:-?\d|")|"exists"/;

export const filt03 = defineRule({
  id: 'POLL-FILT-03',
  level: 'MUST',
  invariant: 'Strings match exactly, plain numbers as they are written, and exists speaks of leaves only.',
  sources: [FILTERING],
  needs: [ANY_SOURCE],
  subjects: (view) =>
    filtered(view).filter((delivery) => steadyFilters(delivery).some((pattern) => STRICT.test(pattern))),
  check: asFiltered,
});

const OPERATOR = /"(?:prefix|suffix|numeric|exists|anything-but|equals-ignore-case|\$or)"/;

export const filt04 = defineRule({
  id: 'POLL-FILT-04',
  level: 'MUST',
  invariant:
    'Patterns may use null, empty, equals, equals-ignore-case, and, or, $or, anything-but, numeric, exists, prefix and suffix.',
  sources: [FILTERING],
  needs: [ANY_SOURCE],
  subjects: (view) =>
    filtered(view).filter((delivery) => steadyFilters(delivery).some((pattern) => OPERATOR.test(pattern))),
  check: asFiltered,
});

/** Whether the mapping has one pattern, of the simplest kind: one member of the data is one text. */
function isPlain({ steady, source }: MappingView): boolean {
  const [pattern, other] = steady?.filters ?? [];
  if (pattern === undefined || other !== undefined || !isOnData(pattern, source)) return false;
  const [data] = Object.values(asObject(parsedJson(pattern)) ?? {});
  const [conditions, ...more] = Object.values(asObject(data) ?? {});
  if (more.length > 0 || !Array.isArray(conditions) || conditions.length !== 1) return false;
  return typeof conditions[0] === 'string' && conditions[0] !== '';
}

interface Keyed {
  /** All that the pattern matches under the key of the data. */
  readonly deliveries: readonly Delivery[];
}

const NO_KEYED: readonly Keyed[] = [];

const keyed = (view: View): readonly Keyed[] => {
  const plain = allMappings(view).filter(isPlain);
  if (plain.length === 0) return NO_KEYED;
  const found = new Map<MappingView, Delivery[]>(plain.map((mapping) => [mapping, []]));
  for (const delivery of filtered(view))
    if (isLetThrough(delivery.record, delivery.mapping) === true) found.get(delivery.mapping)?.push(delivery);
  return [...found.values()].flatMap((deliveries) => (deliveries.length === 0 ? [] : [{ deliveries }]));
};

export const filt05 = defineRule({
  id: 'POLL-FILT-05',
  level: 'MUST',
  invariant: 'Data is filtered under body (SQS), data (Kinesis, MQ), dynamodb, or value (Kafka).',
  sources: [FILTERING],
  needs: [['sqs', 'kinesis', 'kafka', 'mq']],
  isContradictory: true,
  note: 'The guide of 2022 allowed key for Kafka as well. Judged on mappings with one pattern that asks for one text: of what matches it something is delivered. Of tables see STR-FILT-01.',
  subjects: keyed,
  check: ({ deliveries }, view, tolerances) => {
    if (deliveries.some((delivery) => firstBatch(delivery) !== undefined)) return;
    let unknown: Finding;
    for (const delivery of deliveries) {
      const finding = isDelivered(delivery, view, tolerances);
      if (finding === undefined || !isUnknown(finding)) return finding;
      unknown ??= finding;
    }
    return unknown;
  },
});

/** Patterns of a request that AWS would not take; and whether the criteria are empty. */
function criteriaOf({
  step,
}: ControlRequest): { readonly isBad: boolean; readonly isEmpty: boolean } | undefined {
  if (step.input['FilterCriteria'] === undefined || !step.operation.endsWith('EventSourceMapping'))
    return undefined;
  const criteria = asObject(step.input['FilterCriteria']);
  if (criteria === undefined) return undefined;
  const filters = criteria['Filters'];
  if (!Array.isArray(filters) || filters.length === 0) return { isBad: false, isEmpty: true };
  const isBad = filters.some((filter) => {
    const pattern = textIn(filter, 'Pattern');
    return pattern !== undefined && pattern.length <= 4_096 && filterOf(pattern) === undefined;
  });
  return { isBad, isEmpty: false };
}

export const filt06 = defineRule({
  id: 'POLL-FILT-06',
  level: 'MUST',
  invariant:
    'A pattern that cannot be parsed, or is not supported, is refused; empty FilterCriteria remove filtering.',
  sources: [FILTERING],
  needs: [ANY_SOURCE, 'controlPlane'],
  isOfRequests: true,
  subjects: asking(CREATE_OR_UPDATE, (request) => {
    const criteria = criteriaOf(request);
    return criteria !== undefined && (criteria.isBad || criteria.isEmpty);
  }),
  check: (request, view) => {
    if (criteriaOf(request)?.isBad === true)
      return mustBeRefused(request, view, 'a filter pattern that is none');
    if (request.rejected !== undefined)
      return isForMapping(request, view)
        ? mustNotBeRefused(request)
        : { unknown: 'it may be refused for another reason' };
    const { answered } = request;
    const filters = asObject(asObject(answered?.output)?.['FilterCriteria'])?.['Filters'];
    if (answered === undefined || !Array.isArray(filters) || filters.length === 0) return;
    return {
      expected: 'no filters after empty FilterCriteria',
      observed: `${filters.length}`,
      entries: [answered],
    };
  },
});

interface Sending {
  readonly mapping: MappingView;
  readonly deliveries: readonly Delivery[];
  readonly others: number;
}

const NO_SENDINGS: readonly Sending[] = [];

/** What was sent at once to a stream with one shard, a window and filters: some are let through, some are not. */
const sendings = (view: View): readonly Sending[] => {
  const all = filtered(view);
  if (all.length === 0) return NO_SENDINGS;
  const found = new Map<string, { mapping: MappingView; deliveries: Delivery[]; others: number }>();
  for (const delivery of all) {
    const { record, mapping } = delivery;
    const { steady, source } = mapping;
    if (
      source.kind !== 'kinesis' ||
      steady === undefined ||
      steady.windowSeconds === 0 ||
      steady.parallelizationFactor !== 1
    )
      continue;
    if (steady.batchSize < 2 || mapping.batches.some((batch) => responseOf(batch).kind !== 'success'))
      continue;
    const key = `${mapping.name} ${record.sent?.shard} ${record.sent?.step}`;
    let sending = found.get(key);
    if (sending === undefined) {
      sending = { mapping, deliveries: [], others: 0 };
      found.set(key, sending);
    }
    const isIn = isLetThrough(record, mapping);
    // Where that is not known, it may have taken a place in a batch. A large one may have closed a batch (POLL-BATCH-02).
    if (isIn === undefined || isFiller(record.spec.body)) sending.others = Number.NEGATIVE_INFINITY;
    else if (isIn && firstBatch(delivery) !== undefined) sending.deliveries.push(delivery);
    else sending.others++;
  }
  return [...found.values()].filter(({ deliveries, others }) => deliveries.length > 1 && others > 1);
};

export const filt07 = defineRule({
  id: 'POLL-FILT-07',
  level: 'SHOULD',
  invariant: 'Filters come before batches: what they leave out takes no place in one.',
  sources: [guide('invocation-eventfiltering', 'archived')],
  needs: ['kinesis'],
  note: 'Stated in the guide of 2022. Judged on what was sent at once to a shard with a window: it takes one batch more at most.',
  subjects: sendings,
  check: ({ mapping, deliveries, others }) => {
    const size = mapping.steady?.batchSize ?? 1;
    const batches = new Set(deliveries.map((delivery) => firstBatch(delivery)));
    const most = Math.ceil(deliveries.length / size) + 1;
    if (batches.size <= most) return;
    const [first] = batches;
    return {
      expected: `${deliveries.length} records that are let through, sent at once, in at most ${most} batches of ${size}`,
      observed: `${batches.size} batches; ${others} others were left out`,
      entries: first === undefined ? [] : [first.started],
    };
  },
});

const TWICE = /"kind":\[[^\]]*\],"kind"/;

export const filt08 = defineRule({
  id: 'POLL-FILT-08',
  level: 'MAY',
  invariant: 'Of equal keys in a pattern only the last value counts.',
  sources: [guide('invocation-eventfiltering', 'archived')],
  needs: [ANY_SOURCE],
  note: 'Stated in the guide of 2022 only.',
  subjects: (view) =>
    filtered(view).filter((delivery) => steadyFilters(delivery).some((pattern) => TWICE.test(pattern))),
  observe: (delivery) => {
    const isThrough = isLetThrough(delivery.record, delivery.mapping);
    const isSeen = firstBatch(delivery) !== undefined;
    return isThrough === isSeen ? 'the last value counts' : 'not as the last value alone would have it';
  },
});
