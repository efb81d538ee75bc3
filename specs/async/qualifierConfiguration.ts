/** AWS, invocation-async-configuring.html: configuration of functions, versions and aliases. */
import {
  DEFAULT_EVENT_INVOKE,
  type EventInvokeConfig,
  possible,
  settled,
} from '../../engine/configuration.ts';
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { AsyncEvent, FunctionView, View } from '../../engine/view.ts';
import { those } from '../sync/subjects.ts';
import { aftermathOf, forCertain } from './aftermath.ts';
import { fates } from './fate.ts';
import { type Candidate, governedBy, isSameConfig } from './governing.ts';

const page = guide('invocation-async-configuring');
const NONE: readonly never[] = [];

/** The alias of that name; undefined where the qualifier is a version or `$LATEST`. */
const aliasOf = (owner: FunctionView, qualifier: string) =>
  owner.spec.aliases?.find(({ name }) => name === qualifier);

/** Versions for which an alias may stand. */
function versionsOf(owner: FunctionView, qualifier: string): readonly string[] {
  const alias = aliasOf(owner, qualifier);
  if (alias === undefined) return NONE;
  return alias.additional === undefined ? [alias.version] : [alias.version, alias.additional.version];
}

/** Whether the event's qualifier has a configuration of its own, and another qualifier of the function has one too. */
function isOneOfSeveral({ function: owner, qualifier, config }: AsyncEvent): boolean {
  if (owner.eventInvoke.size < 2 || config === undefined || !owner.eventInvoke.has(qualifier)) return false;
  // Which of the two counts where both the alias and its version have one is ASYNC-CFG-02's question.
  return !versionsOf(owner, qualifier).some((version) => owner.eventInvoke.has(version));
}

export const cfg01 = defineRule({
  id: 'ASYNC-CFG-01',
  level: 'MUST',
  invariant:
    'Retries and destinations are configured for function, version and alias, each independently of the others.',
  sources: [page, api('PutFunctionEventInvokeConfig')],
  needs: ['eventInvokeConfig', 'versions', 'async'],
  subjects: (view) => {
    if (!hasQualified(view)) return NONE;
    return those(fates(view), ({ event }) => isOneOfSeveral(event)).map(aftermathOf);
  },
  check: forCertain(({ event, records, onSuccess, onFailure }, _view, { duplicateBudget }) => {
    for (const { resource, entry } of records) {
      if (resource === onSuccess || resource === onFailure) continue;
      return {
        expected: `records about ${event.id} only where ${event.qualifier} sends them`,
        observed: `one at ${resource}`,
        entries: [entry],
      };
    }
    const most = 1 + (event.config?.maximumRetryAttempts ?? 0) + duplicateBudget;
    const beyond = event.attempts[most];
    if (beyond === undefined) return;
    return {
      expected: `at most ${most} attempts of ${event.id}, as ${event.qualifier} is configured`,
      observed: `${event.attempts.length}`,
      entries: [beyond.started],
    };
  }),
});

/** Whether any function has a configuration for more than itself: most have none, and nothing is to be looked at. */
function hasQualified(view: View): boolean {
  for (const { eventInvoke } of view.functions.values()) if (eventInvoke.size > 0) return true;
  return false;
}

/** An event, and the configurations that may have governed it, no two alike. */
interface Governed {
  readonly event: AsyncEvent;
  readonly candidates: readonly Candidate[];
}

export const cfg02 = defineRule({
  id: 'ASYNC-CFG-02',
  level: 'SHOULD',
  invariant: 'An event is governed by the configuration of the qualifier through which it was invoked.',
  sources: [page, guide('invocation-async-retain-records')],
  needs: ['eventInvokeConfig', 'versions', 'async'],
  isSilent: true,
  note: 'Which configuration comes first is not spelled out: what was seen is reported.',
  subjects: (view) => {
    if (!hasQualified(view)) return NONE;
    return those(view.events, isConfiguredAnyhow)
      .map(byQualifier)
      .filter((governed) => governed.candidates.length > 1);
  },
  observe: ({ event, candidates }, view) => governedBy(event, candidates, view),
});

const isConfiguredAnyhow = (event: AsyncEvent): boolean => event.function.eventInvoke.size > 0;

function byQualifier(event: AsyncEvent): Governed {
  const { function: owner, qualifier } = event;
  const candidates: Candidate[] = [];
  const since = event.call.requested.at;
  const add = (label: string, config: EventInvokeConfig | null | undefined): void => {
    if (config === undefined || candidates.some((known) => isSameConfig(known.config, config ?? DEFAULT)))
      return;
    candidates.push({ label, config: config ?? DEFAULT });
  };
  add('of its qualifier', configuredFor(owner, qualifier, since));
  // Where its own is not certain, nothing can be compared with it.
  if (candidates.length === 0) return { event, candidates };
  for (const version of versionsOf(owner, qualifier)) {
    if (owner.eventInvoke.has(version)) add('of its version', configuredFor(owner, version, since));
  }
  if (owner.eventInvoke.has('$LATEST')) add('of $LATEST', configuredFor(owner, '$LATEST', since));
  return { event, candidates };
}

const DEFAULT = DEFAULT_EVENT_INVOKE;

/** What is configured for a qualifier from `since` on, null for nothing; undefined where it changed. */
function configuredFor(
  owner: FunctionView,
  qualifier: string,
  since: number,
): EventInvokeConfig | null | undefined {
  const timeline = owner.eventInvoke.get(qualifier);
  return timeline === undefined ? null : settled(timeline, since, Number.POSITIVE_INFINITY);
}

export const cfg04 = defineRule({
  id: 'ASYNC-CFG-04',
  level: 'MAY',
  invariant: 'A change of the configuration affects the events accepted before it, or does not.',
  sources: [page],
  needs: ['eventInvokeConfig', 'controlPlane', 'async'],
  isSilent: true,
  note: 'Those who measure should let a configuration settle before they send events.',
  subjects: (view) => {
    if (view.requests.length === 0 || !hasQualified(view)) return NONE;
    return those(view.events, isChanged)
      .map(acrossChange)
      .filter((governed) => governed.candidates.length > 1);
  },
  observe: ({ event, candidates }, view) => governedBy(event, candidates, view),
});

/** Whether the configuration of its qualifier ever changed. */
const isChanged = ({ function: owner, qualifier }: AsyncEvent): boolean =>
  (owner.eventInvoke.get(qualifier)?.length ?? 0) > 1;

/** The configurations before and after the one change that came while the event lived. */
function acrossChange(event: AsyncEvent): Governed {
  const { function: owner, qualifier, attempts, records } = event;
  const timeline = owner.eventInvoke.get(qualifier);
  const changed = timeline?.at(-1);
  const since = event.call.requested.at;
  if (timeline === undefined || changed === undefined || changed.from <= since)
    return { event, candidates: NONE };
  const before = possible(timeline, since, since);
  const old = before[0];
  const lastSign = Math.max(attempts.at(-1)?.startedAt ?? 0, records.at(-1)?.at ?? 0);
  const isOneChange = timeline.at(-2)?.value === old && before.length === 1;
  if (old === undefined || !isOneChange || lastSign <= changed.from) return { event, candidates: NONE };
  const oldConfig = old ?? DEFAULT;
  const newConfig = changed.value ?? DEFAULT;
  if (isSameConfig(oldConfig, newConfig)) return { event, candidates: NONE };
  return {
    event,
    candidates: [
      { label: 'the old configuration', config: oldConfig },
      { label: 'the new configuration', config: newConfig },
    ],
  };
}
