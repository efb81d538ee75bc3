import { readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sweep } from './sweep.ts';
import { tempFolder } from './testing/tempFolder.ts';

let server: Server;
let url: string;
let seen: string[];
let folder: string;

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    const isGone = request.url?.includes('gone') === true;
    response.writeHead(isGone ? 404 : 204, { 'x-amzn-errortype': 'ResourceNotFoundException' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = tempFolder();
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** The journal of a run with such a process id that left two functions. */
function leave(pid: number, endpoint = url, names = ['lc-x-fn1', 'lc-x-gone'], isOurs = false): void {
  const lines = [
    { do: 'open', endpoint, pid, isOurs },
    ...names.map((name) => ({ do: 'make', kind: 'function', name })),
  ];
  writeFileSync(join(folder, 'journal-x.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

// No system gives a process this id.
const DEAD = 2 ** 30;

test('what a killed run left is removed, and its journal', async () => {
  leave(DEAD);
  expect(await sweep({ folder })).toMatchObject([{ removed: 2, failed: [] }]);
  expect(seen.filter((line) => line.startsWith('DELETE')).sort()).toEqual([
    'DELETE /2015-03-31/functions/lc-x-fn1',
    'DELETE /2015-03-31/functions/lc-x-gone',
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

test('a run that goes on is not touched', async () => {
  leave(process.ppid);
  expect(await sweep({ folder })).toMatchObject([{ isRunning: true, removed: 0 }]);
  expect(seen).toEqual([]);
  expect(readdirSync(folder)).toHaveLength(1);
});

test('journals of another endpoint are left alone', async () => {
  leave(DEAD);
  expect(await sweep({ folder, endpoint: 'http://other' })).toEqual([]);
  expect(readdirSync(folder)).toHaveLength(1);
});

test('where nobody answers the journal stays, and the reason is told', async () => {
  leave(DEAD, 'http://127.0.0.1:1', ['lc-x-fn1']);
  expect(await sweep({ folder })).toMatchObject([
    { removed: 0, failed: ['function lc-x-fn1: ECONNREFUSED'] },
  ]);
  expect(readdirSync(folder)).toHaveLength(1);
});

test('where the target died with its run nothing is left but the journal', async () => {
  leave(DEAD, 'http://127.0.0.1:1', ['lc-x-fn1'], true);
  expect(await sweep({ folder })).toMatchObject([{ removed: 0, failed: [] }]);
  expect(readdirSync(folder)).toEqual([]);
});

test('a journal that lists nothing is removed', async () => {
  leave(DEAD, url, []);
  expect(await sweep({ folder })).toMatchObject([{ removed: 0, failed: [] }]);
  expect(readdirSync(folder)).toEqual([]);
});

test('mappings are found by their function, and go before it; streams and tables go as well', async () => {
  let isMapped = true;
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['x-amz-target'] ?? ''}`.trim());
    const isList = request.url?.includes('FunctionName=lc-x-fn1') === true;
    if (request.method === 'DELETE' && request.url?.includes('uuid-1')) isMapped = false;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(isList && isMapped ? '{"EventSourceMappings":[{"UUID":"uuid-1"}]}' : '{}');
  });
  const lines = [
    { do: 'open', endpoint: url, pid: DEAD },
    { do: 'make', kind: 'function', name: 'lc-x-fn1' },
    { do: 'make', kind: 'mapping', name: 'lc-x-fn1' },
    { do: 'make', kind: 'stream', name: 'lc-x-st1' },
    { do: 'make', kind: 'table', name: 'lc-x-ta1' },
  ];
  writeFileSync(join(folder, 'journal-x.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect(await sweep({ folder })).toMatchObject([{ removed: 4, failed: [] }]);
  const changes = seen.filter((line) => /^DELETE|Delete/.test(line)).sort();
  expect(changes).toEqual([
    'DELETE /2015-03-31/event-source-mappings/uuid-1',
    'DELETE /2015-03-31/functions/lc-x-fn1',
    'POST / DynamoDB_20120810.DeleteTable',
    'POST / Kinesis_20131202.DeleteStream',
  ]);
  expect(readdirSync(folder)).toEqual([]);
});
