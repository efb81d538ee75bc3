/** LocalStack as a plain process: takes Python 3.13, and a minute. Run with CONFORMANCE_REAL=1. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { LOCALSTACK, PLAIN_LOCALSTACK } from './localstack.ts';
import { startAsProcess } from './plainProcess.ts';

/** The addresses at which this machine listens on a port, as the kernel writes them. */
const listeningOn = (port: number): string[] =>
  ['tcp', 'tcp6'].flatMap((kind) =>
    readFileSync(`/proc/net/${kind}`, 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter(
        ([, local, , state]) => state === '0A' && Number.parseInt(local?.split(':')[1] ?? '', 16) === port,
      )
      .map(([, local]) => local?.split(':')[0] ?? ''),
  );

/** The processes in whose environment the state folder is named. */
const processesOf = (state: string): string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(state);
    } catch {
      return false;
    }
  });

describe.skipIf(process.env['CONFORMANCE_REAL'] !== '1')(
  'LocalStack as a plain process (skipped unless CONFORMANCE_REAL=1: it installs and starts it)',
  () => {
    test('two run side by side on 127.0.0.1 alone, and leave nothing behind', {
      timeout: 300_000,
    }, async () => {
      const running = await Promise.all([1, 2].map(() => startAsProcess(PLAIN_LOCALSTACK)));
      const states: string[] = [];
      for (const { url } of running) {
        const { port } = new URL(url);
        expect(listeningOn(Number(port))).toEqual(['0100007F']);
        const health = await (await fetch(`${url}/_localstack/health`)).json();
        expect(health).toMatchObject({ version: LOCALSTACK.version });
        const state = join(tmpdir(), `lambda-conformance-localstack-${port}`);
        expect(processesOf(state).length).toBeGreaterThan(0);
        states.push(state);
      }
      expect(new Set(states).size).toBe(2);
      await Promise.all(running.map(({ stop }) => stop()));
      await vi.waitFor(() => expect(states.flatMap(processesOf)).toEqual([]), 5_000);
      expect(states.filter((state) => existsSync(state))).toEqual([]);
    });
  },
);
