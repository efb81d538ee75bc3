/**
 * The package as a user gets it: packed, installed into an empty project, on the oldest and the newest Node that it
 * promises. Installs from the registry, so it runs only with CONFORMANCE_REAL=1.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const repository = join(import.meta.dirname, '..');
const minutes = 60_000;

describe.skipIf(process.env['CONFORMANCE_REAL'] !== '1')('the packed package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lambda-conformance-package-'));
  let tarball = '';
  beforeAll(() => {
    execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: repository, stdio: 'pipe' });
    tarball = join(folder, readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? '');
  }, 3 * minutes);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(['22.12.0', '24'])('on Node %s', (version) => {
    const project = join(folder, `node-${version}`);
    const run = (command: string, ...words: string[]): string =>
      execFileSync(command, words, {
        cwd: project,
        encoding: 'utf8',
        stdio: 'pipe',
        env: {
          ...process.env,
          PATH: [join(project, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
        },
      });

    beforeAll(() => {
      execFileSync('mkdir', ['-p', project]);
      const manifest = { name: 'empty', private: true, type: 'module', allowScripts: { node: true } };
      writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
      // vitest and TypeScript are the user's own; both are asked for in the versions that this repository has.
      const { devDependencies } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
      const tools = ['vitest', 'typescript', '@types/node'].map((name) => `${name}@${devDependencies[name]}`);
      run('npm', 'install', '--no-audit', '--no-fund', tarball, `node@${version}`, ...tools);
    }, 5 * minutes);

    test('runs on that Node', () => {
      expect(run('node', '--version')).toMatch(new RegExp(`^v${version.replaceAll('.', '\\.')}`));
    });

    test('gives the command', () => {
      const output = run('npx', 'lambda-conformance', 'run', '--scenarios', '200', '--seed', '1', '--json');
      expect(JSON.parse(output)).toMatchObject({ scenarios: 200 });
    });

    test('gives the library', () => {
      writeFileSync(
        join(project, 'use.mjs'),
        `import { campaign, memory, rules } from 'lambda-conformance';
         const target = memory();
         const result = await campaign({ target, scenarios: 200 });
         await target.close();
         console.log(result.scenarios, result.rules.length === rules.length);`,
      );
      expect(run('node', 'use.mjs').trim()).toBe('200 true');
    });

    test('gives the vitest plug-in: one test a rule', () => {
      writeFileSync(
        join(project, 'conformance.test.mjs'),
        `import { conformance } from 'lambda-conformance/vitest';
         conformance({ scenarios: 2000 });`,
      );
      const output = run('npx', 'vitest', 'run', '--reporter=json', 'conformance.test.mjs');
      const { numPassedTests, numFailedTests } = JSON.parse(output.slice(output.indexOf('{')));
      expect(numFailedTests).toBe(0);
      expect(numPassedTests).toBeGreaterThan(50);
    });

    test('has types that check under strict', () => {
      writeFileSync(
        join(project, 'types.ts'),
        `import { campaign, memory, rules, type RunResult } from 'lambda-conformance';
         import { conformance } from 'lambda-conformance/vitest';
         const result: RunResult = await campaign({ target: memory(), rules, seed: 1, scenarios: 1 });
         const first: string | undefined = result.rules[0]?.rule.id;
         conformance({ target: () => memory(), baseline: [{ rule: 'ASYNC-RETRY-01', reason: first ?? '' }] });`,
      );
      const options = { strict: true, noEmit: true, module: 'nodenext', target: 'es2023', types: ['node'] };
      writeFileSync(
        join(project, 'tsconfig.json'),
        JSON.stringify({ compilerOptions: { ...options, skipLibCheck: false }, files: ['types.ts'] }),
      );
      expect(run('npx', 'tsc', '-p', '.')).toBe('');
    });

    test('brings what LocalStack as a plain process needs', () => {
      const files = (folder: string) => readdirSync(folder, { recursive: true }).map(String).sort();
      const needed = files(join(repository, 'adapters/localstack/process'));
      expect(needed).toContain('lambda_conformance_localstack/executor.py');
      const shipped = 'node_modules/lambda-conformance/dist/adapters/localstack/process';
      expect(files(join(project, shipped))).toEqual(needed);
    });

    test('brings nothing that only development needs', () => {
      const installed = readdirSync(join(project, 'node_modules'));
      expect(installed).not.toContain('aws-sdk-client-mock');
      expect(installed).not.toContain('@biomejs');
      const shipped = readdirSync(join(project, 'node_modules/lambda-conformance'), { recursive: true }).map(
        String,
      );
      expect(shipped.filter((file) => /\.(test|spec)\.|testing\/|node_modules|bench/.test(file))).toEqual([]);
    });
  });
});
