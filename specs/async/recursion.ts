/** AWS, invocation-recursion.html: how Lambda stops loops of calls. Those through a queue are in queueLoops.ts. */
import { api, type Breach, defineRule, type Finding, guide, type Unknown } from '../../engine/rule.ts';
import type { AsyncEvent, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { those } from '../sync/subjects.ts';
import { missing } from './arrival.ts';
import { type Link, links } from './chains.ts';
import { nextAttemptDue } from './due.ts';

const PAGE = guide('invocation-recursion');

// The page says "approximately 16 times". So few earlier invocations are no loop yet, so many are one for certain.
export const CERTAINLY_NO_LOOP = 11;
export const CERTAINLY_A_LOOP = 20;

const STOPPED = 'RecursiveInvocationException';

/** What came of a call by a handler: it ran, it was stopped for certain, or that cannot be told. */
function runOf(link: Link, view: View): 'ran' | 'stopped' | Unknown {
  const { call, event } = link;
  if (call.attempts.length > 0) return 'ran';
  if (call.rejected?.error === STOPPED) return 'stopped';
  if (event === undefined) return { unknown: 'the call met another error, or its answer was not seen' };
  const due = nextAttemptDue(event, undefined, view);
  if (due === 'late') return { unknown: 'it may have been throttled until it was too old' };
  return 'unknown' in due ? due : 'stopped';
}

/** Calls that tell whether loops are stopped: late ones in a chain, and those that did not run. */
const isTelling = ({ loop, earlier, call }: Link): boolean =>
  loop === 'Terminate' && (earlier > CERTAINLY_NO_LOOP || call.attempts.length === 0);

export const recur01 = defineRule({
  id: 'ASYNC-RECUR-01',
  level: 'SHOULD',
  invariant:
    'In a chain of invocations Lambda stops a function after about 16, unless RecursiveLoop is Allow.',
  sources: [PAGE, api('PutFunctionRecursionConfig')],
  note: 'About: the 12th invocation must still run, the 21st must not.',
  needs: ['recursion'],
  subjects: (view) => those(links(view), isTelling),
  check: (link, view): Finding => {
    const { call, earlier } = link;
    const run = runOf(link, view);
    if (run === 'ran' && earlier >= CERTAINLY_A_LOOP)
      return broken(link, `invocation ${earlier + 1}`, 'none after about 16');
    if (earlier > CERTAINLY_NO_LOOP || run === 'ran') return;
    if (run !== 'stopped') return run;
    return broken(link, 'stopped', `invocation ${earlier + 1} of ${call.function?.name ?? call.event}`);
  },
});

function broken({ call }: Link, observed: string, expected: string): Breach {
  const first = call.attempts[0]?.started ?? call.rejected ?? call.requested;
  return { expected: `${expected} in the chain of ${call.event}`, observed, entries: [first] };
}

/** An event that was stopped as part of a loop, or another event for the function, after that. */
interface Aftereffect {
  readonly kind: 'stopped' | 'other';
  readonly event: AsyncEvent;
}

const NO_AFTEREFFECT: readonly Aftereffect[] = [];

const aftereffects = once((view: View): readonly Aftereffect[] => {
  let found: Aftereffect[] | undefined;
  for (const { event, earlier, loop } of links(view)) {
    if (event === undefined || loop !== 'Terminate' || earlier <= CERTAINLY_NO_LOOP) continue;
    if (event.attempts.length > 0) continue;
    found ??= [];
    if (event.config?.onFailure !== undefined || typeof event.deadLetterTarget === 'string') {
      found.push({ kind: 'stopped', event });
    }
    for (const other of view.events) {
      if (other.function !== event.function || other.call.requested.at <= event.acceptedAt) continue;
      found.push({ kind: 'other', event: other });
    }
  }
  return found ?? NO_AFTEREFFECT;
});

export const recur02 = defineRule({
  id: 'ASYNC-RECUR-02',
  level: 'MUST',
  invariant:
    'An event stopped as part of a loop goes to the on-failure destination or dead-letter queue; other events still run.',
  sources: [PAGE],
  needs: ['recursion', 'async'],
  subjects: aftereffects,
  check: ({ kind, event }, view) => (kind === 'stopped' ? told(event, view) : stillRuns(event, view)),
});

function told(event: AsyncEvent, view: View): Finding {
  if (event.records.length > 0 || event.deadLetters.length > 0) return;
  const due = nextAttemptDue(event, undefined, view);
  // One that waits for capacity is over at its age limit only.
  if (due === 'late' || 'unknown' in due) return { unknown: 'it may have been throttled' };
  const onFailure = event.config?.onFailure;
  const deadLetter = event.deadLetterTarget ?? undefined;
  const resource = onFailure ?? deadLetter;
  if (resource === undefined) return;
  const fate = {
    event,
    end: 'discarded',
    cause: 'unclear',
    earliest: event.acceptedAt,
    latest: due.by,
    why: '',
  } as const;
  const what = onFailure === undefined ? 'dead letter' : 'failure record';
  return missing(
    { event, fate, onSuccess: undefined, onFailure, deadLetter, records: event.records },
    resource,
    what,
    view,
  );
}

function stillRuns(event: AsyncEvent, view: View): Finding {
  if (event.attempts.length > 0) return;
  const due = nextAttemptDue(event, undefined, view);
  if (due === 'late') return { unknown: 'it may have been throttled until it was too old' };
  if ('unknown' in due) return due;
  return {
    expected: `an attempt of ${event.id}, which is part of no loop`,
    observed: 'none',
    entries: [event.answered],
  };
}

export const recur03 = defineRule({
  id: 'ASYNC-RECUR-03',
  level: 'MUST',
  invariant: 'Where RecursiveLoop is Allow, no invocation is stopped as part of a loop.',
  sources: [api('PutFunctionRecursionConfig'), PAGE],
  needs: ['recursion', 'async'],
  subjects: (view) =>
    those(links(view), ({ loop, earlier }) => loop === 'Allow' && earlier > CERTAINLY_NO_LOOP),
  check: (link, view): Finding => {
    const run = runOf(link, view);
    if (run === 'ran') return;
    if (run !== 'stopped') return run;
    return broken(link, 'stopped', `invocation ${link.earlier + 1}`);
  },
});
