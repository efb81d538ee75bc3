import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documented, POLICY_TABLE, policyWith } from './policy.ts';

test('every entry cites a rule and says what it means', () => {
  for (const [name, { rule, says }] of Object.entries(POLICY_TABLE)) {
    expect(rule, name).toMatch(/^[A-Z0-9]+(-[A-Z0-9]+)*-\d\d$/);
    expect(says.length, name).toBeGreaterThan(2);
  }
});

test('the model acts on every entry', () => {
  const folders = ['.', 'controlPlane', 'polling', 'polling/sqs', 'polling/shards', 'polling/kafkaMq'].map(
    (folder) => new URL(`${folder}/`, import.meta.url),
  );
  const sources = folders
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((file) => /^(?!policy|limits|neighbours).*(?<!\.test)\.ts$/.test(file))
        .map((file) => readFileSync(new URL(file, folder), 'utf8')),
    )
    .join('\n');
  expect(Object.keys(documented).filter((name) => !new RegExp(`\\b${name}\\b`).test(sources))).toEqual([]);
});

test('a partial policy is the documented one with its own entries', () => {
  const policy = policyWith({ maximumRetryAttempts: 5 });
  expect(policy.maximumRetryAttempts).toBe(5);
  expect({ ...policy, maximumRetryAttempts: 2 }).toEqual(documented);
  expect(policyWith(undefined)).toBe(documented);
});
