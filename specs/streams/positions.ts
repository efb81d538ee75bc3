/** AWS, services-kinesis-create.html and services-dynamodb-eventsourcemapping.html: where a mapping begins to read. */
import { STREAMS } from '../../engine/capabilities.ts';
import { api, defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { ControlRequest, MappingView, RecordView, View } from '../../engine/view.ts';
import { mustBeRefused } from '../limits/answers.ts';
import { asking, CREATE } from '../limits/asking.ts';
import { isOfStream, kindOf } from '../limits/mappingRequests.ts';
import { firstWith, isLetThrough, lastEndOf } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { mayBeTooOld, retryDueBy, whyMissing } from './calm.ts';
import { isCertainlyInStream, streamMappings } from './subjects.ts';

const KINESIS = guide('services-kinesis-create');
const TABLES = guide('services-dynamodb-eventsourcemapping');

/** A record with a mapping of its stream, and where that began to read. */
interface Placed {
  readonly mapping: MappingView;
  readonly record: RecordView;
  readonly position: string;
}

const NONE: readonly Placed[] = [];

/** Records that streams took, with the mappings that have one starting position all the time. */
const placed = once((view: View): readonly Placed[] => {
  let found: Placed[] | undefined;
  for (const mapping of streamMappings(view)) {
    const position = mapping.steady?.startingPosition;
    if (typeof position !== 'string') continue;
    for (const record of mapping.source.records) {
      if (record.sent === undefined) continue;
      found ??= [];
      found.push({ mapping, record, position });
    }
  }
  return found ?? NONE;
});

/** The earliest and the latest time at which the mapping can have been made; it was there from the beginning else. */
function madeIn({ settings }: MappingView): { readonly from: number; readonly to: number } {
  const made = settings.find(({ value }) => value !== null);
  return { from: made?.from ?? Number.NEGATIVE_INFINITY, to: made?.bindsAt ?? Number.POSITIVE_INFINITY };
}

export const pos01 = defineRule({
  id: 'STR-POS-01',
  level: 'MUST',
  invariant:
    'TRIM_HORIZON delivers all that is there, AT_TIMESTAMP all from that time on, LATEST nothing from before.',
  sources: [TABLES, KINESIS, api('CreateEventSourceMapping')],
  needs: [STREAMS],
  subjects: placed,
  check: (one, view) => {
    const { mapping, record, position } = one;
    const first = firstWith(record, mapping);
    const { clockSkewSeconds, schedulingSlackSeconds } = view.tolerances;
    if (position === 'LATEST') {
      const isOlder =
        (record.sent?.at ?? 0) < madeIn(mapping).from - clockSkewSeconds - schedulingSlackSeconds;
      if (!isOlder || first === undefined) return;
      return {
        expected: `no attempt with ${record.id}, which was there before the mapping was asked for`,
        observed: 'one',
        entries: [first.started, ...(record.sent === undefined ? [] : [record.sent])],
      };
    }
    if (first !== undefined) {
      const startsAt = mapping.steady?.startingAtSeconds ?? Number.NEGATIVE_INFINITY;
      if (position !== 'AT_TIMESTAMP' || (record.sent?.at ?? 0) >= startsAt - 1 - clockSkewSeconds) return;
      return {
        expected: `no attempt with ${record.id}, from before ${startsAt} s`,
        observed: 'one',
        entries: [first.started],
      };
    }
    if (position === 'AT_TIMESTAMP') {
      const from = (mapping.steady?.startingAtSeconds ?? Number.POSITIVE_INFINITY) + clockSkewSeconds;
      // Timestamps may be cut to whole seconds.
      if ((record.sent?.requestedAt ?? 0) < from + 1) return;
    }
    return isMissed(one, view);
  },
});

/** A record that should have come, and did not. */
function isMissed({ mapping, record, position }: Placed, view: View): Finding {
  if (!isCertainlyInStream(record)) return { unknown: 'what was deleted may not have been there' };
  const isThrough = isLetThrough(record, mapping);
  if (isThrough === false) return;
  if (isThrough === undefined) return { unknown: 'a filter may leave it out' };
  // What waits behind others may grow too old, whenever it was due.
  if ((mapping.steady?.maximumRecordAgeSeconds ?? -1) > 0) return { unknown: 'it may have been too old' };
  const { to } = madeIn(mapping);
  const from = Math.max(record.sent?.at ?? 0, lastEndOf(mapping), mapping.spec === undefined ? to : 0);
  const due = retryDueBy(mapping, from, view.tolerances);
  if (mayBeTooOld(record, mapping, due, view.tolerances)) return { unknown: 'it may have left the stream' };
  const why = whyMissing(record, mapping, due, view);
  if (why !== undefined) return why;
  return {
    expected: `${record.id} in an attempt: the mapping began at ${position}`,
    observed: 'in none',
    entries: record.sent === undefined ? [] : [record.sent],
  };
}

export const pos02 = defineRule({
  id: 'STR-POS-02',
  level: 'MAY',
  invariant: 'LATEST may miss records that are written while the mapping is made or changed.',
  sources: [KINESIS, guide('with-ddb'), guide('kafka-starting-positions')],
  needs: [STREAMS, 'controlPlane'],
  subjects: (view) => {
    const all = placed(view);
    if (all.length === 0) return all;
    return all.filter(({ mapping, record, position }) => {
      if (position !== 'LATEST' || mapping.spec !== undefined) return false;
      const { from, to } = madeIn(mapping);
      const at = record.sent?.at ?? 0;
      return at >= from && at <= to;
    });
  },
  observe: ({ mapping, record }) =>
    firstWith(record, mapping) === undefined ? 'missed while the mapping was made' : 'delivered',
});

/** What is wrong with the position that a creation asks for; undefined where nothing is. */
function faultOf({ step, requested }: ControlRequest, kind: string | undefined): string | undefined {
  const position = step.input['StartingPosition'];
  if (position === undefined) return 'a stream without a StartingPosition';
  if (position !== 'AT_TIMESTAMP') return undefined;
  if (kind === 'dynamodb') return 'AT_TIMESTAMP for DynamoDB';
  const timestamp = step.input['StartingPositionTimestamp'];
  if (typeof timestamp !== 'number' || timestamp <= requested.at + FUTURE_SECONDS) return undefined;
  return 'a timestamp in the future';
}

/** What is later than this is in the future by all clocks. */
const FUTURE_SECONDS = 60;

export const pos03 = defineRule({
  id: 'STR-POS-03',
  level: 'MUST',
  invariant:
    'A stream needs a StartingPosition; AT_TIMESTAMP is not for DynamoDB, nor its timestamp in the future.',
  sources: [api('CreateEventSourceMapping')],
  needs: [STREAMS, 'controlPlane'],
  isOfRequests: true,
  subjects: asking(
    CREATE,
    (request, view) => isOfStream(request, view) && faultOf(request, kindOf(request, view)) !== undefined,
  ),
  check: (request, view) =>
    mustBeRefused(request, view, faultOf(request, kindOf(request, view)) ?? 'its position'),
});
