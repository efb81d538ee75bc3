/** What was recorded on AWS, held against the reference model; and each expectation against what would break it. */
import { describe, expect, test } from 'vitest';
import { simulate } from '../../adapters/memory/index.ts';
import type { History } from '../../engine/history.ts';
import type { Json } from '../../engine/json.ts';
import { AWS_TOLERANCES } from '../../engine/tolerances.ts';
import { timelineOf } from '../../reports/timeline.ts';
import { timelineText } from '../../reports/timelineText.ts';
import type { GoldenCase } from './case.ts';
import { goldenCases, leftOut } from './index.ts';
import { type Judged, judge } from './judge.ts';
import { alterations } from './testing/altered.ts';

const SEEDS = Array.from({ length: 10 }, (_, index) => index * 7919 + 1);

const judged = (golden: GoldenCase, history: History, letters?: Map<string, Json>) =>
  judge(golden, history, AWS_TOLERANCES, letters);

/** Letters that one place has, and no other has to be the same: others have to be unlike it. */
const lonely = ({ expect: expectations }: GoldenCase): Set<string> => {
  const text = JSON.stringify(expectations);
  const letters = [...text.matchAll(/\{"\$as":"(\w+)"\}/g)].map(([, letter = '']) => letter);
  return new Set(letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter)));
};

/** What was expected, what was seen, and the timeline with the entry that breaks it marked. */
function story({ page }: GoldenCase, history: History, { expected, observed, entries }: Judged): string {
  const marks = entries.map((entry) => history.entries.indexOf(entry));
  const lines = timelineText(timelineOf(history), { marks, rows: 30 });
  return [`expected ${expected}, saw ${observed}`, page ?? '', ...lines].join('\n');
}

describe.each(goldenCases)('$id: $title', (golden) => {
  test('the reference model does as AWS did', () => {
    for (const seed of SEEDS) {
      const history = simulate(golden.scenario, seed);
      const wrong = judged(golden, history).find(({ state }) => state !== 'kept');
      if (wrong !== undefined) expect.fail(`with seed ${seed}: ${story(golden, history, wrong)}`);
    }
  });

  test('each expectation breaks where what it speaks of is otherwise', () => {
    const history = simulate(golden.scenario, 1);
    const letters = new Map<string, Json>();
    judged(golden, history, letters);
    for (const letter of lonely(golden)) {
      expect(JSON.stringify(golden.expect)).toContain(`{"$unlike":"${letter}"}`);
    }
    golden.expect.forEach((expectation, index) => {
      const altered = [...alterations(expectation, history, letters)];
      expect(altered, `${expectation.expect} can be otherwise`).not.toEqual([]);
      for (const { what, history: other, letter } of altered) {
        if (letter !== undefined && lonely(golden).has(letter)) continue;
        const results = judged(golden, other);
        const isBroken =
          letter !== undefined
            ? results.some(({ state }) => state === 'broken')
            : results[index]?.state === 'broken';
        expect(isBroken, `${expectation.expect} ${index}, where${what}`).toBe(true);
      }
    });
  });
});

test('the ids of cases and of what is left out are each there once', () => {
  const ids = [...goldenCases, ...leftOut].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
