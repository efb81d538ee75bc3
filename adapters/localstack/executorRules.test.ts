import { expect, test } from 'vitest';
import { rules } from '../../specs/catalogue.ts';
import { executorRules } from './executorRules.ts';

test('each rule that the executor decides is one that there is', () => {
  const ids = new Set(rules.map(({ id }) => id));
  const decided = executorRules('LocalStack');
  expect(Object.keys(decided).filter((id) => !ids.has(id))).toEqual([]);
  expect(decided['SYNC-TIMEOUT-01']).toMatch(/executor, not by LocalStack/);
});
