import { expect, test } from 'vitest';
import { runCampaign } from './campaign.ts';
import { condensed } from './condense.ts';
import { foldRun } from './result.ts';
import { type RunLine, runLineSchema } from './runFile.ts';
import { countingSource, miniature, miniRules } from './testing/miniatures.ts';

const never = new AbortController().signal;

test('a condensed run folds to the same result, but for histories', async () => {
  const lines: RunLine[] = [];
  const target = miniature((event) => (event === 'e3' ? 2 : 1), { isRealTime: true });
  const options = { source: countingSource, target, rules: miniRules, suite: 'test', scenarios: 20 };
  for await (const line of runCampaign({ ...options, finishing: never, signal: never })) lines.push(line);
  const small = condensed(lines);
  expect(small.map(({ line }) => line)).toEqual(['header', 'chunk', 'counterexample', 'footer']);
  for (const line of small) runLineSchema.parse(JSON.parse(JSON.stringify(line)));
  const bare = (result: ReturnType<typeof foldRun>) => ({
    ...result,
    rules: result?.rules.map(({ counterexample, ...rule }) => ({
      ...rule,
      counterexample: counterexample && { ...counterexample, entries: [], marks: [] },
    })),
  });
  expect(bare(foldRun(small, miniRules))).toEqual(bare(foldRun(lines, miniRules)));
  expect(JSON.stringify(small).length).toBeLessThan(JSON.stringify(lines).length / 2);
});
