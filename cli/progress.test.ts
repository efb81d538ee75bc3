import { describe, expect, test } from 'vitest';
import type { RunLine } from '../engine/runFile.ts';
import { exampleCounterexample } from '../reports/testing/exampleRun.ts';
import { Progress } from './progress.ts';

const chunk = (scenarios: number, ...broken: string[]): RunLine => ({
  line: 'chunk',
  ...{ from: 0, to: scenarios, scenarios, events: 1, attempts: 1, observations: 1, rules: {}, unknown: {} },
  ...{ declined: {}, errors: [], firstBroken: Object.fromEntries(broken.map((rule) => [rule, 0])) },
});

/** Gives the progress one line a second; what it wrote. */
function written(isTTY: boolean, lines: readonly RunLine[], secondsEach = 1): string[] {
  const texts: string[] = [];
  let nowMs = 0;
  const progress = new Progress({
    output: { write: (text) => texts.push(text), isTTY },
    scenarios: 2_000,
    nowMs: () => nowMs,
  });
  for (const line of lines) {
    nowMs += secondsEach * 1_000;
    progress.take(line);
  }
  progress.end();
  return texts;
}

describe('progress', () => {
  test('on a terminal is one line that is written anew, and taken away at the end', () => {
    const clear = '\r\x1b[K';
    expect(written(true, [chunk(500), chunk(500, 'A', 'B')])).toEqual([
      `${clear}500 of 2,000 scenarios, 1.00 s`,
      `${clear}1,000 of 2,000 scenarios, 2.00 s, 2 rules broken`,
      clear,
    ]);
  });

  test('elsewhere is a plain line every 15 seconds, and nothing for what is over before', () => {
    expect(written(false, [chunk(500), chunk(500)])).toEqual([]);
    expect(written(false, [chunk(500), chunk(500), chunk(500)], 8)).toEqual([
      '1,000 of 2,000 scenarios, 16.0 s\n',
    ]);
  });

  test('says how many smallest scenarios were found while they are looked for', () => {
    const lines = [chunk(2_000, 'A', 'B'), exampleCounterexample('A')];
    expect(written(true, lines).at(-2)).toContain('2 rules broken; smallest scenarios found: 1');
  });
});
