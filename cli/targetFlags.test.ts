/** How a target was asked for is recorded: a run goes on with it, and what broke is replayed with it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TargetChoice } from '../adapters/index.ts';
import { miniature } from '../engine/testing/miniatures.ts';
import { AWS_TOLERANCES } from '../engine/tolerances.ts';
import { inTemporaryFolder, inWorld } from './testing/inWorld.ts';

let folder: ReturnType<typeof inTemporaryFolder>;
beforeEach(() => {
  folder = inTemporaryFolder();
});
afterEach(() => folder.leave());

describe('how a target was asked for', () => {
  const URL = 'http://127.0.0.1:9';
  const CONTAINERS = ['--time-scale', '1/60', '--collector-host', 'host.docker.internal'];
  const AT_URL = { collectorHost: 'host.docker.internal', tolerances: { retryTimeScale: 1 / 60 } };
  let chosen: TargetChoice[];
  beforeEach(() => {
    chosen = [];
  });

  /** The command on targets that are what was asked for, and make an attempt too many. */
  const command = (...words: string[]) =>
    inWorld(words, {
      openTarget: async (choice) => {
        chosen.push(choice);
        return miniature((event) => (Number(event.slice(1)) >= 3 ? 2 : 1), {
          name: choice.name ?? choice.endpoint ?? 'memory',
          tolerances: { ...AWS_TOLERANCES, ...choice.tolerances },
        });
      },
    });
  const begun = async (...words: string[]) => {
    const { stdout } = await command(
      'run',
      '--scenarios',
      '50',
      '--seed',
      '5',
      '--out',
      'run.jsonl',
      ...words,
    );
    // As if it had been killed.
    const [header = ''] = readFileSync('run.jsonl', 'utf8').split('\n');
    writeFileSync('run.jsonl', `${header}\n`);
    return stdout;
  };
  const resume = (...words: string[]) => command('run', '--resume', '--out', 'run.jsonl', ...words);
  /** Without the line that tells that a target is being started. */
  const complaintIn = (stderr: string) => stderr.replace(/^Opening .*\n/, '');

  test('is in the line that replays what broke', async () => {
    expect(await begun('--endpoint', URL, ...CONTAINERS)).toContain(
      `lambda-conformance replay .conformance/127.0.0.1-9/MINI-ONE-01.json --endpoint ${URL} --time-scale 1/60 --collector-host host.docker.internal\n`,
    );
    expect(await begun('--target', 'miniature', '--endpoint', URL)).toContain(
      `MINI-ONE-01.json --target miniature --endpoint ${URL}\n`,
    );
    expect(await begun('--target', 'miniature')).toContain('MINI-ONE-01.json --target miniature\n');
  });

  test.each([
    { words: ['--endpoint', URL, ...CONTAINERS], choice: { endpoint: URL, ...AT_URL } },
    {
      words: ['--target', 'miniature', '--endpoint', URL, ...CONTAINERS],
      choice: { name: 'miniature', endpoint: URL, ...AT_URL },
    },
    {
      words: ['--target', 'miniature', '--time-scale', '0.3'],
      choice: { name: 'miniature', tolerances: { retryTimeScale: 0.3 } },
    },
  ])(
    'is remembered by --resume, whatever of it is given again, and by the saved scenario: $words',
    async ({ words, choice }) => {
      await begun(...words);
      for (const again of [[], words.slice(0, 2), words.slice(-2), words]) {
        const { code, stderr } = await resume(...again);
        expect([code, complaintIn(stderr)], again.join(' ')).toEqual([1, '']);
        expect(chosen.at(-1)).toEqual(choice);
        const [header = ''] = readFileSync('run.jsonl', 'utf8').split('\n');
        writeFileSync('run.jsonl', `${header}\n`);
      }
      await command('replay', `.conformance/${choice.name ?? '127.0.0.1-9'}/MINI-ONE-01.json`);
      expect(chosen.at(-1)).toEqual({ ...choice, mostAtOnce: 1 });
    },
  );

  test.each([
    [
      ['--endpoint', URL, ...CONTAINERS],
      ['--time-scale', '1/30'],
      'with --time-scale 1/60, and this is 1/30',
    ],
    [['--endpoint', URL], ['--endpoint', URL, ...CONTAINERS], 'without --time-scale, and this is with 1/60'],
    [
      ['--endpoint', URL, ...CONTAINERS],
      ['--collector-host', 'other'],
      'with --collector-host host.docker.internal, and this is other',
    ],
    [
      ['--target', 'miniature'],
      ['--target', 'miniature', '--endpoint', URL],
      `without --endpoint, and this is with ${URL}`,
    ],
    [['--endpoint', URL], ['--target', 'miniature'], `was run on ${URL} 1, and this is miniature 1`],
  ])('of a run with %j, resumed with %j, is another one: it says so', async (words, again, sentence) => {
    await begun(...words);
    const { code, stderr } = await resume(...again);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(complaintIn(stderr).trimEnd().split('\n')).toHaveLength(1);
  });

  test('may be the same, and the waits of the target others: it says so', async () => {
    await begun('--target', 'miniature');
    const { code, stderr } = await inWorld(['run', '--resume', '--out', 'run.jsonl'], {
      openTarget: async () =>
        miniature(() => 1, { tolerances: { ...AWS_TOLERANCES, retryTimeScale: 1 / 60 } }),
    });
    expect([code, complaintIn(stderr)]).toEqual([
      2,
      "run.jsonl was run where one second of Lambda's asynchronous waits took 1 s, and now it takes 1/60 s: begin anew without --resume.\n",
    ]);
  });
});
