import { expect, test } from 'vitest';
import { runCampaign } from '../engine/campaign.ts';
import { foldRun } from '../engine/result.ts';
import type { RunLine } from '../engine/runFile.ts';
import { countingSource, miniature, miniRules } from '../engine/testing/miniatures.ts';
import { resultsPage } from './results.ts';
import { summaryOf } from './summary.ts';

const never = new AbortController().signal;

async function runOf(attempts: number) {
  const lines: RunLine[] = [];
  const target = miniature(() => attempts, { name: 'tiny', version: '1.2' });
  const options = { source: countingSource, target, rules: miniRules, suite: '0.1.0', scenarios: 5 };
  for await (const line of runCampaign({ ...options, finishing: never, signal: never })) lines.push(line);
  const result = foldRun(lines, miniRules);
  if (result === undefined) throw new Error('a campaign has a header');
  return summaryOf(result, [{ id: 'MINI', title: 'Miniatures', rules: miniRules }]);
}

test('a broken rule stands with its sentence, what is known of it, and its scenario', async () => {
  const kept = { summary: await runOf(2), file: 'tiny.jsonl' };
  const page = (reason?: string) =>
    resultsPage([{ ...kept, replayOf: () => '../tiny/MINI-ONE-01.json', reasonOf: () => reason }]);
  const head = '| [MINI-ONE-01](../rule-book.md#mini-one-01) | MUST | An event has one attempt. |';
  const end = '| [file](../tiny/MINI-ONE-01.json) |';
  expect(page()).toContain(`${head} Expected one attempt, seen: 2. ${end}`);
  expect(page('It counts wrongly.')).toContain(`${head} It counts wrongly. ${end}`);
  expect(page()).toMatch(
    /^\| \[tiny 1\.2\]\(#tiny-12\) \| \[\d{4}-\d\d-\d\d\]\(tiny\.jsonl\) \| 0 \| 1 \| 0 \| 1 \| 1 \| 1 \| 5 \|/m,
  );
});

test('a target that breaks nothing says so; without a file the run file is linked', async () => {
  const links = { replayOf: () => undefined, reasonOf: () => undefined };
  expect(resultsPage([{ summary: await runOf(1), file: 'tiny.jsonl', ...links }])).toContain(
    'No rule was broken.',
  );
  expect(resultsPage([{ summary: await runOf(2), file: 'tiny.jsonl', ...links }])).toContain(
    '[file](tiny.jsonl)',
  );
});
