/** AWS, API_Invoke.html, configuration-aliases.html: which version runs. */
import { api, defineRule, guide } from '../../engine/rule.ts';
import type { FunctionSpec } from '../../engine/scenario.ts';
import type { Call, View } from '../../engine/view.ts';
import { improbability } from './binomial.ts';
import { answeredAttempt, isOwn, TWIN } from './ownership.ts';

const VERSION = /^(\$LATEST|[0-9]+)$/;

export const ver01 = defineRule({
  id: 'SYNC-VER-01',
  level: 'MUST',
  invariant:
    'ExecutedVersion is the version on which the attempt ran, and one that the qualifier stands for.',
  sources: [api('Invoke'), guide('invocation-sync')],
  subjects: (view) => view.syncAnswered,
  check: (call, view) => {
    const { answered } = call;
    if (answered === undefined || call.function === undefined) return;
    const { spec } = call.function;
    const qualifier = call.qualifier ?? '$LATEST';
    const executed = answered.executedVersion;
    const attempt = answeredAttempt(call);
    // A target whose attempts do not tell their version is judged by the qualifier alone.
    const ran = attempt?.started.version === '' ? undefined : attempt?.started.version;
    const isPlausible =
      executed !== undefined && VERSION.test(executed) && standsFor(qualifier, executed, spec);
    if (isPlausible && (ran === undefined || executed === ran)) return;
    if (isPlausible && attempt !== undefined && !isOwn(call, attempt, view)) return { unknown: TWIN };
    const expected = isPlausible ? ran : versionsOf(qualifier, spec);
    if (expected === undefined) return { unknown: 'no version is declared for the qualifier' };
    return {
      expected: `ExecutedVersion ${expected} for ${call.event}`,
      observed: executed ?? 'none',
      entries: attempt === undefined ? [answered] : [answered, attempt.started],
    };
  },
});

/** Whether `version` is one that `qualifier` stands for. */
function standsFor(qualifier: string, version: string, spec: FunctionSpec): boolean {
  if (version === qualifier) return true;
  const alias = spec.aliases?.find(({ name }) => name === qualifier);
  return alias !== undefined && (version === alias.version || version === alias.additional?.version);
}

function versionsOf(qualifier: string, spec: FunctionSpec): string | undefined {
  const alias = spec.aliases?.find(({ name }) => name === qualifier);
  if (alias !== undefined) {
    return alias.additional === undefined ? alias.version : `${alias.version} or ${alias.additional.version}`;
  }
  return VERSION.test(qualifier) ? qualifier : undefined;
}

/** The answered calls through an alias with routing weights. */
interface Routed {
  readonly alias: string;
  readonly main: string;
  readonly additional: string;
  readonly weight: number;
  readonly calls: readonly Call[];
}

const NONE: readonly Routed[] = [];

function routed(view: View): readonly Routed[] {
  let found: Routed[] | undefined;
  for (const owner of view.functions.values()) {
    // With provisioned concurrency on one of the versions, that one is throttled less often than the other.
    if (owner.spec.aliases === undefined || owner.spec.provisioned !== undefined) continue;
    for (const { name, version, additional } of owner.spec.aliases) {
      if (additional === undefined) continue;
      const calls = view.syncAnswered.filter((call) => call.function === owner && call.qualifier === name);
      if (calls.length === 0) continue;
      found ??= [];
      found.push({
        alias: name,
        main: version,
        additional: additional.version,
        weight: additional.weight,
        calls,
      });
    }
  }
  return found ?? NONE;
}

/** How improbable a share must be before it counts as a breach: one false alarm in 10^9 conforming aliases. */
const FALSE_ALARM_PROBABILITY = 1e-9;

export const ver02 = defineRule({
  id: 'SYNC-VER-02',
  level: 'SHOULD',
  invariant:
    'An alias with routing weights runs each call on one of its two versions, in proportion to the weights.',
  sources: [guide('configuring-alias-routing'), guide('troubleshooting-invocation')],
  needs: ['aliases', 'versions'],
  note:
    'Broken by a version that is neither, or by a share of the calls that independent draws with the weight would ' +
    'bring at most once in 10^9 (Chernoff bound): 31 calls all on one side of an even split, 10 of a weight of 0.9.',
  subjects: routed,
  check: ({ alias, main, additional, weight, calls }) => {
    let hits = 0;
    for (const { answered, event } of calls) {
      const version = answered?.executedVersion;
      if (answered === undefined || version === undefined)
        return { unknown: 'answers without ExecutedVersion' };
      if (version !== main && version !== additional) {
        return {
          expected: `${event} on version ${main} or ${additional} of alias ${alias}`,
          observed: version,
          entries: [answered],
        };
      }
      if (version === additional) hits++;
    }
    if (main === additional) return;
    const trials = calls.length;
    if (improbability(hits, trials, weight) <= FALSE_ALARM_PROBABILITY) {
      return {
        expected: `a share of about ${weight} of the calls of alias ${alias} on version ${additional}`,
        observed: `${hits} of ${trials}`,
        entries: calls.flatMap(({ answered }) => answered ?? []).slice(0, 10),
      };
    }
    const couldTell = Math.min(improbability(0, trials, weight), improbability(trials, trials, weight));
    return couldTell <= FALSE_ALARM_PROBABILITY ? undefined : { unknown: 'too few calls to tell a share' };
  },
});
