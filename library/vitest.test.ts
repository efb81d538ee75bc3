/** The plug-in and a baseline: what is known is skipped, what has expired or is fixed fails. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const repository = join(import.meta.dirname, '..');

interface Assertion {
  readonly title: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
  readonly meta: object;
}

test('each entry of a baseline is skipped, or fails with what to do', () => {
  const { stdout } = spawnSync(
    process.execPath,
    [
      ...[join(repository, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=json'],
      ...['--config', 'library/testing/heldAgainst.config.ts'],
    ],
    { cwd: repository, encoding: 'utf8' },
  );
  const { testResults } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
    readonly testResults: readonly { readonly assertionResults: readonly Assertion[] }[];
  };
  const found = new Map(
    testResults.flatMap(({ assertionResults }) =>
      assertionResults.map(({ title, status, failureMessages }) => [
        title.split(' ')[0],
        [status, failureMessages.join().split('\n')[0]],
      ]),
    ),
  );
  expect(Object.fromEntries(found)).toEqual({
    every: ['passed', ''],
    'ASYNC-RETRY-01': ['skipped', ''],
    'ASYNC-DEST-01': expect.arrayContaining(['passed']),
    'ASYNC-DLQ-03': [
      'failed',
      expect.stringContaining('accepted no longer: no attributes (until 2020-01-01).'),
    ],
    'ASYNC-RETRY-02': ['failed', expect.stringContaining('fixed: take ASYNC-RETRY-02 out of the baseline')],
    'ASYNC-DEST-04': ['skipped', ''],
  });
}, 60_000);
