/** AWS, invocation-async-error-handling.html, monitoring-metrics-types.html: no event is lost in silence. */
import { api, defineRule, type Finding, guide, isUnknown } from '../../engine/rule.ts';
import type { AsyncEvent, FunctionView, View } from '../../engine/view.ts';
import { those } from '../sync/subjects.ts';
import { missing } from './arrival.ts';
import { nextAttemptDue } from './due.ts';
import { earliestExpiry, type Fate, fates } from './fate.ts';
import { mayBeLongQueue, notAllSeen, throttled } from './subjects.ts';

const PAGE = guide('invocation-async-error-handling');

export const term01 = defineRule({
  id: 'ASYNC-TERM-01',
  level: 'SHOULD',
  invariant:
    'Every accepted event succeeds or is discarded in the end; with a destination or queue for failures it shows there.',
  sources: [PAGE, guide('invocation-async-retain-records'), guide('monitoring-metrics-types')],
  needs: ['async'],
  note:
    'That each destination gets its record is ASYNC-DEST-02, of dead letters ASYNC-DLQ-01: here an event is lost that ' +
    'had no attempt although there was capacity, or of which nothing arrived although it was over.',
  subjects: fates,
  check: (fate, view) => {
    if (fate.end === 'succeeded') return;
    const { event } = fate;
    if (event.records.length > 0 || event.deadLetters.length > 0) return;
    const told = fate.end === 'open' ? { unknown: fate.why } : untold(fate, view);
    if (event.attempts.length > 0 || fate.cause === 'zeroReserve') return told;
    if (told !== undefined && !isUnknown(told)) return told;
    return neverRan(event, view) ?? told;
  },
});

/** Judges an event that had no attempt: whether one was due. */
function neverRan(event: AsyncEvent, view: View): Finding {
  if (mayBeLongQueue(view)) return { unknown: 'from a long queue events may be deleted' };
  const due = nextAttemptDue(event, undefined, view);
  // Throttled until it was too old.
  if (due === 'late') return;
  if ('unknown' in due) return due;
  return {
    expected: `an attempt of ${event.id}`,
    observed: 'neither an attempt nor a record',
    entries: [event.answered],
  };
}

/** A discarded event about which nothing arrived, though something should have. */
function untold(fate: Fate, view: View): Finding {
  const { event } = fate;
  const onFailure = event.config?.onFailure;
  const deadLetter = event.deadLetterTarget ?? undefined;
  if (onFailure === undefined && deadLetter === undefined) return;
  const unseen = notAllSeen(event, view);
  if (unseen !== undefined) return { unknown: unseen };
  const aftermath = {
    event,
    fate,
    onSuccess: event.config?.onSuccess,
    onFailure,
    deadLetter,
    records: event.records,
  };
  const record = onFailure === undefined ? undefined : missing(aftermath, onFailure, 'failure record', view);
  if (record !== undefined && !isUnknown(record)) return record;
  const letter = deadLetter === undefined ? undefined : missing(aftermath, deadLetter, 'dead letter', view);
  return letter ?? record;
}

export const loss01 = defineRule({
  id: 'ASYNC-LOSS-01',
  level: 'MAY',
  invariant:
    'Where a function cannot keep up, events may be deleted from the queue without being sent to it.',
  sources: [PAGE, api('Invoke')],
  needs: ['reserved', 'async'],
  subjects: throttled,
  observe: (event, _view, tolerances) => {
    if (event.attempts.length > 0) return 'ran in the end';
    const told = event.records[0] ?? event.deadLetters[0];
    if (told === undefined) return 'no attempt, and nothing arrived about it';
    if (event.config === undefined) return 'no attempt, but a record or dead letter';
    const expiry = earliestExpiry(event, event.config.maximumEventAgeSeconds, tolerances);
    return told.at < expiry ? 'discarded before its age limit' : 'discarded at its age limit';
  },
});

/** A function whose metrics are shown, with the events sent to it. */
interface Measured {
  readonly owner: FunctionView;
  readonly metrics: ReadonlyMap<string, number>;
}

const NO_METRICS: readonly Measured[] = [];

function measured(view: View): readonly Measured[] {
  if (view.metrics.size === 0 || view.events.length === 0) return NO_METRICS;
  let found: Measured[] | undefined;
  for (const owner of view.functions.values()) {
    const metrics = view.metrics.get(owner.name);
    if (metrics === undefined || !view.events.some((event) => event.function === owner)) continue;
    found ??= [];
    found.push({ owner, metrics });
  }
  return found ?? NO_METRICS;
}

export const metric01 = defineRule({
  id: 'ASYNC-METRIC-01',
  level: 'MAY',
  invariant:
    'AsyncEventsReceived counts the events accepted; AsyncEventsDropped those discarded, also where a record was sent.',
  sources: [guide('monitoring-metrics-types')],
  needs: ['metrics', 'async'],
  subjects: measured,
  observe: ({ owner, metrics }, view) => {
    const mine = those(fates(view), ({ event }) => event.function === owner);
    const caused = those(view.chainedEvents, (event) => event.function === owner).length;
    const received = metrics.get('AsyncEventsReceived');
    const dropped = metrics.get('AsyncEventsDropped');
    if (received === undefined && dropped === undefined) return 'neither is counted';
    // A function that is a destination receives events that no caller sent.
    const isReceiver = owner.attempts.some(({ started }) => started.about !== undefined);
    const accepted = mine.length + caused;
    if (received !== undefined && received !== accepted && !isReceiver) {
      return received < accepted ? 'received: fewer than accepted' : 'received: more than accepted';
    }
    if (mine.some(({ end }) => end === 'open') || caused > 0 || isReceiver) return 'received as accepted';
    const discarded = those(mine, ({ end }) => end === 'discarded').length;
    if (dropped === undefined || dropped === discarded) return 'received as accepted, dropped as discarded';
    return dropped < discarded ? 'dropped: fewer than discarded' : 'dropped: more than discarded';
  },
});
