/** The shards of a campaign, merged, are the campaign: on the real model, and on one with something wrong. */
import { beforeAll, describe, expect, test } from 'vitest';
import { memory } from '../adapters/memory/index.ts';
import { fc } from '../generators/fc.ts';
import { scenarioSource } from '../generators/source.ts';
import { rules } from '../specs/catalogue.ts';
import { type CampaignOptions, runCampaign } from './campaign.ts';
import { mergeShards, type Shard } from './mergeShards.ts';
import { foldRun } from './result.ts';
import { type RunLine, runLineSchema } from './runFile.ts';
import type { Target } from './target.ts';
import { historyOf, miniature, miniRules } from './testing/miniatures.ts';

const never = new AbortController().signal;

async function linesOf(target: Target, more: Partial<CampaignOptions> = {}): Promise<RunLine[]> {
  const { capabilities, isRealTime } = target;
  const source = scenarioSource({ seed: 9, capabilities, isRealTime });
  const options = { source, target, rules, suite: 'test', scenarios: 1_100, finishing: never, signal: never };
  const lines: RunLine[] = [];
  for await (const line of runCampaign({ ...options, ...more })) lines.push(line);
  return lines;
}

function shardOf(lines: readonly RunLine[]): Shard {
  const [header] = lines.filter((line) => line.line === 'header');
  if (header === undefined) throw new Error('a campaign has a header');
  return {
    header,
    chunks: lines.filter((line) => line.line === 'chunk'),
    counterexamples: lines.filter((line) => line.line === 'counterexample'),
    footer: lines.find((line) => line.line === 'footer'),
  };
}

/** All but the times, and that it was merged. */
const timeless = (lines: readonly RunLine[]) =>
  lines.map((line) => {
    if (line.line === 'footer') return { ...line, elapsedSeconds: 0 };
    if (line.line !== 'header') return line;
    const { merged: _, ...header } = line;
    return { ...header, startedAt: '' };
  });

const shardsOf = (of: number, run: (shard: { index: number; of: number }) => Promise<RunLine[]>) =>
  Promise.all(Array.from({ length: of }, (_, at) => run({ index: at + 1, of })));

const targets: readonly (readonly [string, () => Target, (broken: number) => boolean])[] = [
  ['the model', () => memory(), (broken) => broken === 0],
  [
    'a model with two things wrong',
    () =>
      memory({
        policy: { maximumRetryAttempts: 3 },
        tamper: () => (entry) => (entry.kind === 'delivered' ? { ...entry, attributes: {} } : entry),
      }),
    (broken) => broken > 3,
  ],
];

describe.each(targets)('on %s', (_, target, isExpected) => {
  let whole: RunLine[] = [];
  beforeAll(async () => {
    whole = await linesOf(target());
  }, 60_000);

  test('there is something to compare', () => {
    const found = foldRun(whole, rules)?.rules ?? [];
    expect(isExpected(found.filter(({ verdict }) => verdict === 'VIOLATED').length)).toBe(true);
    expect(found.filter(({ verdict }) => verdict === 'KEPT').length).toBeGreaterThan(150);
  });

  test('any number of shards, in any order, merge to the very lines of the whole', async () => {
    const numbers = fc.record({ of: fc.integer({ min: 1, max: 13 }), turn: fc.nat(12) });
    await fc.assert(
      fc.asyncProperty(numbers, async ({ of, turn }) => {
        const runs = await shardsOf(of, (shard) => linesOf(target(), { shard }));
        const turned = [...runs.slice(turn % of), ...runs.slice(0, turn % of)];
        const merged = mergeShards(turned.map(shardOf));
        for (const line of merged) runLineSchema.parse(JSON.parse(JSON.stringify(line)));
        expect(timeless(merged)).toEqual(timeless(whole));
      }),
      { numRuns: 4, seed: 1 },
    );
  }, 180_000);
});

describe('on a real clock', () => {
  /** The scenarios of an odd number of events break the rule, but only those of three do so again. */
  const flaky = () => {
    const seen = new Set<string>();
    return miniature(() => 1, {
      isRealTime: true,
      run: async ({ scenario }) => {
        const events = scenario.steps.length;
        const key = String(events);
        const breaks = events === 3 || (events % 2 === 1 && !seen.has(key));
        seen.add(key);
        return historyOf(scenario, () => (breaks ? 2 : 1));
      },
    });
  };
  const source = {
    seed: 7,
    draw: (index: number) => ({ scenario: scenarioWith(1 + (index % 6)), *shrinks() {} }),
  };
  const scenarioWith = (events: number) => ({
    scenario: 1 as const,
    functions: [{ name: 'f', timeoutSeconds: 3 }],
    steps: Array.from({ length: events }, (_, k) => ({
      ...({ atSeconds: k, do: 'invoke', function: 'f', type: 'Event', plan: ['ok'] } as const),
      event: `e${k + 1}`,
      plan: ['ok' as const],
    })),
  });

  test('a violation that recurs in one shard counts more than one that did not in another', async () => {
    const runs = await shardsOf(3, (shard) =>
      linesOf(flaky(), { source, rules: miniRules, scenarios: 12, shard }),
    );
    const merged = mergeShards(runs.map(shardOf));
    const found = merged.find((line) => line.line === 'counterexample');
    expect(found).toMatchObject({ rule: 'MINI-ONE-01', broke: 5, runs: 5 });
    expect(foldRun(merged, miniRules)?.scenarios).toBe(12);
  });

  test('is what none of its shards is: whole only if all of them are', async () => {
    const runs = await shardsOf(2, (shard) =>
      linesOf(flaky(), { source, rules: miniRules, scenarios: 4, shard }),
    );
    const [one, two] = runs.map(shardOf);
    if (one === undefined || two === undefined) throw new Error('there are two');
    const footer = (shards: Shard[]) => mergeShards(shards).find((line) => line.line === 'footer');
    expect(footer([one, two])).toEqual({ line: 'footer', elapsedSeconds: expect.any(Number) });
    expect(footer([one, { ...two, footer: undefined }])).toBeUndefined();
    expect(
      footer([{ ...one, footer: { line: 'footer', elapsedSeconds: 9, interrupted: true } }, two]),
    ).toEqual({ line: 'footer', elapsedSeconds: 9, interrupted: true });
  });
});
