import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Attendant, Collector, type Order, type StartedReport } from '../collector.ts';

type Handler = (event: unknown, context: object) => Promise<unknown>;
const context = {
  awsRequestId: 'r1',
  functionVersion: '3',
  invokedFunctionArn: 'arn:f',
  clientContext: { custom: 1 },
};

let collector: Collector;
let started: StartedReport[];
let ended: string[];
let elapsedSeconds: number | undefined;
let order: Partial<Order>;

beforeEach(async () => {
  started = [];
  ended = [];
  order = {};
  collector = await Collector.start('run1');
  const attendant: Attendant = {
    started: (report) => {
      started.push(report);
      return { attempt: `a${started.length}`, outcome: 'ok', ...order };
    },
    ended: (report) => {
      ended.push(`${report.attempt} ${report.outcome}`);
      elapsedSeconds = report.elapsedSeconds;
    },
  };
  collector.attend('lc-f', attendant);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await collector.close();
});

/** A new execution environment: the module is loaded anew, as a cold start does. */
function coldStart(url = collector.url): Handler {
  vi.stubEnv('LC_COLLECTOR', url);
  vi.stubEnv('LC_FUNCTION', 'lc-f');
  const require = createRequire(import.meta.url);
  delete require.cache[require.resolve('./probe.cjs')];
  return (require('./probe.cjs') as { handler: Handler }).handler;
}

test('it tells how long it took, from when it was entered', async () => {
  order = { afterSeconds: 0.05 };
  await coldStart()(null, context);
  expect(elapsedSeconds).toBeGreaterThanOrEqual(0.049);
});

test('it tells what it was given, and returns its event', async () => {
  order = { returnsEvent: true };
  expect(await coldStart()({ n: 1 }, context)).toEqual({ n: 1 });
  expect(started).toEqual([
    {
      function: 'lc-f',
      requestId: 'r1',
      version: '3',
      arn: 'arn:f',
      environment: expect.stringMatching(/^[0-9a-f]{8}$/),
      payload: { n: 1 },
      clientContext: { custom: 1 },
    },
  ]);
  expect(ended).toEqual(['a1 ok']);
});

test('its environment is the same from one attempt to the next, and another after a cold start', async () => {
  const warm = coldStart();
  await warm(1, context);
  await warm(2, context);
  await coldStart()(3, context);
  const [first, second, third] = started.map(({ environment }) => environment);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

test('all attempts of an environment go over one connection', async () => {
  const ports = new Set<number | undefined>();
  const server: Server = createServer((request, response) => {
    ports.add(request.socket.remotePort);
    request.resume().on('end', () => response.end('{"attempt":"a","outcome":"ok","value":1}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const handler = coldStart(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x`);
  for (let n = 0; n < 5; n++) await handler(n, context);
  expect(ports.size).toBe(1);
  server.closeAllConnections();
  server.close();
});

test('large payloads are told in short, large values made on the spot', async () => {
  order = { value: { big: { $filler: 5_000 } } };
  const returned = (await coldStart()({ pad: 'x'.repeat(100_000) }, context)) as { big: string };
  expect(started[0]?.payload).toEqual({ pad: { $filler: 100_002 } });
  expect(JSON.stringify(returned.big).length).toBe(5_000);
});

test('it fails in each way it is told to, and says so first', async () => {
  const handler = coldStart();
  order = { outcome: 'throw', message: 'as planned' };
  await expect(handler(1, context)).rejects.toThrow('as planned');
  order = { outcome: 'nothing' };
  expect(await handler(2, context)).toBeUndefined();
  order = { outcome: 'oversize', oversizeBytes: 70 };
  expect(await handler(3, context)).toBe('x'.repeat(70));
  order = { outcome: 'unserializable' };
  const unserializable = await handler(4, context);
  expect(() => JSON.stringify(unserializable)).toThrow();
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
  order = { outcome: 'exit' };
  await handler(5, context);
  expect(exit).toHaveBeenCalledWith(1);
  exit.mockRestore();
  expect(ended).toEqual(['a1 throw', 'a2 nothing', 'a3 oversize', 'a4 unserializable', 'a5 exit']);
});

test('a platform that does not stop it at its timeout is told on', async () => {
  order = { outcome: 'timeout', afterSeconds: 0.05 };
  await coldStart()(1, context);
  expect(ended).toEqual(['a1 ok']);
});

test('it works and writes its log before it ends', async () => {
  const log = vi.spyOn(console, 'log').mockReturnValue(undefined);
  order = { afterSeconds: 0.1, logBytes: 12 };
  const before = performance.now();
  await coldStart()(1, context);
  expect(performance.now() - before).toBeGreaterThanOrEqual(95);
  expect(log).toHaveBeenCalledWith('llllllllllll');
  log.mockRestore();
});

test('a function that nobody attends to returns at once and is not recorded', async () => {
  collector.release('lc-f');
  expect(await coldStart()({ late: true }, context)).toEqual({ late: true });
  expect(started).toEqual([]);
});

test('the end of an attempt is told to whoever saw its start, not to the next scenario', async () => {
  order = { afterSeconds: 0.1 };
  const late = coldStart()(1, context);
  await vi.waitFor(() => expect(started.length).toBe(1));
  collector.release('lc-f');
  const next: string[] = [];
  collector.attend('lc-f', {
    started: () => ({ attempt: 'a1', outcome: 'ok' }),
    ended: (end) => next.push(end.attempt),
  });
  await late;
  expect(next).toEqual([]);
  expect(ended).toEqual([]);
});
