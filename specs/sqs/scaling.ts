/** AWS, services-sqs-scaling.html: how many attempts at once, and what slows them down. */

import { mayLackCapacity } from '../../engine/horizon.ts';
import { defineRule, type Finding } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Attempt, MappingView, RecordView, View } from '../../engine/view.ts';
import { overflow } from '../concurrency/occupancy.ts';
import { hasSucceeded, isLetThrough, NO_MAPPINGS, smallest, stillHolds } from '../mappings/records.ts';
import { CONFIGURE, ERRORS, MAPPINGS, SCALING, SCALING_CONFIG, VISIBILITY } from './pages.ts';
import { isChanged, isFifo, messages, retentionSeconds, sqsMappings } from './subjects.ts';

/** AWS: five batches at first, 300 more a minute, 1,250 at most; in provisioned mode ten a poller, 1,000 more a minute. */
const FIRST = 5;
const PER_MINUTE = 300;
const MOST = 1_250;
const PER_POLLER = 10;
const PROVISIONED_PER_MINUTE = 1_000;
const DEFAULT_MINIMUM_POLLERS = 2;
const DEFAULT_MAXIMUM_POLLERS = 200;

const attemptsOf = ({ batches }: MappingView): readonly Attempt[] => batches.map(({ attempt }) => attempt);

function withinLimit(
  mapping: MappingView,
  limitAt: (attempt: Attempt) => number,
  tolerances: Tolerances,
): Finding {
  const over = overflow(attemptsOf(mapping), limitAt, tolerances);
  if (over === undefined) return;
  return {
    expected: `at most ${over.limit} attempts of the mapping ${mapping.name} at once`,
    observed: `${over.inFlight + 1}`,
    entries: [over.attempt.started],
  };
}

/** Mappings in the mode that is not provisioned, all the time. */
const onDemand = (view: View): readonly MappingView[] => {
  const all = sqsMappings(view);
  if (all.length === 0) return NO_MAPPINGS;
  return all.filter(
    ({ settings, batches }) =>
      batches.length > 0 && settings.every(({ value }) => value === null || value.provisioned === null),
  );
};

/** Whole minutes since a mapping can have begun to poll, the one under way counted, with slack for one that began early. */
function minutesSince(mapping: MappingView, at: number, view: View): number {
  const { pollSeconds, schedulingSlackSeconds } = view.tolerances;
  return Math.floor((at - beganAt(mapping, view) + pollSeconds + schedulingSlackSeconds) / 60);
}

/** With its first batch; where that may have been throttled, with the first message. */
function beganAt(mapping: MappingView, view: View): number {
  const first = mapping.batches[0]?.attempt.startedAt ?? 0;
  if (!mayLackCapacity(mapping.function, view)) return first;
  return Math.min(first, ...mapping.source.records.slice(0, 1).map(({ sent }) => sent?.requestedAt ?? first));
}

export const scale01 = defineRule({
  id: 'SQS-SCALE-01',
  level: 'SHOULD',
  invariant: 'With a backlog, processing of a standard queue starts with up to five attempts at once.',
  sources: [SCALING],
  needs: ['sqs'],
  subjects: (view) => onDemand(view).filter(({ source }) => !isFifo(source, view)),
  check: (mapping, view, tolerances) =>
    withinLimit(
      mapping,
      ({ startedAt }) => (minutesSince(mapping, startedAt, view) > 0 ? Number.POSITIVE_INFINITY : FIRST),
      tolerances,
    ),
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
  check: (mapping, view, tolerances) =>
    withinLimit(
      mapping,
      ({ startedAt }) => Math.min(MOST, FIRST + PER_MINUTE * minutesSince(mapping, startedAt, view)),
      tolerances,
    ),
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
    return most <= 2 ? 'up to two at once' : most <= FIRST ? 'up to five at once' : 'more than five at once';
  },
});

