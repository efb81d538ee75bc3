/** AWS, services-kinesis-create.html, services-ddb-params: where reading starts. */
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { ControlRequest, MappingView, RecordView, View } from '../../engine/view.ts';
import { isJudgeable, mustBeRefused } from '../limits/answers.ts';
import { kindOf } from '../limits/mappingRequests.ts';
import { disturbance, isLetThrough, lastEndOf, pickupSeconds } from '../mappings/records.ts';
import { batchesWith, streamMappings } from './subjects.ts';

const CREATE = guide('services-kinesis-create');

interface Placed {
  readonly mapping: MappingView;
  readonly record: RecordView;
  readonly position: string;
}

const NONE: readonly Placed[] = [];

/** Records with mappings that have one starting position. */
const placed = (view: View): readonly Placed[] => {
  let found: Placed[] | undefined;
  for (const mapping of streamMappings(view)) {
    const position = mapping.settings.find(({ value }) => value !== null)?.value?.startingPosition;
    if (typeof position !== 'string') continue;
    for (const record of mapping.source.records) {
      if (record.sent === undefined) continue;
      found ??= [];
      found.push({ mapping, record, position });
    }
  }
  return found ?? NONE;
};

/** When the mapping can have been made at the earliest. */
const madeAt = ({ settings }: MappingView): number => settings.find(({ value }) => value !== null)?.from ?? 0;

export const pos01 = defineRule({
  id: 'STR-POS-01',
  level: 'MUST',
  invariant:
    'TRIM_HORIZON delivers every record that is there, AT_TIMESTAMP those from that time on, LATEST none from before.',
  sources: [CREATE],
  subjects: placed,
  check: ({ mapping, record, position }, view, tolerances) => {
    const [first] = batchesWith(record, mapping);
    const sentAt = record.sent?.at ?? 0;
    const slack = tolerances.clockSkewSeconds + tolerances.schedulingSlackSeconds;
    const from = mapping.settings.find(({ value }) => value !== null)?.value?.startingAtSeconds ?? 0;
    const isTooEarly =
      position === 'LATEST'
        ? sentAt < madeAt(mapping) - slack
        : position === 'AT_TIMESTAMP' && sentAt < from - slack;
    if (isTooEarly) {
      if (first === undefined) return;
      return {
        expected: `${record.id}, from before ${position}, not delivered`,
        observed: `in attempt ${first.attempt.id}`,
        entries: [first.started],
      };
    }
    if (position === 'LATEST' || first !== undefined) return;
    if (position === 'AT_TIMESTAMP' && (record.sent?.requestedAt ?? 0) < from + slack) return;
    return isMissed({ mapping, record, position }, view, tolerances);
  },
});

/** One that should have been delivered, and was not. */
function isMissed(
  { mapping, record, position }: Placed,
  view: View,
  tolerances: import('../../engine/tolerances.ts').Tolerances,
) {
  const why = disturbance(mapping, view);
  if (why !== undefined) return { unknown: why };
  if (mapping.source.kind === 'dynamodb') return { unknown: 'what became of the item is not known here' };
  const isThrough = isLetThrough(record, mapping);
  if (isThrough !== true) return isThrough === false ? undefined : { unknown: 'a filter may leave it out' };
  if ((mapping.steady?.maximumRecordAgeSeconds ?? -1) > 0) return { unknown: 'it may have been too old' };
  const binds = mapping.settings.at(-1)?.bindsAt ?? 0;
  const due =
    Math.max(record.sent?.at ?? 0, lastEndOf(mapping), Number.isFinite(binds) ? binds : 0) +
    tolerances.pollingRetrySeconds +
    pickupSeconds(mapping, tolerances);
  if (due > (record.sent?.requestedAt ?? 0) + 86_400) return { unknown: 'it may have been too old' };
  if (view.watchedUntil < due) return { unknown: 'the observer left before it was due' };
  return {
    expected: `${record.id} delivered: the mapping starts at ${position}`,
    observed: 'in no attempt',
    entries: record.sent === undefined ? [] : [record.sent],
  };
}

export const pos02 = defineRule({
  id: 'STR-POS-02',
  level: 'MAY',
  invariant: 'LATEST may miss records that are written while the mapping is made or changed.',
  sources: [CREATE],
  subjects: (view) =>
    placed(view).filter(({ mapping, record, position }) => {
      const made = mapping.settings.find(({ value }) => value !== null);
      return (
        position === 'LATEST' &&
        mapping.spec === undefined &&
        made !== undefined &&
        (record.sent?.at ?? 0) >= made.from &&
        (record.sent?.at ?? 0) <= made.bindsAt
      );
    }),
  observe: ({ mapping, record }) =>
    batchesWith(record, mapping).length === 0 ? 'missed while the mapping was made' : 'delivered',
});

/** What is wrong with the position that a creation asks for; undefined where nothing is. */
function faultOf(request: ControlRequest, view: View): string | undefined {
  const kind = kindOf(request, view);
  const { input } = request.step;
  if (request.step.operation !== 'CreateEventSourceMapping' || (kind !== 'kinesis' && kind !== 'dynamodb'))
    return undefined;
  const position = input['StartingPosition'];
  if (position === undefined) return 'a stream without a StartingPosition';
  if (position !== 'AT_TIMESTAMP') return undefined;
  if (kind === 'dynamodb') return 'AT_TIMESTAMP for DynamoDB';
  const timestamp = input['StartingPositionTimestamp'];
  return typeof timestamp === 'number' && timestamp > request.requested.at + 60
    ? 'a timestamp in the future'
    : undefined;
}

export const pos03 = defineRule({
  id: 'STR-POS-03',
  level: 'MUST',
  invariant:
    'A stream needs a StartingPosition; AT_TIMESTAMP is not for DynamoDB, and its timestamp not in the future.',
  sources: [api('CreateEventSourceMapping'), CREATE],
  needs: ['controlPlane'],
  subjects: (view) =>
    view.requests.length === 0
      ? view.requests
      : view.requests.filter((request) => isJudgeable(request) && faultOf(request, view) !== undefined),
  check: (request, view) => mustBeRefused(request, view, faultOf(request, view) ?? ''),
});
