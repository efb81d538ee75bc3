import { expect, test } from 'vitest';
import { rules } from '../../specs/catalogue.ts';
import { EXECUTOR_RULES } from './executorRules.ts';

test('each rule that the executor decides is one that there is', () => {
  const ids = new Set(rules.map(({ id }) => id));
  expect(Object.keys(EXECUTOR_RULES).filter((id) => !ids.has(id))).toEqual([]);
  expect(EXECUTOR_RULES['SYNC-TIMEOUT-01']).toMatch(/executor, not by LocalStack/);
});