/** The largest number of attempts that were certainly in flight together. */
function mostAtOnce(attempts: readonly Attempt[]): number {
  const ends = Float64Array.from(attempts, ({ endedEarliest }) => endedEarliest).sort();
  let ended = 0;
  let most = 0;
  attempts.forEach(({ startedAt }, index) => {
    while (ended < ends.length && (ends[ended] ?? 0) <= startedAt) ended++;
    most = Math.max(most, index + 1 - ended);
  });
  return most;
}

/** The largest maximum concurrency that may be in force; Infinity where there may be none. */
function maximumOf({ settings }: MappingView): number {
  let largest = 0;
  for (const { value } of settings)
    if (value !== null) largest = Math.max(largest, value.maximumConcurrency ?? Number.POSITIVE_INFINITY);
  return largest;
}

const withMaximum = (view: View): readonly MappingView[] => {
  const all = sqsMappings(view);
  if (all.length === 0) return NO_MAPPINGS;
  return all.filter(
    (mapping) => mapping.batches.length > 0 && maximumOf(mapping) !== Number.POSITIVE_INFINITY,
  );
};

export const maxc01 = defineRule({
  id: 'SQS-MAXC-01',
  level: 'MUST',
  invariant: 'There are never more attempts of a mapping at once than its MaximumConcurrency.',
  sources: [SCALING, SCALING_CONFIG],
  needs: ['sqs'],
  subjects: withMaximum,
  check: (mapping, _view, tolerances) => withinLimit(mapping, () => maximumOf(mapping), tolerances),
});

export const maxc02 = defineRule({
  id: 'SQS-MAXC-02',
  level: 'MUST',
  invariant:
    'The maximum is the mapping’s own, whatever the function’s reserve, and whatever other mappings have.',
  sources: [SCALING],
  needs: ['sqs'],
  subjects: (view) => {
    const all = withMaximum(view);
    return all.length === 0
      ? all
      : all.filter(
          ({ function: owner, name }) =>
            owner.spec.reservedConcurrency !== undefined ||
            [...view.mappings.values()].some((other) => other.function === owner && other.name !== name),
        );
  },
  check: (mapping, _view, tolerances) => withinLimit(mapping, () => maximumOf(mapping), tolerances),
});

/** Mappings in provisioned mode, under settings that never changed. */
const provisioned = (view: View): readonly MappingView[] => {
  const all = sqsMappings(view);
  if (all.length === 0) return NO_MAPPINGS;
  return all.filter(
    ({ steady, batches }) => batches.length > 0 && steady !== undefined && steady.provisioned !== null,
  );
};

export const prov01 = defineRule({
  id: 'SQS-PROV-01',
  level: 'MUST',
  invariant: 'In provisioned mode there are at most ten attempts at once for each of MaximumPollers.',
  sources: [SCALING, MAPPINGS],
  needs: ['sqs'],
  subjects: provisioned,
  check: (mapping, _view, tolerances) =>
    withinLimit(
      mapping,
      () => PER_POLLER * (mapping.steady?.provisioned?.maximum ?? DEFAULT_MAXIMUM_POLLERS),
      tolerances,
    ),
});

export const prov03 = defineRule({
  id: 'SQS-PROV-03',
  level: 'SHOULD',
  invariant: 'In provisioned mode attempts at once grow by at most 1,000 a minute.',
  sources: [SCALING],
  needs: ['sqs'],
  subjects: provisioned,
  check: (mapping, view, tolerances) => {
    const first = PER_POLLER * (mapping.steady?.provisioned?.minimum ?? DEFAULT_MINIMUM_POLLERS);
    return withinLimit(
      mapping,
      ({ startedAt }) => first + PROVISIONED_PER_MINUTE * minutesSince(mapping, startedAt, view),
      tolerances,
    );
  },
});

/** Messages of functions that may lack capacity: their batches may be throttled. */
const throttleable = (view: View): readonly RecordView[] => {
  const all = messages(view);
  if (all.length === 0) return all;
  return all.filter(({ source }) =>
    source.mappings.some(({ function: owner }) => mayLackCapacity(owner, view)),
  );
};

