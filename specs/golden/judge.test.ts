import { expect, test } from 'vitest';
import { memory, simulate } from '../../adapters/memory/index.ts';
import type { Entry, History } from '../../engine/history.ts';
import { AWS_TOLERANCES } from '../../engine/tolerances.ts';
import { goldenCases } from './index.ts';
import { judge, whyUnseen } from './judge.ts';

function caseOf(id: string) {
  const golden = goldenCases.find((one) => one.id === id);
  if (golden === undefined) throw new Error(`there is no case ${id}`);
  return golden;
}

const judged = (id: string, alter: (history: History) => History) => {
  const golden = caseOf(id);
  return judge(golden, alter(simulate(golden.scenario, 1)), AWS_TOLERANCES);
};

test('what is broken is told as what was expected and what was seen', () => {
  const results = judged('A04', (history) => ({
    ...history,
    entries: history.entries.filter((entry) => entry.kind !== 'started' || entry.at < 100),
  }));
  expect(results.filter(({ state }) => state === 'broken')).toMatchObject([
    { expected: '3 attempts of e1', observed: '2' },
    { expected: 'attempt 3 of e1', observed: 'none' },
  ]);
});

test('of a target that declined something nothing is said', () => {
  const results = judged('A02', (history) => ({
    ...history,
    entries: [...history.entries, { kind: 'declined', at: 1, capability: 'async', error: 'NotImplemented' }],
  }));
  expect(new Set(results.map(({ state, observed }) => `${state}: ${observed}`))).toEqual(
    new Set(['unseen: the target declined async: NotImplemented']),
  );
});

test('what a queue still holds is unseen where the target does not show it', () => {
  const results = judged('Q07', (history) => ({
    ...history,
    entries: history.entries.filter(({ kind }) => kind !== 'remaining'),
  }));
  expect(results.map(({ state }) => state)).toEqual(['kept', 'kept', 'unseen']);
});

test('waits between attempts are as long as the target makes them', () => {
  const golden = caseOf('A04');
  const history = simulate(golden.scenario, 1, { policy: { retryDelaysSeconds: [1, 2] } });
  const states = (tolerances: typeof AWS_TOLERANCES) =>
    new Set(judge(golden, history, tolerances).map(({ state }) => state));
  expect(states({ ...AWS_TOLERANCES, retryTimeScale: 1 / 60 })).toEqual(new Set(['kept']));
  expect(states(AWS_TOLERANCES)).toEqual(new Set(['kept', 'broken']));
});

test('a case is unseen where the target lacks what it needs, or shortens the waits that it is about', () => {
  const target = memory();
  expect(whyUnseen(caseOf('K01'), target)).toBeUndefined();
  expect(whyUnseen(caseOf('K01'), { ...target, capabilities: new Set() })).toBe(
    'the target has not: event source mappings of Kinesis streams',
  );
  const short = { ...target, tolerances: { ...AWS_TOLERANCES, retryTimeScale: 1 / 60 } };
  expect(whyUnseen(caseOf('A04'), short)).toBeUndefined();
  expect(whyUnseen(caseOf('A05'), short)).toContain('shorter');
  const small = { ...target, tolerances: { ...AWS_TOLERANCES, accountConcurrency: 10 } };
  expect(whyUnseen(caseOf('A14'), small)).toBeUndefined();
  expect(whyUnseen(caseOf('S23'), small)).toContain('too small');
});

test('of what may come twice one more is taken where the target says so, and none where nothing may come', () => {
  const golden = caseOf('A18');
  const history = simulate(golden.scenario, 1);
  const twice = history.entries.flatMap((entry): Entry[] =>
    entry.kind === 'started' ? [entry, entry] : [entry],
  );
  const states = (id: string, duplicateBudget: number) =>
    judge(caseOf(id), { ...history, entries: twice }, { ...AWS_TOLERANCES, duplicateBudget })
      .filter(({ expectation }) => expectation.expect === 'attempts')
      .map(({ state }) => state);
  expect(states('A18', 0)).toEqual(['broken']);
  expect(states('A18', 1)).toEqual(['kept']);
  expect(states('A15', 5)).toEqual(['broken']);
});
