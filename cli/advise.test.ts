/** `advise`: findings as text and as data, and what it refuses. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Tried } from '../advice/trial.ts';
import { EXIT } from './exitCodes.ts';
import { inTemporaryFolder, inWorld } from './testing/inWorld.ts';

let folder: ReturnType<typeof inTemporaryFolder>;
beforeEach(() => {
  folder = inTemporaryFolder();
});
afterEach(() => folder.leave());

const write = (name: string, value: unknown) => writeFileSync(name, JSON.stringify(value));

/** AWS, services-sqs-configure.html: the visibility timeout should be six times the function's timeout. */
const queueOf = (visibilityTimeoutSeconds: number) => ({
  scenario: 1,
  functions: [{ name: 'f', timeoutSeconds: 10 }],
  queues: [
    { name: 'dead', retentionSeconds: 1_209_600 },
    { name: 'jobs', visibilityTimeoutSeconds, redrive: { to: 'queue:dead', maxReceiveCount: 5 } },
  ],
  mappings: [{ name: 'm', source: 'queue:jobs', function: 'f', reportsItemFailures: true }],
  steps: [],
});

interface Found {
  readonly advice: string;
  readonly about: string;
  readonly says: string;
  readonly change: string;
  readonly page: string;
}

async function findingsOf(configuration: unknown): Promise<{ code: number; found: Found[] }> {
  write('c.json', configuration);
  const { code, stdout } = await inWorld(['advise', 'c.json', '--no-simulate', '--json']);
  return { code, found: JSON.parse(stdout) as Found[] };
}

describe('findings', () => {
  test('a configuration without a point against it exits with 0, one with a point does not', async () => {
    expect(await findingsOf(queueOf(60))).toEqual({ code: EXIT.ok, found: [] });
    const { code, found } = await findingsOf(queueOf(20));
    expect(code).toBe(EXIT.violated);
    expect(found).toHaveLength(1);
    expect(found[0]?.says).toContain('20');
    expect(found[0]?.page).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  });

  test('as text, each with its page, and how many there are', async () => {
    write('c.json', queueOf(20));
    const { code, stdout, stderr } = await inWorld(['advise', 'c.json', '--no-simulate']);
    expect([code, stderr]).toEqual([EXIT.violated, '']);
    expect(stdout).toContain('https://docs.aws.amazon.com/');
    expect(stdout).toMatch(/One point is against AWS's advice\.\n$/);
  });

  test('where nothing is to be said, it says so', async () => {
    write('c.json', queueOf(60));
    const { stdout } = await inWorld(['advise', 'c.json', '--no-simulate']);
    expect(stdout).toBe("Nothing is against AWS's advice.\n");
  });
});

describe('simulations', () => {
  const trialsOf = async (configuration: unknown): Promise<Tried[]> => {
    write('c.json', configuration);
    const { stdout } = await inWorld(['advise', 'c.json', '--count', '1000', '--json']);
    return (JSON.parse(stdout) as { readonly trial: Tried }[]).map(({ trial }) => trial);
  };

  test('a visibility timeout that is too short loses good messages to the dead-letter queue, or handles them twice', async () => {
    const [trial] = await trialsOf(queueOf(10));
    expect(trial?.without.deadLetters).toBeGreaterThan(0);
    expect([trial?.with.handled, trial?.with.deadLetters, trial?.with.handledTwice]).toEqual([1_000, 0, 0]);
  });

  test('a maxReceiveCount that is too small sends good messages to the dead-letter queue', async () => {
    const { queues, ...rest } = queueOf(60);
    const [dead, jobs] = queues;
    const scarce = { ...jobs, redrive: { to: 'queue:dead', maxReceiveCount: 1 } };
    const [trial] = await trialsOf({ ...rest, queues: [dead, scarce] });
    expect(trial?.without.deadLetters).toBeGreaterThan(0);
    expect([trial?.with.handled, trial?.with.deadLetters]).toEqual([1_000, 0]);
  });

  test('the example of the README is what is printed', async () => {
    write('configuration.json', {
      functions: [{ name: 'worker', timeoutSeconds: 10 }],
      queues: [
        {
          name: 'jobs',
          visibilityTimeoutSeconds: 20,
          redrive: { to: 'queue:jobs-dead', maxReceiveCount: 5 },
        },
        { name: 'jobs-dead' },
      ],
      mappings: [{ name: 'm', source: 'queue:jobs', function: 'worker' }],
    });
    const { stdout } = await inWorld(['advise', 'configuration.json']);
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    expect(readme).toContain(`$ lambda-conformance advise configuration.json\n${stdout}`);
  });
});

describe('bad input: one sentence on stderr, and nothing on stdout', () => {
  test.each([
    ['neither a file nor a function', [], 'Give a file with a configuration, or --function NAME'],
    ['both', ['c.json', '--function', 'f'], 'Give a file or --function, not both.'],
    ['an endpoint for a file', ['c.json', '--endpoint', 'http://localhost:1'], 'a file needs neither'],
    ['a function of nowhere', ['--function', 'f'], 'With --function give --endpoint URL, or --profile NAME'],
    [
      'a function of two places',
      ['--function', 'f', '--endpoint', 'http://localhost:1', '--profile', 'p'],
      'With --function give --endpoint URL, or --profile NAME',
    ],
    ['a file that is not there', ['none.json'], 'none.json'],
    ['a file that is no configuration', ['other.json'], 'other.json'],
    ['a file that is not JSON', ['text.json'], 'text.json'],
    ['no messages', ['c.json', '--count', '0'], '--count'],
  ])('%s', async (_name, words, sentence) => {
    write('c.json', queueOf(60));
    write('other.json', { version: 3 });
    writeFileSync('text.json', 'queues:\n');
    const { code, stdout, stderr } = await inWorld(['advise', ...words]);
    expect([code, stdout]).toEqual([EXIT.usage, '']);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
