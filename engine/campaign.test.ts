import { describe, expect, test } from 'vitest';
import { type CampaignOptions, CONFIRMATIONS, runCampaign } from './campaign.ts';
import { foldRun } from './result.ts';
import { defineRule } from './rule.ts';
import type { Counterexample, RunLine } from './runFile.ts';
import { runLineSchema } from './runFile.ts';
import type { Scenario } from './scenario.ts';
import { ScenarioError, TargetError } from './target.ts';
import { countingSource, historyOf, miniature, miniRules, oneAttempt } from './testing/miniatures.ts';

const options = (more: Partial<CampaignOptions> = {}): CampaignOptions => ({
  source: countingSource,
  target: miniature(),
  rules: miniRules,
  suite: 'test',
  scenarios: 1_200,
  finishing: new AbortController().signal,
  signal: new AbortController().signal,
  ...more,
});

async function linesOf(more: Partial<CampaignOptions> = {}): Promise<RunLine[]> {
  const lines: RunLine[] = [];
  for await (const line of runCampaign(options(more))) lines.push(line);
  return lines;
}

const foldedVerdicts = (lines: RunLine[]) =>
  Object.fromEntries((foldRun(lines, miniRules)?.rules ?? []).map(({ rule, verdict }) => [rule.id, verdict]));

/** What must be the same for the same seed: all but the times. */
const timeless = (lines: RunLine[]) =>
  lines.map((line) => {
    if (line.line === 'header') return { ...line, startedAt: '' };
    return line.line === 'footer' ? { ...line, elapsedSeconds: 0 } : line;
  });

/** Every event that has the number 3 or more gets two attempts: the smallest breach is three events. */
const doublesTheThird = (event: string) => (Number(event.slice(1)) >= 3 ? 2 : 1);

const counterexample = (lines: RunLine[]): Counterexample | undefined => {
  for (const line of lines) if (line.line === 'counterexample') return line;
  return undefined;
};

describe('a campaign', () => {
  test('keeps apart what passed, what never applied, what was not supported and what was only observed', async () => {
    expect(foldedVerdicts(await linesOf())).toEqual({
      'MINI-ONE-01': 'KEPT',
      'MINI-NEVER-01': 'VACUOUS',
      'MINI-METRIC-01': 'UNSUPPORTED',
      'MINI-OBSERVE-01': 'OBSERVED',
    });
  });

  test('does not judge by a rule that says nothing of the target, and tells why', async () => {
    const why = 'decided by a stand-in';
    const target = miniature(doublesTheThird, { notJudged: { 'MINI-ONE-01': why } });
    const lines = await linesOf({ target });
    expect(counterexample(lines)).toBeUndefined();
    const found = foldRun(lines, miniRules)?.rules.find(({ rule }) => rule.id === 'MINI-ONE-01');
    expect(found).toMatchObject({ verdict: 'UNSUPPORTED', reason: why, tally: { subjects: 0 } });
    for (const line of lines) runLineSchema.parse(JSON.parse(JSON.stringify(line)));
  });

  test('writes lines that its own schema accepts, a header first and a footer last', async () => {
    const lines = await linesOf({ target: miniature(doublesTheThird) });
    for (const line of lines) runLineSchema.parse(JSON.parse(JSON.stringify(line)));
    expect(lines.at(0)?.line).toBe('header');
    expect(lines.at(-1)?.line).toBe('footer');
  });

  test('shrinks a broken rule to a scenario from which nothing can be left out', async () => {
    const found = counterexample(await linesOf({ target: miniature(doublesTheThird) }));
    expect(found?.rule).toBe('MINI-ONE-01');
    // The third event alone breaks it: that no shrinker of this source proposes, dropping single steps does.
    expect(found?.scenario.steps.map((step) => step.do === 'invoke' && step.event)).toEqual(['e3']);
    expect(found?.entries[found.marks[0] ?? -1]).toMatchObject({ kind: 'started', attempt: 'a-e3-2' });
  });

  test('is the same for the same seed, line for line', async () => {
    const once = timeless(await linesOf({ target: miniature(doublesTheThird) }));
    const again = timeless(await linesOf({ target: miniature(doublesTheThird) }));
    expect(again).toEqual(once);
  });

  test.each([1, 2, 3, 4, 5])('goes on after %i lines as if it had never stopped', async (cut) => {
    const target = () => miniature(doublesTheThird);
    const whole = await linesOf({ target: target() });
    const earlier = whole.slice(0, cut);
    const rest = await linesOf({ target: target(), earlier });
    expect(timeless([...earlier, ...rest])).toEqual(timeless(whole));
  });

  test('runs only its share in a shard, and the shares are the whole', async () => {
    const [one, two] = [miniature(), miniature()];
    await linesOf({ target: one, shard: { index: 1, of: 2 }, scenarios: 100 });
    await linesOf({ target: two, shard: { index: 2, of: 2 }, scenarios: 100 });
    const seeds = [...one.ran, ...two.ran].map(({ seed }) => seed);
    expect([one.ran.length, two.ran.length, new Set(seeds).size]).toEqual([50, 50, 100]);
  });

  test('tells a rule that fails by itself from a rule that is broken', async () => {
    const broken = defineRule({
      ...{ id: 'MINI-CRASH-01', level: 'MUST', invariant: 'Crashes.', sources: [] },
      level: 'MUST',
      subjects: (view) => view.events,
      check: () => {
        throw new Error('our own defect');
      },
    });
    const result = foldRun(await linesOf({ rules: [broken, oneAttempt], scenarios: 1 }), [
      broken,
      oneAttempt,
    ]);
    expect(result?.errors).toEqual([{ scenario: 0, message: 'rule MINI-CRASH-01 failed: our own defect' }]);
    expect(result?.rules[1]?.verdict).toBe('KEPT');
  });
});

