/** Tiny sources, targets and rules to test the engine by: everything about them is known. */
import type { Entry, History } from '../history.ts';
import { defineRule, type Rule } from '../rule.ts';
import type { InvokeStep, Scenario } from '../scenario.ts';
import type { Drawn, ScenarioSource } from '../source.ts';
import type { NumberedScenario, Target } from '../target.ts';
import { AWS_TOLERANCES } from '../tolerances.ts';

/** A scenario of events e1 … en for the function f, all of which end ok. */
export function scenarioOf(events: number): Scenario {
  const steps: InvokeStep[] = [];
  for (let k = 1; k <= events; k++) {
    steps.push({ atSeconds: k, do: 'invoke', function: 'f', type: 'Event', event: `e${k}`, plan: ['ok'] });
  }
  return { scenario: 1, functions: [{ name: 'f', timeoutSeconds: 3 }], steps };
}

/** Draws scenario number i with 1 + i mod 10 events; shrinks by halves, then by one. */
export const countingSource: ScenarioSource = {
  seed: 7,
  draw: (index) => drawnWith(1 + (index % 10)),
};

function drawnWith(events: number): Drawn {
  return {
    scenario: scenarioOf(events),
    *shrinks() {
      if (events > 2) yield drawnWith(Math.floor(events / 2));
      if (events > 1) yield drawnWith(events - 1);
    },
  };
}

/** A target that answers every call with 202 and starts as many attempts of each event as `attemptsOf` says. */
export function miniature(
  attemptsOf: (event: string, scenario: Scenario) => number = () => 1,
  more: Partial<Target> = {},
): Target & { readonly ran: NumberedScenario[] } {
  const ran: NumberedScenario[] = [];
  return {
    name: 'miniature',
    version: '1',
    capabilities: new Set(['invoke', 'async']),
    tolerances: AWS_TOLERANCES,
    isRealTime: false,
    jobs: 4,
    ran,
    run(numbered) {
      ran.push(numbered);
      return historyOf(numbered.scenario, attemptsOf);
    },
    close: async () => {},
    ...more,
  };
}

/** The history of a scenario in which each event has so many attempts. */
export function historyOf(
  scenario: Scenario,
  attemptsOf: (event: string, scenario: Scenario) => number,
): History {
  const entries: Entry[] = [];
  scenario.steps.forEach((step, index) => {
    if (step.do !== 'invoke') return;
    const { event, atSeconds: at } = step;
    entries.push({ kind: 'requested', at, call: `c-${event}`, step: index, event });
    entries.push({ kind: 'answered', at, call: `c-${event}`, status: 202 });
    const attempts = attemptsOf(event, scenario);
    for (let k = 1; k <= attempts; k++) {
      const started = { at: at + k / 10, attempt: `a-${event}-${k}`, function: 'f', version: '$LATEST' };
      entries.push({ kind: 'started', ...started, requestId: 'r', event, payload: null, planned: 'ok' });
    }
  });
  entries.push({ kind: 'closed', at: 100, isComplete: true });
  return { scenario, entries };
}

/** "An event has one attempt." */
export const oneAttempt: Rule = defineRule({
  id: 'MINI-ONE-01',
  level: 'MUST',
  invariant: 'An event has one attempt.',
  sources: [],
  subjects: (view) => view.events,
  check: (event) => {
    const second = event.attempts[1];
    if (second === undefined) return;
    return { expected: 'one attempt', observed: `${event.attempts.length}`, entries: [second.started] };
  },
});

/** Never applies. */
export const neverApplies: Rule = defineRule({
  id: 'MINI-NEVER-01',
  level: 'MUST',
  invariant: 'A response stream is never seen.',
  sources: [],
  subjects: (view) => view.streams,
  check: () => undefined,
});

/** Needs what the miniature does not have. */
export const needsMetrics: Rule = defineRule({
  id: 'MINI-METRIC-01',
  level: 'MUST',
  invariant: 'Metrics are seen.',
  sources: [],
  needs: ['metrics'],
  subjects: (view) => view.events,
  check: () => undefined,
});

/** Only reports. */
export const reportsVersion: Rule = defineRule({
  id: 'MINI-OBSERVE-01',
  level: 'MAY',
  invariant: 'Which version ran is told.',
  sources: [],
  subjects: (view) => view.attempts,
  observe: (attempt) => attempt.started.version,
});

export const miniRules: readonly Rule[] = [oneAttempt, neverApplies, needsMetrics, reportsVersion];
