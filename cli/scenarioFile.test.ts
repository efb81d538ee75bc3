/** What is wrong with a file written by hand is told so that it can be mended. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inTemporaryFolder, inWorld } from './testing/inWorld.ts';

let folder: ReturnType<typeof inTemporaryFolder>;
beforeEach(() => {
  folder = inTemporaryFolder();
});
afterEach(() => folder.leave());

const step = { atSeconds: 0, do: 'invoke', function: 'f', event: 'e1' };
const whole = { scenario: 1, functions: [{ name: 'f' }], steps: [step] };

async function complaint(content: object | string | Buffer): Promise<string> {
  const isText = typeof content === 'string' || Buffer.isBuffer(content);
  writeFileSync('s.json', isText ? content : JSON.stringify(content));
  const { code, stdout, stderr } = await inWorld(['replay', 's.json']);
  expect([code, stdout]).toEqual([2, '']);
  return stderr;
}

const OUTCOMES = 'ok, nothing, throw, timeout, exit, oversize, unserializable';

describe('a mistake in a scenario', () => {
  test.each<[string, object, string]>([
    [
      'an outcome',
      { plan: ['thrwo'] },
      `steps[0].plan[0]: "thrwo" is none of ${OUTCOMES}; did you mean throw?`,
    ],
    ['an outcome of an object', { plan: [{ do: 'x' }] }, `steps[0].plan[0].do: "x" is none of ${OUTCOMES}.`],
    [
      'a step',
      { do: 'invok' },
      'steps[0].do: "invok" is none of invoke, request, remove, send, reshard, permission; did you mean invoke?',
    ],
    [
      'a type',
      { type: 'event' },
      'steps[0].type: "event" is none of RequestResponse, Event, DryRun; did you mean Event?',
    ],
    ['a key', { plna: ['ok'] }, 'steps[0]: there is no key "plna"; did you mean plan?'],
    [
      'a key of an outcome',
      { plan: [{ do: 'ok', afterSecond: 1 }] },
      'steps[0].plan[0]: there is no key "afterSecond"; did you mean afterSeconds?',
    ],
    ['a missing key', { event: undefined }, 'steps[0].event: it is missing.'],
  ])('in %s is told with what may stand there', async (_, change, sentence) => {
    const stderr = await complaint({ ...whole, steps: [{ ...step, ...change }] });
    expect(stderr).toBe(`s.json is no valid scenario: ${sentence}\n`);
  });

  test('with a key like none shows those that there are', async () => {
    expect(await complaint({ ...whole, queues: [{ name: 'q', visibility: 3 }] })).toBe(
      's.json is no valid scenario: queues[0]: there is no key "visibility"; there are name, fifo, visibilityTimeoutSeconds, delaySeconds, retentionSeconds, redrive.\n',
    );
  });

  test('is told with others, one a line, and of many the first five', async () => {
    const steps = [1, 2, 3, 4, 5, 6, 7].map((k) => ({ ...step, event: `e${k}`, do: 'x' }));
    const lines = (await complaint({ ...whole, steps })).trimEnd().split('\n');
    expect(lines).toHaveLength(7);
    expect([lines[0], lines[1], lines[6]]).toEqual([
      's.json is no valid scenario:',
      '  steps[0].do: "x" is none of invoke, request, remove, send, reshard, permission.',
      '  … and 2 more.',
    ]);
  });
});

test('a byte order mark is no mistake', async () => {
  writeFileSync('s.json', `\uFEFF${JSON.stringify(whole)}`);
  expect(await inWorld(['replay', 's.json'])).toMatchObject({ stderr: '' });
  await inWorld(['run', '--scenarios', '5', '--out', 'run.jsonl']);
  writeFileSync('run.jsonl', `\uFEFF${readFileSync('run.jsonl', 'utf8')}`);
  expect(await inWorld(['report', 'run.jsonl'])).toMatchObject({ code: 0, stderr: '' });
});

describe('what is not JSON is not printed', () => {
  test.each<[string, string | Buffer, string]>([
    ['binary', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 0xff]), 'it is no text'],
    ['words', 'secret: password', "unexpected token 's'"],
    ['a broken object', '{"scenario": 1,\n "functions": [password]}', "unexpected token 'p'"],
    ['a missing comma', '{"scenario": 1\n "password": 2}', 'the mistake is at line 2 column 2'],
    ['what is cut off', '{"scenario": 1, "password', 'it seems to be cut off'],
  ])('%s', async (_, text, reason) => {
    expect(await complaint(text)).toBe(`s.json is not JSON (${reason}): give a file with a scenario.\n`);
  });
});
