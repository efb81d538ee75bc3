import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempFolder } from '../aws/testing/tempFolder.ts';
import { pythonTool } from './pythonTool.ts';

/** Stands for Python: makes the folder of `-m venv`, with itself in it, and says yes to pip. */
const FAKE = `#!/bin/sh
[ "$2" = venv ] || exit 0
mkdir -p "$3/bin" && cp "$0" "$3/bin/python"
`;

test('a requirement with extras has a folder whose name no shell takes for a pattern', async () => {
  const folder = tempFolder();
  const python = join(folder, 'python');
  writeFileSync(python, FAKE);
  chmodSync(python, 0o755);
  const tool = await pythonTool('moto[server]==5.2.5', 'moto_server', folder, python);
  expect(tool).toBe(join(folder, 'moto-server-5.2.5', 'bin', 'moto_server'));
  expect(existsSync(join(folder, 'moto-server-5.2.5', 'complete'))).toBe(true);
});