export const thr01 = defineRule({
  id: 'SQS-THR-01',
  level: 'SHOULD',
  invariant: 'A batch that is throttled is tried again while its messages are invisible, not received anew.',
  sources: [ERRORS],
  needs: ['sqs'],
  note: 'Seen in the receive count: it grows by no more than one for each visibility timeout that passed.',
  subjects: (view) => throttleable(view).filter(({ batches }) => batches.length > 0),
  check: (record, _view, tolerances) => {
    const { batches, source, sent } = record;
    if (sent === undefined) return;
    for (const batch of batches) {
      const count = batch.seen[batch.records.indexOf(record)]?.receiveCount;
      if (count === undefined) continue;
      const { startedAt } = batch.attempt;
      const passed = startedAt - sent.requestedAt + tolerances.clockSkewSeconds;
      const visibility = smallest(source.visibilityTimeoutSeconds, sent.requestedAt, startedAt);
      // A visibility timeout of 0 lets a message come back at once.
      if (visibility <= 0) return { unknown: 'its visibility timeout is 0' };
      const most =
        1 +
        Math.floor((passed + tolerances.schedulingSlackSeconds) / visibility) +
        tolerances.duplicateBudget;
      if (count <= most) continue;
      return {
        expected: `${record.id} received at most ${most} times in ${passed.toFixed(1)} s`,
        observed: `ApproximateReceiveCount ${count}`,
        entries: [batch.started],
      };
    }
    return;
  },
});

export const thr02 = defineRule({
  id: 'SQS-THR-02',
  level: 'SHOULD',
  invariant: 'A message whose visibility timeout ends while it is throttled is visible again, and not lost.',
  sources: [ERRORS, VISIBILITY],
  needs: ['sqs', 'remaining'],
  isContradictory: true,
  note: 'The page says that Lambda drops the message then: read as its own copy, for the queue still has it.',
  subjects: (view) =>
    throttleable(view).filter((record) => hasSucceeded(record) === false && record.redriven.length === 0),
  check: (record, view, tolerances) => {
    const { source, sent, spec } = record;
    const isHeld = stillHolds(source, record.id);
    if (isHeld === undefined) return { unknown: 'nobody looked what the queue still holds' };
    if (isHeld) return;
    if (spec.deduplicationId !== undefined || isChanged(source, view))
      return { unknown: 'the queue may have dropped it' };
    const keptUntil = (sent?.requestedAt ?? 0) + retentionSeconds(source, view);
    if ((source.remaining?.at ?? 0) >= keptUntil - tolerances.schedulingSlackSeconds) return;
    for (const mapping of source.mappings)
      if (isLetThrough(record, mapping) !== true) return { unknown: 'a filter may have left it out' };
    if (hasRedrive(record, view)) return { unknown: 'it may be in a dead-letter queue' };
    return {
      expected: `${record.id} in the queue: no attempt ended ok for it`,
      observed: 'it is gone',
      entries: source.remaining === undefined ? [] : [source.remaining],
    };
  },
});

const hasRedrive = ({ source }: RecordView, view: View): boolean =>
  view.history.scenario.queues?.some(
    ({ name, redrive }) => `queue:${name}` === source.ref && redrive !== undefined,
  ) === true;

/** So many failures in a row, and what came after them, say something. */
const IN_A_ROW = 3;

export const err01 = defineRule({
  id: 'SQS-ERR-01',
  level: 'SHOULD',
  invariant: 'Repeated function errors reduce a mapping’s attempts at once; it recovers after successes.',
  sources: [ERRORS],
  needs: ['sqs'],
  isSilent: true,
  note: 'No numbers are given.',
  subjects: (view) =>
    sqsMappings(view).filter(({ batches }) => {
      let row = 0;
      for (const { attempt } of batches) {
        row = attempt.succeeded ? 0 : row + 1;
        if (row > IN_A_ROW) return true;
      }
      return false;
    }),
  observe: (mapping) => {
    const failing = attemptsOf(mapping).filter(({ succeeded }) => !succeeded);
    const most = mostAtOnce(failing.slice(IN_A_ROW));
    return most <= 1
      ? 'one at a time after errors'
      : most <= 3
        ? 'few at once after errors'
        : 'many at once after errors';
  },
});
