import { beforeEach, expect, test, vi } from 'vitest';
import { attachedTolerances, LOCALSTACK, localstack } from './localstack.ts';

const machine = vi.hoisted(() => ({ hasEngine: false }));
vi.mock('./container.ts', () => ({
  hasEngine: async () => machine.hasEngine,
  startContainer: async (version: string) => {
    throw new Error(`a container of ${version}`);
  },
}));
vi.mock('./plainProcess.ts', () => ({
  startAsProcess: async ({ title }: { title: string }) => {
    throw new Error(`a process of ${title}`);
  },
}));

beforeEach(() => {
  machine.hasEngine = false;
});

test('an instance that runs already has the waits that LocalStack has by itself, or what is said of it', () => {
  expect(attachedTolerances({}).retryTimeScale).toBe(1);
  expect(attachedTolerances({ LAMBDA_RETRY_BASE_DELAY: '3' }).retryTimeScale).toBe(3 / 60);
  expect(attachedTolerances({ LAMBDA_RETRY_BASE_DELAY: '0' }).retryTimeScale).toBeGreaterThan(0);
});

test('an instance that runs already has the time that containers take to start', () => {
  const { schedulingSlackSeconds = 0 } = LOCALSTACK.tolerances;
  expect(attachedTolerances({}).schedulingSlackSeconds).toBeGreaterThan(schedulingSlackSeconds);
});

test('it is started in a container where an engine answers, and as a process where none does', async () => {
  await expect(localstack()).rejects.toThrow('a process of LocalStack');
  machine.hasEngine = true;
  await expect(localstack()).rejects.toThrow('a container of 4.14.0');
});

test('with an endpoint nothing is started', async () => {
  machine.hasEngine = true;
  await expect(localstack({ endpoint: 'http://127.0.0.1:9' })).rejects.toThrow(/127\.0\.0\.1:9/);
});
