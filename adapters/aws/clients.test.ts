import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
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
