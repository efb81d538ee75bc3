import { api, defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { AsyncEvent, Attempt, View } from '../../engine/view.ts';
import { earliestEnd, resultOf } from './attempts.ts';
import { nextAttemptDue } from './due.ts';
import { CONFIG_UNCLEAR, type Fate, succeeded } from './fate.ts';
import { failing, notItsOwn, repeated } from './subjects.ts';

const PAGE = guide('invocation-async-error-handling');

export const retry01 = defineRule({
  id: 'ASYNC-RETRY-01',
  level: 'MUST',
  invariant: 'An event whose attempts all fail has at most 1 + MaximumRetryAttempts attempts.',
  sources: [PAGE, api('PutFunctionEventInvokeConfig')],
  needs: ['async'],
  subjects: failing,
  check: (event, view, { duplicateBudget }) => {
    if (event.config === undefined) return { unknown: CONFIG_UNCLEAR };
    const most = 1 + event.config.maximumRetryAttempts + duplicateBudget;
    const beyond = event.attempts[most];
    if (beyond === undefined) return;
    const another = notItsOwn(event, view);
    if (another !== undefined) return { unknown: another };
    return {
      expected: `at most ${most} attempts of ${event.id}`,
      observed: `${event.attempts.length}`,
      entries: [beyond.started],
    };
  },
});

export const retry02 = defineRule({
  id: 'ASYNC-RETRY-02',
  level: 'MUST',
  invariant:
    'If age allows, an event that keeps failing has 1 + MaximumRetryAttempts attempts before it is discarded.',
  sources: [PAGE, guide('invocation-async-configuring')],
  needs: ['async'],
  subjects: failing,
  check: allAttemptsMade,
});

/** Judges whether an event that keeps failing has all the attempts that its configuration gives it. */
export function allAttemptsMade(event: AsyncEvent, view: View): Finding {
  const { attempts, config } = event;
  if (config === undefined) return { unknown: CONFIG_UNCLEAR };
  const due = 1 + config.maximumRetryAttempts;
  if (attempts.length >= due) return;
  // A result that is not certainly a failure may have been the end of it.
  for (const attempt of attempts) {
    if (resultOf(attempt, view.tolerances) !== 'failure')
      return { unknown: 'how an attempt ended cannot be told' };
  }
  const last = attempts.at(-1);
  const next = nextAttemptDue(event, last, view);
  if (next === 'late') return { unknown: 'the next attempt may have been too late for its age limit' };
  if ('unknown' in next) return next;
  return {
    expected: `${due} attempts of ${event.id}`,
    observed: `${attempts.length}, then nothing`,
    entries: [last?.ended ?? last?.started ?? event.answered],
  };
}

export const retry03 = defineRule({
  id: 'ASYNC-RETRY-03',
  level: 'MUST',
  invariant: 'No attempt of an event starts after one that ended ok.',
  sources: [PAGE],
  needs: ['async'],
  note: 'As many as the target is granted for at-least-once delivery (ASYNC-DUP-01) are not counted.',
  subjects: succeeded,
  check: (fate, view, { clockSkewSeconds, duplicateBudget }) => {
    const again = attemptAfter(fate, clockSkewSeconds, duplicateBudget);
    if (again === undefined) return;
    const another = notItsOwn(fate.event, view);
    if (another !== undefined) return { unknown: another };
    return {
      expected: `no attempt of ${fate.event.id} after the one that ended ok`,
      observed: `attempt ${again.ordinal}`,
      entries: [again.started],
    };
  },
});

/** The first attempt, beyond `granted`, that started after the event had succeeded for certain. */
function attemptAfter({ event, latest }: Fate, skewSeconds: number, granted: number): Attempt | undefined {
  const { attempts } = event;
  if (attempts.length === 1) return;
  let extra = 0;
  for (const attempt of attempts) {
    if (attempt.startedAt <= latest + skewSeconds) continue;
    extra++;
    if (extra > granted) return attempt;
  }
  return;
}

export const retry04 = defineRule({
  id: 'ASYNC-RETRY-04',
  level: 'MUST',
  invariant: 'Attempts of one event do not overlap: the next one starts after the one before has ended.',
  sources: [PAGE],
  needs: ['async'],
  note: 'As many as the target is granted for at-least-once delivery (ASYNC-DUP-01) may overlap.',
  subjects: repeated,
  check: (event, view, tolerances) => {
    let overlaps = 0;
    let runsUntil = Number.NEGATIVE_INFINITY;
    for (const attempt of event.attempts) {
      if (attempt.startedAt < runsUntil - tolerances.clockSkewSeconds) overlaps++;
      if (overlaps > tolerances.duplicateBudget) {
        const another = notItsOwn(event, view);
        if (another !== undefined) return { unknown: another };
        return {
          expected: `attempt ${attempt.ordinal} of ${event.id} after the end of the one before`,
          observed: `${seconds(runsUntil - attempt.startedAt)} before it`,
          entries: [attempt.started],
        };
      }
      runsUntil = Math.max(runsUntil, earliestEnd(attempt, tolerances));
    }
    return;
  },
});

const seconds = (value: number): string => `${Math.round(value * 100) / 100} s`;

/** An attempt that timed out, or whose runtime exited, with a retry to follow. */
interface Crash {
  readonly event: AsyncEvent;
  readonly attempt: Attempt;
}

const NO_CRASH: readonly Crash[] = [];

function crashes(view: View): readonly Crash[] {
  let found: Crash[] | undefined;
  for (const event of view.events) {
    const retries = event.config?.maximumRetryAttempts ?? 0;
    for (const attempt of event.attempts) {
      const { planned } = attempt.started;
      if ((planned !== 'timeout' && planned !== 'exit') || attempt.ordinal > retries) continue;
      if (resultOf(attempt, view.tolerances) !== 'failure') continue;
      found ??= [];
      found.push({ event, attempt });
    }
  }
  return found ?? NO_CRASH;
}

export const retry05 = defineRule({
  id: 'ASYNC-RETRY-05',
  level: 'MUST',
  invariant: 'An attempt that times out, or whose runtime exits, is retried like one that throws.',
  sources: [PAGE, guide('invocation-retries')],
  needs: ['async'],
  subjects: crashes,
  check: ({ event, attempt }, view, tolerances) => {
    if (event.attempts.length > attempt.ordinal) return;
    // A duplicate beside it (ASYNC-DUP-01) may have succeeded.
    for (const other of event.attempts) {
      if (resultOf(other, tolerances) !== 'failure') return { unknown: 'another attempt may have ended ok' };
    }
    const next = nextAttemptDue(event, attempt, view);
    if (next === 'late') return { unknown: 'the retry may have been too late for the age limit' };
    if ('unknown' in next) return next;
    return {
      expected: `a retry of ${event.id} after its attempt ${attempt.ordinal} ended by ${attempt.started.planned}`,
      observed: 'none',
      entries: [attempt.ended ?? attempt.started],
    };
  },
});
