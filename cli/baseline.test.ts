/** A baseline from a run, and runs held against it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defineRule } from '../engine/rule.ts';
import { miniature, miniRules } from '../engine/testing/miniatures.ts';
import { baselineSchema } from '../reports/baseline.ts';
import { reportSchema } from '../reports/json.ts';
import { brokenTarget, inTemporaryFolder, inWorld } from './testing/inWorld.ts';

let folder: ReturnType<typeof inTemporaryFolder>;
beforeEach(() => {
  folder = inTemporaryFolder();
});
afterEach(() => folder.leave());

/** A SHOULD, and a second MUST: each breaks where there are two attempts. */
const twice = (id: string, level: 'MUST' | 'SHOULD') =>
  defineRule({
    ...{ id, level, invariant: 'Nothing is done twice.', sources: [], subjects: (view) => view.events },
    check: ({ attempts }) =>
      attempts.length < 2 ? undefined : { expected: 'once', observed: 'twice', entries: [] },
  });
const groups = async () => [
  {
    ...{ id: 'MINI', title: 'Miniatures' },
    rules: [...miniRules, twice('MINI-ADVICE-01', 'SHOULD'), twice('MINI-TWO-01', 'MUST')],
  },
];

const broken = { openTarget: brokenTarget, groups, today: () => '2026-11-24' };
const mended = { ...broken, openTarget: async () => miniature(() => 1, { name: 'broken' }) };
const runs = ['run', '--scenarios', '50', '--seed', '5', '--out', 'run.jsonl'];
const held = [...runs, '--baseline', 'b.json'];
const accepts = ['baseline', 'run.jsonl', '--out', 'b.json'];
const read = () => JSON.parse(readFileSync('b.json', 'utf8'));
const write = (...divergences: object[]) =>
  writeFileSync('b.json', JSON.stringify({ baseline: 1, divergences }, null, 2));
const entry = (rule: string, more: object = {}) => ({ rule, reason: `because of ${rule}`, ...more });

