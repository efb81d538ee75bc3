import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { InvokeCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Clients, makeClients } from './clients.ts';
import { failureOf } from './failures.ts';

let server: Server;
let clients: Clients;
let requests: number;
let open: number;
let most: number;
let status: number;
/** Milliseconds until an answer. */
let delay: number;

beforeEach(async () => {
  requests = open = most = 0;
  status = 200;
  delay = 0;
  server = createServer((request, response) => {
    requests++;
    request.resume();
    most = Math.max(most, ++open);
    setTimeout(() => {
      open--;
      response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': 'r1' }).end('{}');
    }, delay);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  clients = makeClients({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
afterEach(() => {
  clients.destroy();
  server.closeAllConnections();
  server.close();
});

const invoke = () => clients.lambda.send(new InvokeCommand({ FunctionName: 'f' }));

test.each([429, 500, 503])('a call that is answered with %i is not sent again', async (refused) => {
  status = refused;
  const failure = failureOf(await invoke().catch((thrown: unknown) => thrown));
  expect(failure).toMatchObject({ kind: 'refused', status: refused, requestId: 'r1' });
  expect(requests).toBe(1);
});

test('more than the fifty calls of a default agent are in flight at once', async () => {
  delay = 200;
  await Promise.all(Array.from({ length: 120 }, invoke));
  expect(most).toBe(120);
});

test('an answer may take longer than a connection may be idle', async () => {
  delay = 2_600;
  await expect(invoke()).resolves.toMatchObject({ StatusCode: 200 });
});

test('a call is given up when its deadline is over', async () => {
  delay = 5_000;
  const abortSignal = AbortSignal.timeout(50);
  const thrown = await clients.lambda
    .send(new ListFunctionsCommand({}), { abortSignal })
    .catch((e: unknown) => e);
  expect(failureOf(thrown).kind).toBe('slow');
});

/** A server with an event loop of its own, which does not say for how long it keeps connections: half a second. */
const IMPATIENT = `
  const { createServer } = require('node:net');
  const { parentPort } = require('node:worker_threads');
  const server = createServer((socket) => {
    socket.setTimeout(500, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('data', () => {
      socket.write('HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-length: 16\\r\\n\\r\\n{"Functions":[]}');
    });
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

test('connections that the server closed while this process was busy are not used for the next calls', async () => {
  const impatient = new Worker(IMPATIENT, { eval: true });
  const [port] = await once(impatient, 'message');
  const theirs = makeClients({ url: `http://127.0.0.1:${port}` });
  const list = () => theirs.lambda.send(new ListFunctionsCommand({}));
  const twice = () => Promise.all([list(), list()]);
  try {
    await twice();
    // The connections are free for the next call a moment after the answer.
    await pause(50);
    const until = performance.now() + 2_500;
    while (performance.now() < until);
    expect(await twice()).toMatchObject([{ Functions: [] }, { Functions: [] }]);
  } finally {
    theirs.destroy();
    await impatient.terminate();
  }
});
