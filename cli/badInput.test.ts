/** Whatever a user gives wrongly is told in one sentence on stderr, with the right exit code and no stack trace. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fakeLambda } from './testing/fakeLambda.ts';
import { type Ended, serving, silenced, spawned } from './testing/spawned.ts';

const folder = mkdtempSync(join(tmpdir(), 'lambda-conformance-bad-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

/** One line that names the trouble, nothing on stdout, no stack. */
function expectSentence({ code, stdout, stderr }: Ended, exit: number, sentence: string | RegExp): void {
  expect(stderr).toMatch(sentence);
  expect(stderr.trimEnd().split('\n'), stderr).toHaveLength(1);
  expect(stderr).not.toMatch(/^\s+at |itself failed/m);
  expect([code, stdout]).toEqual([exit, '']);
}

const scenario = {
  scenario: 1,
  functions: [{ name: 'f' }],
  steps: [{ atSeconds: 0, do: 'invoke', function: 'f', event: 'e1' }],
};
const header = {
  ...{ line: 'header', format: 1, suite: '0', seed: 1, scenarios: 1, rules: [], capabilities: [] },
  ...{ target: { name: 'memory', version: '', isRealTime: false }, startedAt: '' },
};

describe('words', () => {
  test.each<[string[], RegExp]>([
    [['runn'], /unknown command 'runn' \(Did you mean run\?\)/i],
    [['run', '--sed', '1'], /unknown option '--sed' \(Did you mean --seed\?\)/i],
    [['run', '--target', 'memry'], /no target "memry" \(did you mean memory\?\): choose one of memory, /],
    [['run', '--endpoint', 'localhost:4566'], /"localhost:4566" is no endpoint: write it like http:/],
    [['run', '--target', 'memory', '--endpoint', 'http://127.0.0.1:1'], /memory has no endpoint/],
    [
      ['run', '--rules', 'ASYNC-RETRY-0'],
      /No rule is called ASYNC-RETRY-0 \(did you mean ASYNC-RETRY-01\?\)/,
    ],
    [['run', '--rules', 'NOTHING-*'], /No rule is called NOTHING-\*: `lambda-conformance list`/],
    [['run', '--level', 'hard'], /Choose must, should or may\./],
    [['run', '--scenarios', '0'], /Give a whole number from 1 on\./],
    [['run', '--scenarios', '1e3'], /Give a whole number from 1 on\./],
    [['run', '--seed', '99999999999'], /Give a whole number from -2147483648 to 2147483647\./],
    [['run', '--time', '10'], /Write it like 90s, 10m or 1h30m\./],
    [['run', '--shard', '5/4'], /Write it like 1\/4/],
    [['run', '--report', 'html=x.html'], /there are md, junit, json/],
    [['run', '--report', 'md'], /Write it like md=report\.md/],
    [['run', '--report', 'md=.'], /md report cannot be written to \.: it is a folder/],
    [['run', '--out', '.'], /\. cannot be the run file: it is a folder/],
    [['run', '--out', '/dev/null'], /\/dev\/null cannot be the run file: it is no ordinary file/],
    [['run', 'more'], /too many arguments/i],
    [['explain'], /missing required argument/i],
    [['explain', 'ASYNC-RETRY-1'], /neither a rule nor a file called ASYNC-RETRY-1 \(did you mean /],
    [['list', '--rules', 'X-1'], /No rule is called X-1/],
    [['replay', 'x.json', '-n', 'many'], /Give a whole number/],
    [['doctor', '--target', 'ministak'], /did you mean ministack\?/],
    [['sweep', '--endpoint', 'x'], /"x" is no endpoint/],
    [
      ['report', 'none.jsonl'],
      /none\.jsonl is not there: `lambda-conformance run --out none\.jsonl` writes it/,
    ],
  ])('%j', async (words, sentence) => {
    expectSentence(await spawned(words, folder), 2, sentence);
  });
});

describe('files', () => {
  beforeAll(() => {
    write('cut.json', JSON.stringify(scenario).slice(0, 40));
    write('words.json', 'functions: f');
    write('empty.json', '');
    write('list.json', '[1, 2]');
    write('other.json', '{"name": "other"}');
    write('newer.json', JSON.stringify({ ...scenario, scenario: 2 }));
    write('newer-counterexample.json', JSON.stringify({ counterexample: 2, scenario }));
    write('typo.json', JSON.stringify({ ...scenario, functions: [{ name: 'f', timeoutSecond: 3 }] }));
    write('undeclared.json', JSON.stringify({ ...scenario, functions: [{ name: 'g' }] }));
    write('no-steps.json', JSON.stringify({ scenario: 1, functions: [{ name: 'f' }] }));
    write('unknown-entries.json', JSON.stringify({ scenario, entries: [{ at: 'noon' }] }));
    write('a-run.jsonl', `${JSON.stringify(header)}\n`);
    write('newer-run.jsonl', `${JSON.stringify({ ...header, format: 2 })}\n`);
    write(
      'damaged-run.jsonl',
      `${JSON.stringify(header)}\n{"line": "chu\n{"line":"footer","elapsedSeconds":1}\n`,
    );
    write('strange-run.jsonl', `${JSON.stringify(header)}\n{"line":"footer","elapsedSeconds":"long"}\n`);
    write('cut-run.jsonl', JSON.stringify(header).slice(0, 60));
    write('huge', '');
    truncateSync(join(folder, 'huge'), 100 * 1_024 * 1_024);
    mkdirSync(join(folder, 'folder.json'));
  });

  const bad: [string, RegExp][] = [
    ['none.json', /none\.json cannot be read: it is not there\./],
    ['cut.json', /cut\.json is not JSON \(it seems to be cut off\)/],
    ['words.json', /words\.json is not JSON \(/],
    ['empty.json', /empty\.json is empty/],
    ['list.json', /list\.json is JSON, but no scenario/],
    ['other.json', /other\.json is JSON, but no scenario/],
    [
      'newer.json',
      /newer\.json is a scenario of version 2, and this lambda-conformance reads 1: install a newer one/,
    ],
    ['newer-counterexample.json', /is a counterexample of version 2/],
    ['typo.json', /typo\.json is no valid scenario: functions\[0\]: .*timeoutSecond/],
    ['undeclared.json', /event e1 invokes "f", which is not declared/],
    ['no-steps.json', /no valid scenario: steps: /],
    ['unknown-entries.json', /no valid scenario: entries\[0\]: an observation has a kind and a time/],
    ['a-run.jsonl', /is a run file: `lambda-conformance report .*a-run\.jsonl` tells it/],
    ['huge', /huge has 100 MB, and a scenario at most 16/],
    ['folder.json', /folder\.json is no file/],
  ];

  test.each(bad)('explain %s', async (name, sentence) => {
    expectSentence(await spawned(['explain', join(folder, name)], folder), 2, sentence);
  });

  // The same reader: that it is used is shown by a few.
  test.each(bad.filter(([name]) => /^(none|cut|newer|huge)\b/.test(name)))(
    'replay %s',
    async (name, sentence) => {
      expectSentence(await spawned(['replay', join(folder, name)], folder), 2, sentence);
    },
  );

  test.each<[string, RegExp]>([
    ['cut.json', /is not a run file: its first line is no header/],
    ['words.json', /is not a run file/],
    ['empty.json', /is not a run file/],
    [
      'newer-run.jsonl',
      /is a run file of format 2, and this lambda-conformance reads 1: install a newer one/,
    ],
    ['damaged-run.jsonl', /is damaged: its line 2 is not JSON/],
    ['strange-run.jsonl', /is damaged: line 2: elapsedSeconds: /],
    ['cut-run.jsonl', /was cut off in its first line: run it again/],
    ['huge', /is not a run file/],
    ['folder.json', /folder\.json cannot be read: it is a folder/],
  ])('report %s', async (name, sentence) => {
    const before = performance.now();
    expectSentence(await spawned(['report', join(folder, name)], folder), 2, sentence);
    // 100 MB are refused by their beginning.
    expect(performance.now() - before).toBeLessThan(15_000);
  });

  test.each<[string, RegExp]>([
    ['cut.json', /is not a run file/],
    ['newer-run.jsonl', /is a run file of format 2/],
    ['a-run.jsonl', /was run with lambda-conformance 0, and this is /],
  ])('run --resume --out %s', async (name, sentence) => {
    expectSentence(await spawned(['run', '--resume', '--out', join(folder, name)], folder), 2, sentence);
  });
});

describe('no permission to write', () => {
  const locked = mkdtempSync(join(tmpdir(), 'lambda-conformance-locked-'));
  chmodSync(locked, 0o555);
  afterAll(() => {
    rmSync(locked, { recursive: true, force: true });
  });
  // Root may write everywhere: then the command runs as nobody.
  const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

  test.each<[string[], RegExp]>([
    [
      ['run', '--scenarios', '1'],
      /run\.jsonl cannot be written: permission is denied\. Choose another file with --out\./,
    ],
    [['run', '--scenarios', '1', '--out', 'x.jsonl'], /x\.jsonl cannot be written: permission is denied/],
    [
      ['run', '--scenarios', '1', '--report', 'md=x.md'],
      /md report cannot be written to x\.md: permission is denied/,
    ],
  ])('%j', async (words, sentence) => {
    expectSentence(await spawned(words, locked, asNobody), 2, sentence);
  });
});

describe('endpoints', () => {
  const run = (url: string, ...words: string[]) =>
    spawned(['run', '--endpoint', url, '--scenarios', '3', ...words], mkdtempSync(join(folder, 'run-')));

  test('where nothing listens', async () => {
    const { url, server } = await serving(() => {});
    await silenced(server);
    expectSentence(
      await run(url),
      3,
      /Nothing answers at http:.*: start the target there, or give another --endpoint/,
    );
  });

  test('that answers HTML', async () => {
    const { url, server } = await serving((_, response) => {
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<html><body>Welcome to nginx!</body></html>');
    });
    expectSentence(await run(url), 3, /answers, but not as the Lambda API/);
    const doctor = await spawned(['doctor', '--endpoint', url], folder);
    await silenced(server);
    expect([doctor.code, doctor.stderr]).toEqual([3, '']);
    expect(doctor.stdout).toMatch(/✗ lambda/);
  });

  test('that hangs', async () => {
    const { url, server } = await serving(() => {});
    expectSentence(await run(url), 3, /accepts connections but does not answer within 5 s/);
    await silenced(server);
  }, 20_000);

  test('that dies in the middle', async () => {
    const lambda = await fakeLambda((k) => (k > 5 ? 'die' : 'run'));
    const words = ['--jobs', '1', '--rules', 'SYNC-*', '--scenarios', '500'];
    const ended = await run(lambda.url, ...words);
    // Before the sentence stands what was planned; on a slow machine there are lines of progress, too.
    const stderr = ended.stderr.replace(/^(Planned: |[\d,]+ of 500 scenarios, ).*\n/gm, '');
    expectSentence(
      { ...ended, stderr },
      3,
      /^Nothing answers at .*`lambda-conformance sweep` tries again\. What was decided until then is in .*: --resume goes on with it\.$/m,
    );
  }, 60_000);
});