describe('baseline', () => {
  beforeEach(async () => {
    await inWorld(runs, broken);
  });

  test('accepts every MUST and SHOULD that a run found broken, in the order of their ids', async () => {
    const { code, stdout, stderr } = await inWorld(accepts, broken);
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'b.json accepts 3 divergences of broken 1.']);
    expect(stderr).toMatch(/^3 divergences without an expiry: .*\n$/);
    expect(baselineSchema.parse(read()).divergences).toEqual([
      { rule: 'MINI-ADVICE-01', reason: 'Expected once; observed twice.' },
      { rule: 'MINI-ONE-01', reason: 'Expected one attempt; observed 2.' },
      { rule: 'MINI-TWO-01', reason: 'Expected once; observed twice.' },
    ]);
  });

  test('takes reason, link and expiry for what is new, and leaves what is written', async () => {
    write(entry('MINI-TWO-01', { link: 'https://example.org/1' }));
    const more = ['--reason', 'issue 2', '--link', 'https://example.org/2', '--expires', '2027-01-31'];
    const { code, stdout, stderr } = await inWorld([...accepts, ...more], broken);
    expect([code, stdout.includes('Added: MINI-ONE-01, MINI-ADVICE-01')]).toEqual([0, true]);
    expect(stderr).toMatch(/^1 divergence without an expiry/);
    const added = { reason: 'issue 2', link: 'https://example.org/2', expires: '2027-01-31' };
    expect(read().divergences).toEqual([
      { rule: 'MINI-ADVICE-01', ...added },
      { rule: 'MINI-ONE-01', ...added },
      entry('MINI-TWO-01', { link: 'https://example.org/1' }),
    ]);
  });

  test('is the same text when it is accepted again', async () => {
    await inWorld(accepts, broken);
    const text = readFileSync('b.json', 'utf8');
    await inWorld(accepts, broken);
    expect(readFileSync('b.json', 'utf8')).toBe(text);
  });

  test('takes out what is fixed only with --prune, and never what is intermittent or was not decided', async () => {
    write(entry('MINI-ONE-01'), entry('MINI-TWO-01', { isIntermittent: true }), entry('MINI-NEVER-01'));
    await inWorld(runs, mended);
    const { stdout } = await inWorld(accepts, mended);
    expect(stdout).toContain('Fixed, and still listed (--prune takes them out): MINI-ONE-01');
    expect(read().divergences).toHaveLength(3);
    const pruned = await inWorld([...accepts, '--prune'], mended);
    expect(pruned.stdout).toContain('Taken out, for they are fixed: MINI-ONE-01');
    expect(read().divergences.map(({ rule }: { rule: string }) => rule)).toEqual([
      ...['MINI-NEVER-01', 'MINI-TWO-01'],
    ]);
  });

  test('renews what has expired only with a day', async () => {
    write(entry('MINI-ONE-01', { expires: '2026-11-23' }));
    expect((await inWorld(accepts, broken)).stdout).toContain(
      'Expired, and still broken (--expires renews them): MINI-ONE-01',
    );
    await inWorld([...accepts, '--expires', '2026-12-24'], broken);
    expect(read().divergences.find(({ rule }: { rule: string }) => rule === 'MINI-ONE-01')).toEqual(
      entry('MINI-ONE-01', { expires: '2026-12-24' }),
    );
  });

  test('of a run in which nothing broke is empty, and can be used', async () => {
    await inWorld(runs, mended);
    await inWorld(accepts, mended);
    expect(read().divergences).toEqual([]);
    expect(await inWorld(held, mended)).toMatchObject({ code: 0 });
  });

  test.each<[string[], RegExp]>([
    [['--expires', '2026-11-23'], /^--expires 2026-11-23 is over already: give a day from 2026-11-24 on\.$/],
    [['--expires', '31.1.2027'], /Write a day like 2027-01-31\./],
    [['--expires', '2027-02-30'], /Write a day like 2027-01-31\./],
    [['--link', 'issue 2'], /Write it like https:/],
    [['--reason', ' '], /Write a few words\./],
  ])('%j is refused in one sentence', async (more, sentence) => {
    const { code, stdout, stderr } = await inWorld([...accepts, ...more], broken);
    expect([code, stdout, existsSync('b.json')]).toEqual([2, '', false]);
    expect(stderr.trimEnd()).toMatch(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('does not prune by a run that was cut off', async () => {
    const text = readFileSync('run.jsonl', 'utf8');
    writeFileSync('run.jsonl', text.slice(0, text.lastIndexOf('{"line":"footer"')));
    const { code, stderr } = await inWorld([...accepts, '--prune'], broken);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^run\.jsonl did not come to its end.*whole run\.\n$/),
    ]);
  });
});

