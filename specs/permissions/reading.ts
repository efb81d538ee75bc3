/** AWS, invocation-eventsourcemapping.html: a mapping reads its source with the execution role of its function. */
import { ANY_SOURCE } from '../../engine/capabilities.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { MappingView, RecordView, View } from '../../engine/view.ts';
import { asking, CREATE } from '../limits/asking.ts';
import { sourceOf } from '../limits/mappingRequests.ts';
import { NO_MAPPINGS, stillHolds } from '../mappings/records.ts';
import {
  allMappings,
  type Delivery,
  expected,
  firstBatch,
  isDelivered,
  keptSeconds,
} from '../mappings/subjects.ts';
import { once } from '../memo.ts';
import { type Denial, denials } from './denials.ts';

const MAPPINGS = guide('invocation-eventsourcemapping');

/** Records that were sent while the mapping could certainly not read its source. */
interface Unreadable {
  readonly mapping: MappingView;
  readonly denial: Denial;
  readonly records: readonly RecordView[];
}

const NO_UNREADABLE: readonly Unreadable[] = [];

/** Whether the mapping invokes one function all the time, by whose role it reads. */
const isOf = ({ settings }: MappingView, functionName: string): boolean =>
  settings.every(({ value }) => value === null || value.function === functionName);

const unreadable = (view: View): readonly Unreadable[] => {
  if (view.permissions.length === 0 || view.mappings.size === 0) return NO_UNREADABLE;
  const found: Unreadable[] = [];
  for (const denial of denials(view)) {
    for (const mapping of allMappings(view)) {
      if (mapping.source.ref !== denial.resource || !isOf(mapping, denial.functionName)) continue;
      const records = mapping.source.records.filter(
        ({ sent }) => sent !== undefined && sent.requestedAt > denial.from && sent.at < denial.to,
      );
      if (records.length > 0) found.push({ mapping, denial, records });
    }
  }
  return found;
};

export const poll01 = defineRule({
  id: 'PERM-POLL-01',
  level: 'MUST',
  invariant:
    'While the function’s role lacks the right to read a source, no attempt starts from it and nothing is consumed.',
  sources: [MAPPINGS, guide('services-kinesis-create')],
  needs: [ANY_SOURCE, 'roles'],
  note: 'Judged on what was sent meanwhile: what had been read before may still be tried again.',
  subjects: unreadable,
  check: ({ mapping, denial, records }, view, tolerances) => {
    for (const record of records) {
      const early = record.batches.find(
        (batch) =>
          batch.mapping === mapping && batch.attempt.startedAt < denial.to - tolerances.clockSkewSeconds,
      );
      if (early === undefined) continue;
      return {
        expected: `no attempt with ${record.id}: the role of ${denial.functionName} may not read ${denial.resource}`,
        observed: `one at ${early.attempt.startedAt.toFixed(1)} s`,
        entries: [early.started, denial.entry],
      };
    }
    return consumed({ mapping, denial, records }, view);
  },
});

/** A message that nobody could read, and that is gone from its queue. */
function consumed({ mapping, denial, records }: Unreadable, view: View): Finding {
  const { source } = mapping;
  if (source.kind !== 'sqs' || denial.to !== Number.POSITIVE_INFINITY || source.mappings.length > 1) return;
  if (source.removedAt !== Number.POSITIVE_INFINITY) return;
  for (const record of records) {
    if (record.redriven.length > 0 || record.spec.deduplicationId !== undefined) continue;
    const isHeld = stillHolds(source, record.id);
    if (isHeld === undefined) return { unknown: 'nobody looked what the queue still holds' };
    if (isHeld) continue;
    const looked = source.remaining?.at ?? 0;
    if (looked >= (record.sent?.requestedAt ?? 0) + keptSeconds(record, view) - 1)
      return { unknown: 'it may have been too old' };
    return {
      expected: `${record.id} still in ${source.ref}, which the role of ${denial.functionName} may not read`,
      observed: 'it is gone',
      entries: [denial.entry, ...(source.remaining === undefined ? [] : [source.remaining])],
    };
  }
  return;
}

/** Mappings asked for while the role certainly lacked the right to read the source. */
const asked = asking(CREATE, (request, view) => {
  if (view.permissions.length === 0) return false;
  const { step, requested } = request;
  const ref = sourceOf(request, view);
  return denials(view).some(
    ({ resource, functionName, from, to }) =>
      resource === ref &&
      functionName === step.input['FunctionName'] &&
      requested.at > from &&
      requested.at < to,
  );
});

