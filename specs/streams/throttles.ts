/** AWS, kinesis-on-failure-destination.html: attempts that do not reach the function. */
import { STREAMS } from '../../engine/capabilities.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { MappingView, RecordView, View } from '../../engine/view.ts';
import { firstWith, isLetThrough } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { changeOf, mayBeThrottled, mayBeTooOld } from './calm.ts';
import { type Chain, chains, failedThroughout } from './chains.ts';
import { type Failure, failures } from './failures.ts';
import { wasDeliveredBefore } from './retries.ts';
import { isBefore } from './sequence.ts';
import { nextOfShard } from './shards.ts';
import { activeMappings, attemptsWith, isCertainlyInStream, keyOf, steadyFactor } from './subjects.ts';

const PAGE = guide('kinesis-on-failure-destination');
const TABLES = guide('services-dynamodb-errors');

const boundedOnly = ({ steady }: MappingView): boolean =>
  steady !== undefined && steady.maximumRetryAttempts >= 0 && steady.maximumRecordAgeSeconds === -1;

type Subject = Chain | Failure;

const NO_SUBJECTS: readonly Subject[] = [];

/** What failed, and what was given up, on mappings that may have been throttled and bound the retries alone. */
const givenUp = once((view: View): readonly Subject[] => {
  let found: Subject[] | undefined;
  for (const failure of failures(view)) {
    if (!boundedOnly(failure.mapping) || !mayBeThrottled(failure.mapping, view)) continue;
    found ??= [];
    found.push(failure);
  }
  for (const chain of chains(view)) {
    const { mapping } = chain;
    if (mapping.source.kind !== 'kinesis' || steadyFactor(mapping) !== 1) continue;
    if (!boundedOnly(mapping) || !mayBeThrottled(mapping, view) || !failedThroughout(chain)) continue;
    found ??= [];
    found.push(chain);
  }
  return found ?? NO_SUBJECTS;
});

export const ret03 = defineRule<Subject>({
  id: 'STR-RET-03',
  level: 'MUST',
  invariant: 'Throttles, and errors before the function is reached, do not count as retries.',
  sources: [guide('invocation-eventsourcemapping'), guide('services-dynamodb-eventsourcemapping'), PAGE],
  needs: [STREAMS, 'reserved'],
  note: 'Judged where capacity may have lacked: what is given up has had all its attempts.',
  subjects: givenUp,
  check: (subject, view) => {
    const change = changeOf(subject.mapping, view);
    if (change !== undefined) return { unknown: change };
    return 'delivery' in subject ? hadAllAttempts(subject) : isNotPassed(subject, view.tolerances);
  },
});

function hadAllAttempts({ first, mapping, delivery }: Failure): Finding {
  if (first === undefined) return { unknown: 'the discarded records cannot be told' };
  const least = 1 + (mapping.steady?.maximumRetryAttempts ?? 0);
  const seen = attemptsWith(first, mapping);
  if (seen >= least) return;
  return {
    expected: `${least} attempts with ${first.id} before it is discarded`,
    observed: `${seen}`,
    entries: [delivery.entry],
  };
}

/** Nothing later of the shard starts before the batch had all its attempts. */
function isNotPassed(chain: Chain, tolerances: Tolerances): Finding {
  const { mapping, attempts, last } = chain;
  const least = 1 + (mapping.steady?.maximumRetryAttempts ?? 0);
  if (attempts.length >= least || chain.next !== undefined || wasDeliveredBefore(chain)) return;
  const next = nextOfShard(last);
  const id = next?.seen[0]?.id;
  const lastId = last.seen.at(-1)?.id;
  if (next === undefined || id === undefined || lastId === undefined || !isBefore(lastId, id)) return;
  if (mayBeTooOld(last.records[0], mapping, next.attempt.startedAt, tolerances)) return;
  return {
    expected: `${least} attempts before the shard goes on`,
    observed: `${attempts.length}`,
    entries: [next.started, last.started],
  };
}

/** Mappings that read all from the beginning, and may have been throttled. */
const throttled = once((view: View): readonly MappingView[] => {
  const all = activeMappings(view);
  if (all.length === 0) return all;
  return all.filter(
    (mapping) =>
      mapping.spec !== undefined &&
      mapping.steady?.startingPosition === 'TRIM_HORIZON' &&
      mayBeThrottled(mapping, view),
  );
});

export const ret04 = defineRule({
  id: 'STR-RET-04',
  level: 'MUST',
  invariant: 'A batch that is throttled is tried until its records expire or exceed MaximumRecordAge.',
  sources: [PAGE, TABLES],
  needs: [STREAMS, 'reserved'],
  note: 'Judged by what is passed over: a record that no attempt had, while a later one of its key was in one.',
  subjects: throttled,
  check: (mapping, view, tolerances) => {
    const change = changeOf(mapping, view);
    if (change !== undefined) return { unknown: change };
    return passedOver(mapping, tolerances);
  },
});

function passedOver(mapping: MappingView, tolerances: Tolerances): Finding {
  const lineOf = mapping.source.kind === 'kinesis' && steadyFactor(mapping) === 1 ? shardOf : keyOf;
  const missing = new Map<string, RecordView>();
  for (const record of mapping.source.records) {
    if (!isCertainlyInStream(record) || firstWith(record, mapping) !== undefined) continue;
    if (isLetThrough(record, mapping) !== true) continue;
    const line = lineOf(record);
    const known = missing.get(line);
    if (known === undefined || comesBefore(record, known)) missing.set(line, record);
  }
  if (missing.size === 0) return;
  for (const record of mapping.source.records) {
    const earlier = missing.get(lineOf(record));
    if (earlier === undefined) continue;
    const batch = firstWith(record, mapping);
    if (batch === undefined || !comesBefore(earlier, record)) continue;
    if (mayBeTooOld(earlier, mapping, batch.attempt.startedAt, tolerances)) continue;
    return {
      expected: `${earlier.id} tried before ${record.id}, which came later`,
      observed: `no attempt with ${earlier.id}`,
      entries: [batch.started, ...(earlier.sent === undefined ? [] : [earlier.sent])],
    };
  }
  return;
}

const shardOf = ({ sent }: RecordView): string => sent?.shard ?? '';

/** Whether one record is certainly before the other: by sequence number or, of a table, by the time of writing. */
function comesBefore({ sent: one }: RecordView, { sent: other }: RecordView): boolean {
  if (one === undefined || other === undefined) return false;
  if (one.id !== undefined && other.id !== undefined) return isBefore(one.id, other.id);
  return one.at < other.requestedAt;
}