describe('run --baseline', () => {
  test('passes where all that is broken is known, and says so in every report', async () => {
    write(entry('MINI-ONE-01'), entry('MINI-TWO-01', { expires: '2026-11-24' }), entry('MINI-ADVICE-01'));
    const words = [...held, '--report', 'md=r.md,junit=r.xml,json=r.json,github=r.txt'];
    const { code, stdout } = await inWorld(words, broken);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'KNOWN: broken, and accepted by b.json.\n  MINI-ONE-01, MINI-ADVICE-01, MINI-TWO-01',
    );
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /Nothing new: .* kept, 3 known to be broken, none newly violated/,
    );
    expect(stdout).not.toMatch(/VIOLATED {2}|Conforms/);
    expect(readFileSync('r.md', 'utf8')).toContain(
      '| MINI-TWO-01 | 275 | because of MINI-TWO-01 | 2026-11-24 |',
    );
    expect(readFileSync('r.xml', 'utf8')).toMatch(/<skipped message="KNOWN: because of MINI-ONE-01"/);
    expect(readFileSync('r.xml', 'utf8')).not.toContain('<failure');
    const json = reportSchema.parse(JSON.parse(readFileSync('r.json', 'utf8')));
    expect(json.baseline).toEqual({
      ...{ path: 'b.json', new: [], expired: [], fixed: [] },
      known: ['MINI-ONE-01', 'MINI-TWO-01', 'MINI-ADVICE-01'],
    });
    expect(json.verdicts).toMatchObject({ VIOLATED: 2, WARNED: 1 });
    expect(readFileSync('r.txt', 'utf8')).toBe('');
  });

  test('does not look for the smallest scenario of what is known', async () => {
    write(entry('MINI-ONE-01'), entry('MINI-ADVICE-01'));
    await inWorld(held, broken);
    const lines = readFileSync('run.jsonl', 'utf8').trimEnd().split('\n');
    const found = lines.map((line) => JSON.parse(line)).filter(({ line }) => line === 'counterexample');
    expect(found.map(({ rule }) => rule)).toEqual(['MINI-TWO-01']);
  });

  test('fails on what is new, and tells that alone', async () => {
    write(entry('MINI-ONE-01'), entry('MINI-ADVICE-01'));
    const { code, stdout } = await inWorld([...held, '--report', 'github=-'], broken);
    expect(code).toBe(1);
    expect(stdout.match(/^VIOLATED {2}\S+/gm)).toEqual(['VIOLATED  MINI-TWO-01']);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'Does not conform: 1 MUST violated beyond the 2 rules known to be broken.',
    );
    expect(stdout).toMatch(
      /^::error file=\.conformance\/broken\/MINI-TWO-01\.json,title=MINI-TWO-01 \(MUST\)::Nothing is done twice\.%0AExpected once; observed twice\.$/m,
    );
  });

  test('a SHOULD that is new fails no run', async () => {
    write(entry('MINI-ONE-01'), entry('MINI-TWO-01'));
    const { code, stdout } = await inWorld(held, broken);
    expect([code, stdout.startsWith('WARNED  MINI-ADVICE-01')]).toEqual([0, true]);
  });

  test('what has expired counts as new, from the day after on', async () => {
    write(entry('MINI-ONE-01', { expires: '2026-11-23' }), entry('MINI-TWO-01'));
    const words = [...held, '--report', 'junit=r.xml,github=r.txt,md=r.md'];
    const { code, stdout } = await inWorld(words, broken);
    expect([code, stdout.match(/^VIOLATED {2}\S+/gm)]).toEqual([1, ['VIOLATED  MINI-ONE-01']]);
    expect(stdout).toContain('EXPIRED: accepted by b.json until a day that is over');
    expect(stdout).toContain('MINI-ONE-01: because of MINI-ONE-01 (until 2026-11-23).');
    expect(readFileSync('r.xml', 'utf8')).toContain('EXPIRED: because of MINI-ONE-01 (until 2026-11-23)');
    expect(readFileSync('r.md', 'utf8')).toContain('**Expired**: because of MINI-ONE-01');
    expect(readFileSync('r.txt', 'utf8')).toContain(
      '::warning file=b.json,line=5,title=MINI-ONE-01%3A accepted until a day that is over::',
    );
    expect(await inWorld(held, { ...broken, today: () => '2026-11-23' })).toMatchObject({ code: 0 });
  });

  test('says what is fixed, and does not fail for it', async () => {
    write(entry('MINI-ONE-01'), entry('MINI-TWO-01', { isIntermittent: true }), entry('MINI-NEVER-01'));
    const { code, stdout } = await inWorld([...held, '--report', 'junit=r.xml,github=r.txt,md=r.md'], mended);
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /FIXED: listed in b\.json, .* takes them out\. MINI-ONE-01 \(275 subjects\) VACUOUS: /,
    );
    expect(readFileSync('r.md', 'utf8')).toContain('## Fixed: to be taken out of the baseline');
    expect(readFileSync('r.xml', 'utf8')).toContain('FIXED: take it out of the baseline.');
    expect(readFileSync('r.txt', 'utf8')).toMatch(
      /^::notice file=b\.json,line=5,title=MINI-ONE-01%3A fixed/m,
    );
  });

  test('rules that are not asked for are neither fixed nor missed', async () => {
    write(entry('MINI-ONE-01'), entry('MINI-TWO-01'));
    const { code, stdout } = await inWorld([...held, '--rules', 'MINI-ONE-01'], mended);
    expect([code, stdout.includes('MINI-TWO-01')]).toEqual([0, false]);
  });

  test('report and merge hold a run against it as well', async () => {
    write(entry('MINI-ONE-01'), entry('MINI-TWO-01'));
    expect(await inWorld(runs, broken)).toMatchObject({ code: 1 });
    expect(await inWorld(['report', 'run.jsonl', '--baseline', 'b.json'], broken)).toMatchObject({ code: 0 });
    const shard = (index: number) => [
      ...['run', '--scenarios', '50', '--seed', '5', '--shard', `${index}/2`, '--out', `${index}.jsonl`],
    ];
    for (const index of [1, 2]) await inWorld(shard(index), broken);
    const merged = await inWorld(['merge', '1.jsonl', '2.jsonl', '--baseline', 'b.json'], broken);
    expect(merged).toMatchObject({ code: 0 });
  });

  test('a baseline that was accepted on another target is told', async () => {
    await inWorld(runs, broken);
    await inWorld(accepts, broken);
    const other = { ...broken, openTarget: async () => miniature(() => 1, { name: 'other' }) };
    const { stderr } = await inWorld(held, other);
    expect(stderr).toBe('b.json was accepted on broken, and this run is of other.\n');
  });

  test.each<[string, RegExp]>([
    ['', /^b\.json is empty: give a file with a baseline\.$/],
    [
      '{"baseline": 1, "diverg',
      /^b\.json is not JSON \(it seems to be cut off\): give a file with a baseline\.$/,
    ],
    ['[]', /^b\.json is JSON, but no baseline: that is an object like /],
    ['{"baseline": 2}', /^b\.json is a baseline of version 2, and this lambda-conformance reads 1/],
    ['{"baseline": 1}', /^b\.json is no valid baseline: divergences: it is missing\.$/],
    [
      '{"baseline": 1, "divergences": [{"rule": "MINI-ONE-01"}]}',
      /^b\.json is no valid baseline: divergences\[0\]\.reason: it is missing\.$/,
    ],
    [
      '{"baseline": 1, "divergences": [{"rule": "MINI-ONE-01", "reason": "x", "expire": "2027-01-31"}]}',
      /there is no key "expire"; did you mean expires\?$/,
    ],
    [
      '{"baseline": 1, "divergences": [{"rule": "MINI-ONE-01", "reason": "x", "expires": "soon"}]}',
      /divergences\[0\]\.expires: /,
    ],
    [
      '{"baseline": 1, "divergences": [{"rule": "MINI-ONE-01", "reason": "x"}, {"rule": "MINI-ONE-01", "reason": "y"}]}',
      /divergences\[1\]\.rule: MINI-ONE-01 is listed twice\.$/,
    ],
    [
      '{"baseline": 1, "divergences": [{"rule": "MINI-ONE-1", "reason": "x"}]}',
      /^b\.json lists MINI-ONE-1, and no rule is called so \(did you mean MINI-ONE-01\?\)/,
    ],
    [
      '{"line":"header"}',
      /^b\.json is a run file: `lambda-conformance baseline b\.json` makes a baseline of it\.$/,
    ],
  ])('%s is refused before anything runs', async (text, sentence) => {
    writeFileSync('b.json', text);
    const { code, stdout, stderr } = await inWorld(held, broken);
    expect([code, stdout, existsSync('run.jsonl')]).toEqual([2, '', false]);
    expect(stderr.trimEnd()).toMatch(sentence);
  });

  test('a file that is not there is refused with the command that writes it', async () => {
    expect(await inWorld(held, broken)).toMatchObject({
      code: 2,
      stderr: 'b.json is not there: `lambda-conformance baseline RUN.jsonl --out b.json` writes it.\n',
    });
  });

  test('--json leaves no room for another report on stdout', async () => {
    const { code, stderr } = await inWorld([...runs, '--json', '--report', 'github=-'], broken);
    expect([code, stderr.startsWith('With --json nothing else is printed')]).toEqual([2, true]);
  });
});
