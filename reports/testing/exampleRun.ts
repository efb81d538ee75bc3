/** A run typed by hand that has every verdict, and texts that a careless report would break on. */
import type { Entry } from '../../engine/history.ts';
import { foldRun } from '../../engine/result.ts';
import { defineRule, guide, type Level, type Rule } from '../../engine/rule.ts';
import type { Counterexample, RunLine } from '../../engine/runFile.ts';
import type { Scenario } from '../../engine/scenario.ts';
import { type Group, type Summary, summaryOf } from '../summary.ts';

const rule = (id: string, level: Level, more: Partial<Rule> = {}): Rule => ({
  ...defineRule({
    id,
    level,
    invariant: `The sentence of ${id}, <em>as AWS</em> & "others" | say it.`,
    sources: [guide('invocation-async')],
    subjects: () => [],
    check: () => undefined,
  }),
  ...more,
});

export const exampleRules = {
  kept: rule('ONE-KEPT-01', 'MUST'),
  violated: rule('ONE-VIOLATED-01', 'MUST'),
  warned: rule('ONE-WARNED-01', 'SHOULD', { note: 'The page says "about".' }),
  observed: rule('TWO-OBSERVED-01', 'MAY', { judges: false }),
  vacuous: rule('TWO-VACUOUS-01', 'MUST'),
  unknown: rule('TWO-UNKNOWN-01', 'MUST'),
  unsupported: rule('TWO-UNSUPPORTED-01', 'MUST', { needs: ['buses'] }),
};

export const exampleGroups: readonly Group[] = [
  {
    id: 'ONE',
    title: 'The first group',
    rules: [exampleRules.kept, exampleRules.violated, exampleRules.warned],
  },
  {
    id: 'TWO',
    title: 'The second group',
    rules: [exampleRules.observed, exampleRules.vacuous, exampleRules.unknown, exampleRules.unsupported],
  },
];

export const exampleScenario: Scenario = {
  scenario: 1,
  functions: [
    {
      name: 'f',
      timeoutSeconds: 3,
      eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 1, onFailure: 'queue:failed' }],
    },
  ],
  queues: [{ name: 'failed' }],
  steps: [
    {
      atSeconds: 0,
      do: 'invoke',
      function: 'f',
      type: 'Event',
      event: 'e1',
      payload: { n: 1 },
      plan: ['throw'],
    },
  ],
};

const attempt = (k: number, at: number): Entry[] => [
  {
    ...{ kind: 'started', at, attempt: `a${k}`, function: 'f', version: '$LATEST', requestId: 'r1' },
    ...{ event: 'e1', payload: { n: 1 }, planned: 'throw' },
  },
  { kind: 'ended', at: at + 0.25, attempt: `a${k}`, outcome: 'throw' },
];

/** One retry too many. Positions: 0 requested, 1 answered, 2 to 7 three attempts, 8 the record, 9 closed. */
export const exampleEntries: Entry[] = [
  { kind: 'requested', at: 0, call: 'c1', step: 0, event: 'e1' },
  { kind: 'answered', at: 0.01, call: 'c1', status: 202, requestId: 'r1' },
  ...attempt(1, 0.03),
  ...attempt(2, 1.21),
  ...attempt(3, 3.44),
  {
    ...{ kind: 'delivered', at: 3.7, resource: 'queue:failed', event: 'e1' },
    body: { requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 } },
  },
  { kind: 'closed', at: 12 },
];

export const exampleCounterexample = (
  ruleId: string,
  more: Partial<Counterexample> = {},
): Counterexample => ({
  line: 'counterexample',
  rule: ruleId,
  path: '417:0:2',
  targetSeed: 99,
  scenario: exampleScenario,
  entries: exampleEntries,
  expected: 'at most 2 attempts of e1',
  observed: '3 attempts <|`\u0007&>',
  marks: [6],
  broke: 4,
  runs: 5,
  ...more,
});

const tally = (subjects: number, broken = 0, unknown = 0, observed: Record<string, number> = {}) => ({
  ...{ subjects, broken, unknown, observed },
});

/** The lines of the run, without a footer where `isCutOff`. */
export function exampleLines(isCutOff = false): RunLine[] {
  const lines: RunLine[] = [
    {
      line: 'header',
      format: 1,
      suite: '9.9.9',
      target: { name: 'some-emulator', version: '1.5', isRealTime: true },
      capabilities: ['invoke', 'async'],
      seed: 42,
      scenarios: 1200,
      rules: Object.values(exampleRules).map(({ id }) => id),
      startedAt: '2026-01-02T03:04:05.000Z',
    },
    {
      line: 'chunk',
      ...{ from: 0, to: 1200, scenarios: 1199, events: 5000, attempts: 6000, observations: 70_000 },
      rules: {
        'ONE-KEPT-01': tally(5000),
        'ONE-VIOLATED-01': tally(100, 12),
        'ONE-WARNED-01': tally(50, 5),
        'TWO-OBSERVED-01': tally(10, 0, 0, { 'in order': 7, 'out | of order': 3 }),
        'TWO-UNKNOWN-01': tally(0, 0, 4),
      },
      firstBroken: { 'ONE-VIOLATED-01': 417, 'ONE-WARNED-01': 9 },
      unknown: { 'TWO-UNKNOWN-01': 'the observer <stopped> too early' },
      declined: {},
      errors: [{ scenario: 33, message: 'rule X failed: our own <defect>\nwith a second line' }],
    },
    exampleCounterexample('ONE-VIOLATED-01'),
    exampleCounterexample('ONE-WARNED-01', { broke: 5, runs: 5 }),
  ];
  if (!isCutOff) lines.push({ line: 'footer', elapsedSeconds: 83.4 });
  return lines;
}

/** The run, folded and counted. */
export function exampleSummary(lines: readonly RunLine[] = exampleLines()): Summary {
  const result = foldRun(lines, Object.values(exampleRules));
  if (result === undefined) throw new Error('the example has a header');
  return summaryOf(result, exampleGroups);
}