describe('a campaign on a real clock', () => {
  const slow = (attemptsOf: (event: string) => number, runs = { now: 0, most: 0 }) =>
    miniature(attemptsOf, {
      isRealTime: true,
      run: async ({ scenario }) => {
        runs.now++;
        runs.most = Math.max(runs.most, runs.now);
        await new Promise((resolve) => setTimeout(resolve, 2));
        runs.now--;
        return historyOf(scenario, attemptsOf);
      },
    });

  test('runs as many scenarios side by side as the target bears, and no more', async () => {
    const runs = { now: 0, most: 0 };
    await linesOf({ target: slow(() => 1, runs), scenarios: 20 });
    expect(runs.most).toBe(4);
  });

  test.each([
    ['begins with the longest where all are run', {}, [0, 1, 2], [2, 1, 0]],
    ['keeps their order where time may be up before', { timeSeconds: 3_600 }, [0, 1, 2], [0, 1, 2]],
    ['passes over what would not be over in time', { timeSeconds: 3_600 }, [1, 9_000, 0, 90_000], [1, 0]],
    [
      'begins nothing where nothing would be over in time',
      { timeSeconds: 3_600, scenarios: null },
      [9_000],
      [],
    ],
  ])('%s', async (_, more, lasting, order) => {
    const began: number[] = [];
    const target = miniature(() => 1, {
      isRealTime: true,
      run: async ({ scenario }) => {
        began.push(scenario.steps[0]?.atSeconds ?? -1);
        return historyOf(scenario, () => 1);
      },
    });
    const later: CampaignOptions['source'] = {
      seed: 1,
      draw: (index) => {
        const { scenario } = countingSource.draw(index);
        const atSeconds = lasting[index % lasting.length] ?? 0;
        const steps = scenario.steps.map((step) => ({ ...step, atSeconds }));
        return { scenario: { ...scenario, steps }, shrinks: () => [] };
      },
    };
    await linesOf({ target, source: later, scenarios: lasting.length, jobs: 1, ...more });
    expect(began).toEqual(order);
  });

  test('finds the same smallest scenario as one that tries its candidates one by one', async () => {
    const target = () => slow(doublesTheThird);
    const [alone, together] = await Promise.all([
      linesOf({ target: target(), scenarios: 10, jobs: 1 }),
      linesOf({ target: target(), scenarios: 10, jobs: 8 }),
    ]);
    expect(counterexample(together)?.scenario).toEqual(counterexample(alone)?.scenario);
  });

  test('runs a violation again before it tells it, and says how often it recurred', async () => {
    const found = counterexample(await linesOf({ target: slow(doublesTheThird), scenarios: 10 }));
    expect([found?.broke, found?.runs]).toEqual([CONFIRMATIONS, CONFIRMATIONS]);
  });

  test('does not accuse a target for what never recurs, and shows what was seen that once', async () => {
    let runs = 0;
    const onlyOnce = () => (++runs === 1 ? 2 : 1);
    const lines = await linesOf({ target: slow(onlyOnce), scenarios: 3, jobs: 1 });
    const once = foldRun(lines, miniRules)?.rules.find(({ rule }) => rule.id === 'MINI-ONE-01');
    expect(once?.verdict).toBe('UNKNOWN');
    expect(once?.reason).toBe('broken once, and in none of 5 further runs: expected one attempt, observed 2');
    const { broke, path, marks = [], entries = [] } = once?.counterexample ?? {};
    expect([broke, path]).toEqual([0, '2']);
    expect(entries[marks[0] ?? -1]?.kind).toBe('started');
  });

  test('goes back to the scenario that was drawn where a smaller one broke the rule by chance only', async () => {
    const alone = new Set<string>();
    const byChance = (event: string, { steps }: Scenario) => {
      if (steps.length > 1) return doublesTheThird(event);
      const attempts = alone.has(event) ? 1 : doublesTheThird(event);
      alone.add(event);
      return attempts;
    };
    const target = miniature(byChance, { isRealTime: true });
    const found = counterexample(await linesOf({ target, scenarios: 10 }));
    expect(alone).toContain('e3');
    expect(found?.scenario.steps).toHaveLength(3);
    expect(found?.broke).toBe(CONFIRMATIONS);
  });

  test('tells a scenario that cannot be run as an error of its own, and shrinks past it', async () => {
    const picky = miniature(doublesTheThird, {
      isRealTime: true,
      run: async ({ scenario }) => {
        if (scenario.steps.length === 2) throw new ScenarioError('The target refused a valid set-up.');
        return historyOf(scenario, doublesTheThird);
      },
    });
    const lines = await linesOf({ target: picky, scenarios: 10 });
    const result = foldRun(lines, miniRules);
    expect(result?.errors.map(({ message }) => message)).toContain('The target refused a valid set-up.');
    expect(counterexample(lines)?.broke).toBe(CONFIRMATIONS);
  });

  test('ends with an error when the target is gone, and what it had told stays told', async () => {
    let runs = 0;
    const dying = miniature(() => 1, {
      isRealTime: true,
      run: async ({ scenario }) => {
        if (++runs > 5) throw new TargetError('The target does not answer any more: start it again.');
        return historyOf(scenario, () => 1);
      },
    });
    const lines: RunLine[] = [];
    const running = async () => {
      for await (const line of runCampaign(options({ target: dying, scenarios: 20, jobs: 1 })))
        lines.push(line);
    };
    await expect(running()).rejects.toThrow(TargetError);
    expect(lines.filter(({ line }) => line === 'chunk')).toHaveLength(5);
  });

  test('comes to an end when it is asked to finish, and says that it was interrupted', async () => {
    const stop = new AbortController();
    const lines: RunLine[] = [];
    for await (const line of runCampaign(
      options({ target: slow(() => 1), scenarios: 50, finishing: stop.signal }),
    )) {
      lines.push(line);
      if (lines.length === 3) stop.abort();
    }
    expect(lines.at(-1)).toMatchObject({ line: 'footer', interrupted: true });
    expect(lines.length).toBeLessThan(12);
  });
});
