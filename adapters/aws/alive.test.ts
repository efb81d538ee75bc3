import { readdirSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { TargetError } from '../../engine/target.ts';
import { openTarget } from '../index.ts';
import { requireContact } from './alive.ts';
import { makeClients } from './clients.ts';
import { doctor } from './doctor.ts';
import { tempFolder } from './testing/tempFolder.ts';

const servers: Server[] = [];

/** A server of our own on a free port; its address. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const folder = tempFolder;

/** What a user reads who opens this endpoint. */
async function complaint(endpoint: string): Promise<string> {
  const where = folder();
  const error: unknown = await openTarget({ endpoint, folder: where }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TargetError);
  expect(readdirSync(where), 'no journal of a run that never began').toEqual([]);
  return (error as TargetError).message;
}

test('a closed port', async () => {
  expect(await complaint('http://127.0.0.1:1')).toBe(
    'Nothing answers at http://127.0.0.1:1 (ECONNREFUSED): start the target there, or give another --endpoint.',
  );
});

test.each([200, 404, 500])('a web page, status %i', async (status) => {
  const url = await serve((_, response) =>
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html>'),
  );
  expect(await complaint(url)).toMatch(
    /^http.* answers, but not as the Lambda API \(.*\): give the --endpoint/,
  );
});

test.each(['{}', '{"ok":true}', '[]', ''])('a server that answers %s to everything', async (body) => {
  const url = await serve((_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(body),
  );
  expect(await complaint(url)).toMatch(/answers, but not as the Lambda API/);
});

test('a server that hangs', async () => {
  const url = await serve(() => undefined);
  const { checks, isHealthy } = await doctor(url, { folder: folder(), patienceMs: 200 });
  expect(isHealthy).toBe(false);
  expect(checks).toMatchObject([{ name: 'reachable', isOk: false }]);
  expect(checks[0]?.sentence).toMatch(/accepts connections but does not answer within/);
});

test('a busy server is waited for in the middle of a run, and no longer than told', async () => {
  const url = await serve((_, response) => {
    response.setHeader('content-type', 'application/json');
    setTimeout(() => response.end('{"Functions":[]}'), 300);
  });
  const clients = makeClients({ url });
  await expect(requireContact(clients, url, 100)).rejects.toThrow(/does not answer within 0.1 s/);
  await requireContact(clients, url, 2_000);
  clients.destroy();
});

test('a server that drops connections', async () => {
  const url = await serve((request) => request.socket.destroy());
  expect(await complaint(url)).toMatch(/^Nothing answers at/);
});

test('the doctor tells what is not Lambda’s API from what is down', async () => {
  const url = await serve((_, response) => response.end('<html>'));
  const page = await doctor(url, { folder: folder() });
  expect(page.checks.map(({ name, isOk }) => `${name} ${isOk}`)).toEqual(['reachable true', 'lambda false']);
  const nothing = await doctor('http://127.0.0.1:1', { folder: folder() });
  expect(nothing.checks.map(({ name, isOk }) => `${name} ${isOk}`)).toEqual(['reachable false']);
});

test('an endpoint of plain HTTP that is called by https is told what to write', async () => {
  const url = await serve((_, response) => response.end('{}'));
  expect(await complaint(url.replace('http:', 'https:'))).toBe(
    `${url.replace('http:', 'https:')} does not speak TLS: write the endpoint as ${url}.`,
  );
});

test('the doctor says what went wrong with a function, and leaves nothing behind', async () => {
  const where = folder();
  const url = await serve((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.method === 'GET') response.end('{"Functions":[]}');
    else
      response
        .writeHead(501, { 'x-amzn-errortype': 'NotImplemented' })
        .end('{"message":"no functions here"}');
  });
  const { checks } = await doctor(url, { folder: where });
  expect(checks.at(-1)).toEqual({
    name: 'create',
    isOk: false,
    sentence: 'It refused or failed: NotImplemented (501): no functions here.',
  });
});

test.each([
  [{ name: 'moon' }, /There is no target "moon": choose one of memory, /],
  [{ name: 'constructor' }, /There is no target "constructor"/],
  [{ endpoint: 'localhost:4566' }, /"localhost:4566" is not an endpoint: write it like http:/],
])('a choice that cannot be meant: %j', async (choice, sentence) => {
  await expect(openTarget(choice)).rejects.toThrow(sentence);
});
