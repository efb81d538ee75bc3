/** The command as a user starts it: a process of its own, in a folder of its own. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '../../bin/lambda-conformance.js');

export interface Ended {
  /** `null` where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the command. Whatever the test's terminal says of colours does not reach it. */
export function started(words: readonly string[], cwd: string, options: SpawnOptions = {}): Started {
  const { NO_COLOR: _n, FORCE_COLOR: _f, CI: _c, ...env } = process.env;
  const child = spawn(process.execPath, [bin, ...words], { cwd, env, stdio: 'pipe', ...options });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

export const spawned = (words: readonly string[], cwd: string, options: SpawnOptions = {}): Promise<Ended> =>
  started(words, cwd, options).ended;

/** A server on a free port of this machine, and its address. */
export async function serving(
  listener: RequestListener,
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, server };
}

/** Ends a server and every connection it has. */
export async function silenced(server: Server): Promise<void> {
  // First nobody is let in any more: a call that breaks may be followed at once by one that asks whether it is there.
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
