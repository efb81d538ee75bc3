import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { TargetError } from '../../engine/target.ts';
import { type FakeAws, fakeAws } from '../aws/testing/fakeAws.ts';
import { tempFolder } from '../aws/testing/tempFolder.ts';
import { startedByUser } from './startedByUser.ts';
import { toldVersion } from './toldVersion.ts';

/** A server that answers with `text` at /health, and with 404 elsewhere; its address. */
async function serve(text: string): Promise<string> {
  const server = createServer(({ url }, response) =>
    url === '/health' ? response.end(text) : response.writeHead(404).end('{"version":"404"}'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const versionAt = { path: '/health', member: 'version' };
const open = startedByUser({
  ...{ name: 'tiny', homepage: 'https://example.org/tiny', version: '1.2.3', versionAt },
  howToStart: '`tiny --port 4566`',
  notJudged: { 'SYNC-TIMEOUT-01': 'not its doing' },
  tolerances: { retryTimeScale: 1 / 60 },
  jobs: 2,
});

test('without an endpoint it says how it is started, and where to say so', async () => {
  const error: unknown = await open().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TargetError);
  expect((error as TargetError).message).toBe(
    'tiny is started by you: `tiny --port 4566`. Then say where it is, e.g. --target tiny --endpoint http://127.0.0.1:4566.',
  );
});

describe('at an endpoint', () => {
  let aws: FakeAws;
  afterEach(() => aws.restore());

  test('the rest is as the profile says, and the version as the instance says', async () => {
    aws = fakeAws();
    const endpoint = await serve('{"status":"ok","version":"1.3.0"}');
    const target = await open({ endpoint, folder: tempFolder() });
    expect(target).toMatchObject({
      ...{ name: 'tiny', version: '1.3.0', jobs: 2 },
      notJudged: { 'SYNC-TIMEOUT-01': 'not its doing' },
      tolerances: { retryTimeScale: 1 / 60 },
    });
    await target.close();
  });
});

test.each(['', 'ok', '[]', '{}', '{"version":3}'])('where %j answers, there is no version', async (text) => {
  expect(await toldVersion(await serve(text), versionAt)).toBe('');
});

test('where nothing is to be found, there is no version', async () => {
  const url = await serve('{"version":"1.3.0"}');
  expect(await toldVersion(url, versionAt)).toBe('1.3.0');
  expect(await toldVersion(url, { path: '/elsewhere', member: 'version' })).toBe('');
  expect(await toldVersion('http://127.0.0.1:1', versionAt)).toBe('');
});
