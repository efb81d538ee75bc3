import { expect, test } from 'vitest';
import { rules } from '../../specs/catalogue.ts';
import { FAKECLOUD } from './fakecloud.ts';

test('each rule that the container decides is one that there is', () => {
  const ids = new Set(rules.map(({ id }) => id));
  const notJudged = FAKECLOUD.notJudged ?? {};
  expect(Object.keys(notJudged).filter((id) => !ids.has(id))).toEqual([]);
  expect(notJudged['SYNC-TIMEOUT-01']).toMatch(/emulator in the container, not by fakecloud/);
});
