import { expect, test } from 'vitest';
import { attachedTolerances } from './localstack.ts';

test('an instance that runs already has the waits that LocalStack has by itself, or what is said of it', () => {
  expect(attachedTolerances({}).retryTimeScale).toBe(1);
  expect(attachedTolerances({ LAMBDA_RETRY_BASE_DELAY: '3' }).retryTimeScale).toBe(3 / 60);
  expect(attachedTolerances({ LAMBDA_RETRY_BASE_DELAY: '0' }).retryTimeScale).toBeGreaterThan(0);
});
