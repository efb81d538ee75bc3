/** A disk that is full, and what may not be written. */
import { existsSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { inWorld } from './testing/inWorld.ts';
import { spawned } from './testing/spawned.ts';
import { refusedByDisk } from './usageError.ts';

/** What the system says, as Node passes it on. */
const systemError = (code: string, syscall: string, path?: string) =>
  Object.assign(new Error(`${code}: in the system's words`), {
    ...{ code, syscall },
    ...(path === undefined ? {} : { path }),
  });

test('a file that the disk refuses is told in a sentence, as a failure of ours', async () => {
  const openTarget = async () => {
    throw systemError('ENOSPC', 'write', '.conformance/journal-1.jsonl');
  };
  expect(await inWorld(['doctor'], { openTarget })).toEqual({
    code: 3,
    stdout: '',
    stderr: '.conformance/journal-1.jsonl could not be written: the disk is full.\n',
  });
});

test('what has nothing to do with a disk is none of its troubles', () => {
  expect(refusedByDisk(new Error('a defect'))).toBeUndefined();
  expect(refusedByDisk(systemError('ECONNREFUSED', 'connect'))).toBeUndefined();
  expect(refusedByDisk(systemError('EACCES', 'open', 'a.txt'))).toBe(
    'a.txt could not be used: permission is denied.',
  );
});

// A device that is always full is there on Linux only.
test.runIf(existsSync('/dev/full'))(
  'an output that is full is told in a sentence',
  async () => {
    const full = openSync('/dev/full', 'w');
    const { code, stderr } = await spawned(['list'], process.cwd(), { stdio: ['ignore', full, 'pipe'] });
    expect([code, stderr]).toEqual([3, 'What was to be printed could not be written: the disk is full.\n']);
  },
  30_000,
);