export const poll02 = defineRule({
  id: 'PERM-POLL-02',
  level: 'SHOULD',
  invariant: 'A mapping of a source that the function’s role may not read is refused.',
  sources: [MAPPINGS],
  needs: [ANY_SOURCE, 'roles', 'controlPlane'],
  isSilent: true,
  note: 'On no page that was read; often told of is InvalidParameterValueException, which names the missing right.',
  subjects: asked,
  observe: ({ rejected }) => (rejected === undefined ? 'taken' : `refused with ${rejected.error}`),
});

/** Mappings of functions without any resource-based policy. */
const withoutStatements = (view: View): readonly MappingView[] =>
  view.records.size === 0
    ? NO_MAPPINGS
    : allMappings(view).filter(
        ({ function: owner, source }) => owner.spec.policy === undefined && source.records.length > 0,
      );

const BEGINS_LATER: ReadonlySet<unknown> = new Set(['AT_TIMESTAMP', 'LATEST']);

export const poll03 = defineRule({
  id: 'PERM-POLL-03',
  level: 'MUST',
  invariant: 'A mapping needs no statement in the function’s resource-based policy.',
  sources: [MAPPINGS, guide('access-control-resource-based', 'excerpt')],
  needs: [ANY_SOURCE],
  subjects: withoutStatements,
  check: (mapping, view, tolerances) => {
    if (mapping.batches.length > 0) return;
    // A filter that is misread keeps records back as well, and says nothing of policies.
    if (mapping.settings.some(({ value }) => (value?.filters.length ?? 0) > 0))
      return { unknown: 'its filters may have kept the records back' };
    // So does where it begins, if not at the beginning: a time that is misread, or a LATEST that it found late (STR-POS-01).
    if (mapping.settings.some(({ value }) => BEGINS_LATER.has(value?.startingPosition)))
      return { unknown: 'where it begins may have kept the records back' };
    // So does whoever loses the records of a shard that was split or merged (POLL-ALO-01).
    if (mapping.source.resharded.length > 0) return { unknown: 'the records may have gone with their shard' };
    let unknown: Finding = { unknown: 'no record was due for certain' };
    for (const delivery of expected(view)) {
      if (delivery.mapping !== mapping) continue;
      const finding = isDelivered(delivery, view, tolerances);
      if (finding === undefined) continue;
      if (!('unknown' in finding)) return finding;
      unknown = finding;
    }
    return unknown;
  },
});

/** A record that was in the source when the right to read it came back. */
interface Waiting {
  readonly delivery: Delivery;
  /** From then on the role may certainly read. */
  readonly readableAt: number;
}

const NO_WAITING: readonly Waiting[] = [];

/** When the right to a source that was missing came back for good; undefined where it did not. */
function returnedAt(mapping: MappingView, view: View): number | undefined {
  let last: number | undefined;
  for (const { function: name, resource, isAllowed, at } of view.permissions) {
    if (resource !== mapping.source.ref) continue;
    // Of another function: what that one takes away in the meantime is its own affair, but of one queue they share.
    if (name !== mapping.function.name) {
      if (mapping.source.kind === 'sqs') return undefined;
      continue;
    }
    last = isAllowed ? at : undefined;
  }
  return last;
}

const waiting = once((view: View): readonly Waiting[] => {
  if (view.permissions.length === 0) return NO_WAITING;
  let found: Waiting[] | undefined;
  for (const delivery of expected(view)) {
    const { mapping, record } = delivery;
    if (!isOf(mapping, mapping.function.name)) continue;
    const at = returnedAt(mapping, view);
    if (at === undefined || record.sent === undefined || record.sent.at > at) continue;
    const before = firstBatch(delivery);
    if (before !== undefined && before.attempt.startedAt < at) continue;
    found ??= [];
    found.push({ delivery, readableAt: at + view.tolerances.permissionSettleSeconds });
  }
  return found ?? NO_WAITING;
});

export const poll04 = defineRule({
  id: 'PERM-POLL-04',
  level: 'SHOULD',
  invariant: 'Once the role has the missing right again, records that are still in the source are delivered.',
  sources: [MAPPINGS],
  needs: [ANY_SOURCE, 'roles'],
  subjects: waiting,
  check: ({ delivery, readableAt }, view, tolerances) => {
    if (firstBatch(delivery) !== undefined) return;
    return isDelivered(delivery, view, tolerances, readableAt);
  },
});
