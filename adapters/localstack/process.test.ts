/** The Python package of process mode, by Python's own unittest. Needs Python 3.13, and nothing that is installed. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, test } from 'vitest';
import { findPython, PROCESS_FOLDER } from './install.ts';

const folder = join(import.meta.dirname, 'testing');
const files = readdirSync(folder).filter((name) => /^test_.*\.py$/.test(name));
const python = await findPython().catch(() => undefined);

describe.skipIf(python === undefined || process.platform !== 'linux')(
  'process mode (skipped where there is no Python 3.13)',
  () => {
    test.concurrent.each(files)('%s', { timeout: 60_000 }, async (file) => {
      const path = [PROCESS_FOLDER, join(PROCESS_FOLDER, 'lambda_conformance_localstack')].join(':');
      const env = {
        ...process.env,
        PYTHONPATH: path,
        PYTHONDONTWRITEBYTECODE: '1',
        LC_NODE: process.execPath,
      };
      await promisify(execFile)(python ?? '', [join(folder, file)], { env });
    });
  },
);
