/** AWS, lambda-concurrency.html, "Configuring provisioned concurrency": it is part of the reserve. */
import type { Entry } from '../../engine/history.ts';
import { type Breach, defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Call, FunctionView, View } from '../../engine/view.ts';
import { once } from '../memo.ts';
import { accountLimit, demandOn, isReprovisioned, overflow } from './occupancy.ts';

/** A function with provisioned concurrency that no request of the scenario changes. */
interface Provisioned {
  readonly owner: FunctionView;
  readonly provisioned: number;
  /** null: none. */
  readonly reserve: number | null;
}

const NONE: readonly never[] = [];

const provisioned = once((view: View): readonly Provisioned[] => {
  let found: Provisioned[] | undefined;
  for (const owner of view.functions.values()) {
    const { spec, reserved } = owner;
    const reserve = reserved[0]?.value;
    if (spec.provisioned === undefined || reserved.length > 1 || reserve === undefined) continue;
    if (isReprovisioned(owner, view)) continue;
    let sum = 0;
    for (const { concurrency } of spec.provisioned) sum += concurrency;
    found ??= [];
    found.push({ owner, provisioned: sum, reserve });
  }
  return found ?? NONE;
});

const CONCURRENCY_REASONS: ReadonlySet<string | undefined> = new Set([
  undefined,
  'ConcurrentInvocationLimitExceeded',
  'ReservedFunctionConcurrentInvocationLimitExceeded',
]);

export const prov02 = defineRule({
  id: 'CONC-PROV-02',
  level: 'MUST',
  invariant:
    'Beyond its provisioned concurrency a function goes on with its reserve, up to that, or with the unreserved pool.',
  sources: [guide('lambda-concurrency')],
  needs: ['provisioned', 'versions', 'overlap'],
  // Functions of which more was asked than is provisioned, and that may have more.
  subjects: (view) => {
    const all = provisioned(view);
    if (all.length === 0) return NONE;
    return all.filter(
      ({ owner, provisioned: level, reserve }) =>
        (reserve === null || reserve > level) && demandOn(owner, view) > level,
    );
  },
  check: (subject, view, tolerances): Finding => {
    const { owner, reserve } = subject;
    if (reserve !== null) {
      const found = overflow(owner.attempts, () => reserve, tolerances);
      if (found !== undefined) {
        return {
          expected: `at most the ${reserve} reserved attempts of ${owner.name} in flight`,
          observed: `${found.inFlight + 1}`,
          entries: [found.attempt.started],
        };
      }
    }
    return throttledTooSoon(subject, view);
  },
});

/** A call that was throttled although all that was ever admitted is less than what there is for it. */
function throttledTooSoon(
  { owner, reserve, provisioned: level }: Provisioned,
  view: View,
): Breach | undefined {
  const demand = reserve === null ? view.calls.length + view.chained.length : demandOn(owner, view);
  const room = reserve ?? roomLeft(owner, view);
  // Requests a second are limited as well: a tenfold demand may have met that limit.
  if (room <= level || demand > 10 * level) return;
  const admitted = reserve === null ? admittedAtMost(undefined, view) : admittedAtMost(owner, view);
  if (admitted >= room) return;
  for (const call of view.rejected) {
    const { rejected } = call;
    if (call.function !== owner || rejected === undefined || rejected.status !== 429) continue;
    if (!isThroughProvisioned(call, owner) || !CONCURRENCY_REASONS.has(rejected.reason)) continue;
    const entries: readonly Entry[] = [rejected];
    return {
      expected: `${call.event} admitted: ${level} provisioned, room for ${room}, at most ${admitted} ever in flight`,
      observed: `429 ${rejected.reason ?? rejected.error}`,
      entries,
    };
  }
  return;
}

/** Only what comes through a provisioned qualifier is sure to have the provisioned environments at its service. */
const isThroughProvisioned = (call: Call, owner: FunctionView): boolean =>
  owner.spec.provisioned?.some(({ qualifier }) => qualifier === call.qualifier) === true;

/** What the account has for `asking`, less all reserves and what is provisioned for others. */
function roomLeft(asking: FunctionView, view: View): number {
  let room = accountLimit(view);
  for (const owner of view.functions.values()) {
    for (const { value } of owner.reserved) room -= value ?? 0;
    if (owner === asking) continue;
    for (const { concurrency } of owner.spec.provisioned ?? []) room -= concurrency;
  }
  return room;
}

/** All attempts that were seen, or may have been: an upper bound of what was ever in flight at once. */
function admittedAtMost(owner: FunctionView | undefined, view: View): number {
  let admitted = owner === undefined ? view.attempts.length : owner.attempts.length;
  for (const calls of [view.calls, view.chained]) {
    for (const call of calls) {
      if (owner !== undefined && call.function !== owner) continue;
      if (call.rejected === undefined && call.attempts.length === 0) admitted++;
    }
  }
  return admitted;
}

interface OnLatest {
  readonly call: Call;
  readonly reserve: number;
}

/** Calls of $LATEST on functions whose reserve is all provisioned. */
const onLatest = once((view: View): readonly OnLatest[] => {
  let found: OnLatest[] | undefined;
  for (const { owner, provisioned: level, reserve } of provisioned(view)) {
    if (reserve === null || level < reserve) continue;
    for (const calls of [view.sync, view.events.map(({ call }) => call)]) {
      for (const call of calls) {
        if (call.function !== owner || (call.qualifier ?? '$LATEST') !== '$LATEST') continue;
        found ??= [];
        found.push({ call, reserve });
      }
    }
  }
  return found ?? NONE;
});

export const prov03 = defineRule({
  id: 'CONC-PROV-03',
  level: 'MUST',
  invariant: 'Where provisioned concurrency adds up to the reserve, calls of $LATEST are throttled.',
  sources: [guide('lambda-concurrency')],
  needs: ['provisioned', 'reserved', 'versions', 'overlap'],
  subjects: onLatest,
  check: ({ call, reserve }) => {
    const expected = `${call.event} throttled: the reserve of ${reserve} is all provisioned`;
    const [attempt] = call.attempts;
    if (attempt !== undefined && attempt.started.version === '$LATEST') {
      return { expected, observed: 'an attempt on $LATEST', entries: [attempt.started] };
    }
    if (call.type === 'Event') return;
    if (call.answered !== undefined) {
      return { expected, observed: `status ${call.answered.status}`, entries: [call.answered] };
    }
    if (call.rejected?.status === 429) return;
    return { unknown: `refused for another reason: ${call.rejected?.error ?? 'the caller hung up'}` };
  },
});
