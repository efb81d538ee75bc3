import { expect, test } from 'vitest';
import { pickupWithinSeconds, repeatWithinSeconds } from './horizon.ts';
import { AWS_TOLERANCES } from './tolerances.ts';

const tolerances = {
  ...AWS_TOLERANCES,
  pollSeconds: 5,
  windowLateSeconds: 20,
  pollingRetrySeconds: 300,
  schedulingSlackSeconds: 1,
};

test('a mapping looks at its source within a poll and the slack, after its batching window', () => {
  expect(pickupWithinSeconds('kinesis', 0, tolerances)).toBe(5 + 2);
  expect(pickupWithinSeconds('kinesis', 10, tolerances)).toBe(5 + 10 + 2);
});

test('the window of a queue may close late, as AWS says; no other does', () => {
  expect(pickupWithinSeconds('sqs', 0, tolerances)).toBe(5 + 2);
  expect(pickupWithinSeconds('sqs', 10, tolerances)).toBe(5 + 10 + 20 + 2);
});

test('what failed comes again after a wait and, out of a queue, its visibility timeout', () => {
  const polled = { windowSeconds: 0, visibilitySeconds: 30 };
  expect(repeatWithinSeconds({ kind: 'kinesis', ...polled }, tolerances)).toBe(300 + 7);
  expect(repeatWithinSeconds({ kind: 'sqs', ...polled }, tolerances)).toBe(30 + 300 + 7);
});
