import { expect, test } from 'vitest';
import type { History } from '../../engine/history.ts';
import { scenarioSchema } from '../../engine/scenario.ts';
import type { Target } from '../../engine/target.ts';
import { AWS_TOLERANCES } from '../../engine/tolerances.ts';
import { SideBySide } from './sideBySide.ts';

const scenario = scenarioSchema.parse({ scenario: 1, functions: [{ name: 'f' }], steps: [] });
const numbered = { scenario, seed: 1 };
const signal = new AbortController().signal;

/** A target whose scenarios end when they are told to. */
function instance(closing: () => Promise<void> = async () => undefined) {
  const ends: (() => void)[] = [];
  const target: Target = {
    name: 'tiny',
    version: '1',
    capabilities: new Set(['sqs']),
    tolerances: AWS_TOLERANCES,
    isRealTime: true,
    jobs: 4,
    run: () => new Promise<History>((resolve) => ends.push(() => resolve({ scenario, entries: [] }))),
    close: closing,
  };
  return { target, ends };
}

test('a scenario goes where the least is going on', async () => {
  const [a, b] = [instance(), instance()];
  const both = new SideBySide([a.target, b.target], 8);
  const running = [both.run(numbered, signal), both.run(numbered, signal), both.run(numbered, signal)];
  expect([a.ends.length, b.ends.length]).toEqual([2, 1]);
  b.ends[0]?.();
  await running[1];
  running.push(both.run(numbered, signal));
  expect([a.ends.length, b.ends.length]).toEqual([2, 2]);
  for (const end of [...a.ends, ...b.ends]) end();
  await Promise.all(running);
});

test('it is one target, that bears as much as all of them', () => {
  const first = { ...instance().target, notJudged: { 'SYNC-RESP-01': 'not its doing' } };
  const both = new SideBySide([first, instance().target], 8);
  expect(both).toMatchObject({ name: 'tiny', version: '1', isRealTime: true, jobs: 8 });
  expect(both.notJudged).toEqual({ 'SYNC-RESP-01': 'not its doing' });
  expect(both.capabilities.has('sqs')).toBe(true);
});

test('all are closed, and what went wrong with one is told', async () => {
  let closed = 0;
  const failing = instance(async () => {
    throw new Error('one resource is left');
  });
  const fine = instance(async () => {
    closed++;
  });
  const both = new SideBySide([failing.target, fine.target], 2);
  await expect(both.close()).rejects.toThrow('one resource is left');
  expect(closed).toBe(1);
});
