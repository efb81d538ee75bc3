import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { tempFolder } from '../aws/testing/tempFolder.ts';
import { findPython } from './install.ts';

/** An executable that answers as a Python of that version does. */
function python(path: string, version: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho ${version}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('Python 3.13', () => {
  test('the one that PYTHON names comes first', async () => {
    const folder = tempFolder();
    const named = python(join(folder, 'mine'), '3 13');
    python(join(folder, 'bin/python3.13'), '3 13');
    expect(await findPython({ PYTHON: named, PATH: join(folder, 'bin') }, folder)).toBe(named);
  });

  test('then that of PATH, then the newest one of pyenv', async () => {
    const folder = tempFolder();
    const bin = join(folder, 'bin');
    const older = (name: string) => python(join(folder, '.pyenv/versions', name, 'bin/python3.13'), '3 13');
    older('3.13.2');
    const newest = older('3.13.11');
    mkdirSync(bin);
    expect(await findPython({ PATH: bin }, folder)).toBe(newest);
    python(join(bin, 'python3.13'), '3 13');
    expect(await findPython({ PATH: bin }, folder)).toBe('python3.13');
  });

  test('another version is none, and the sentence says what to do', async () => {
    const folder = tempFolder();
    const named = python(join(folder, 'mine'), '3 12');
    await expect(findPython({ PYTHON: named, PATH: folder }, folder)).rejects.toThrow(
      /needs Python 3\.13, and there is none: .*pyenv install 3\.13.*--endpoint/,
    );
  });
});
