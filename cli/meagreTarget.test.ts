/** A target that runs functions and offers nothing else: what it lacks is found out once, and not drawn. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FakeLambda, fakeLambda } from './testing/fakeLambda.ts';
import { spawned } from './testing/spawned.ts';

let lambda: FakeLambda;
let folder: string;
beforeAll(async () => {
  lambda = await fakeLambda();
  folder = mkdtempSync(join(tmpdir(), 'lambda-conformance-meagre-'));
});
afterAll(async () => {
  await lambda.close();
  rmSync(folder, { recursive: true, force: true });
});

const LACKING = ['async', 'versions', 'aliases', 'eventInvokeConfig', 'destinations', 'topics', 'buckets'];

const journals = () =>
  readdirSync(join(folder, '.conformance'), { recursive: true }).filter((file) =>
    String(file).startsWith('journal-'),
  );

const LEFT = ['invoke', 'dryRun', 'pending', 'controlPlane', 'names', 'overlap', 'environments'];

test('doctor tells what it declines, and in which words', async () => {
  const { stdout } = await spawned(['doctor', '--endpoint', lambda.url], folder);
  expect(stdout).toMatch(/^ {2}· topics: SNS topics – declined: NotImplementedException \(501\): not here$/m);
  expect(stdout).toMatch(/^ {2}✓ controlPlane: /m);
  const { capabilities, declined } = JSON.parse(
    (await spawned(['doctor', '--endpoint', lambda.url, '--json'], folder)).stdout,
  );
  expect(capabilities).toEqual(LEFT);
  expect(Object.keys(declined)).toEqual(expect.arrayContaining(LACKING));
}, 30_000);

test('a run draws nothing of what it lacks, decides the rest, and leaves no journal', async () => {
  const words = ['run', '--endpoint', lambda.url, '--rules', 'SYNC-ERR-0*,ASYNC-*', '--scenarios', '5'];
  const { stderr } = await spawned([...words, '--seed', '1', '--out', 'run.jsonl'], folder);
  const [header, ...chunks] = readFileSync(join(folder, 'run.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ line }) => line === 'header' || line === 'chunk');
  expect(header.capabilities).toEqual(LEFT);
  expect(
    chunks.map(({ errors }) => errors),
    stderr,
  ).toEqual([[], [], [], [], []]);
  expect(chunks.filter(({ attempts }) => attempts > 0).length).toBeGreaterThan(2);
  expect(journals()).toEqual([]);
  expect((await spawned(['sweep'], folder)).code).toBe(0);
}, 60_000);
