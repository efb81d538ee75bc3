/** Runs an emulator as a child process, and sees to it that none outlives us. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TargetError } from '../../engine/target.ts';

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Answers with a status below 300 as soon as the emulator can be used, or with the one that is told. */
  readonly healthUrl: string;
  readonly healthStatus?: number;
  readonly readyWithinSeconds?: number;
  /** Files that it finds in its temporary folder, where it runs then, by their names. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface RunningProcess {
  /** The last lines that it wrote, once it has died; undefined while it lives. */
  lastWords(): string | undefined;
  stop(): Promise<void>;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const KEPT_CHARACTERS = 4_000;
const STOP_PATIENCE_MS = 3_000;

/**
 * Runs the command, and beside it somebody who reads from us: when we are gone, however we went, so are the
 * emulator, its children (they are in its group) and its temporary folder.
 */
const GUARD = `
exec 3<&0
"$0" "$@" </dev/null 3<&- &
child=$!
( trap '' TERM; read -r _ <&3; kill -TERM 0; sleep 1; rm -rf "$TMPDIR"; kill -KILL 0 ) >/dev/null 2>&1 &
wait "$child"
`;

/**
 * Starts an emulator in a process group and a temporary folder of its own. Both are gone when it is stopped, and
 * when we end in any way that lets a last line of code run.
 * @throws TargetError where it dies at once, or is not ready in time
 */
export async function startProcess(spec: ProcessSpec): Promise<RunningProcess> {
  const folder = mkdtempSync(join(tmpdir(), `lc-${spec.name}-`));
  for (const [name, text] of Object.entries(spec.files ?? {})) writeFileSync(join(folder, name), text);
  const child = spawn('sh', ['-c', GUARD, spec.command, ...(spec.args ?? [])], {
    detached: true,
    ...(spec.files === undefined ? {} : { cwd: folder }),
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder, ...spec.env },
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-KEPT_CHARACTERS);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let spawnError: string | undefined;
  child.on('error', (error) => {
    spawnError = error.message;
  });
  const killNow = () => {
    killGroup(child, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  const forget = onOurEnd(killNow);
  const isOver = () => spawnError !== undefined || child.exitCode !== null || child.signalCode !== null;
  const running: RunningProcess = {
    lastWords: () => (isOver() ? (spawnError ?? tail(output)) : undefined),
    stop: async () => {
      killGroup(child, 'SIGTERM');
      const deadline = performance.now() + STOP_PATIENCE_MS;
      while (!isOver() && performance.now() < deadline) await sleep(20);
      killNow();
      forget();
    },
  };
  await untilReady(spec, running);
  return running;
}

/** What is to be done when this process ends, for all that run now. */
const endings = new Set<() => void>();

/** Calls `work` when this process ends, by itself or by a signal that nobody else handles. Returns how to undo it. */
function onOurEnd(work: () => void): () => void {
  if (endings.size === 0) listen();
  endings.add(work);
  return () => {
    if (endings.delete(work) && endings.size === 0) listenNoMore();
  };
}

// One listener for all of them: several would take each other for somebody who handles the signal.
function listen(): void {
  process.on('exit', endAll);
  for (const signal of SIGNALS) process.on(signal, endBySignal);
}

function listenNoMore(): void {
  process.off('exit', endAll);
  for (const signal of SIGNALS) process.off(signal, endBySignal);
}

function endBySignal(signal: NodeJS.Signals): void {
  // Somebody else listens: the end is theirs to decide, and 'exit' will come.
  if (process.listenerCount(signal) > 1) return;
  endAll();
  listenNoMore();
  process.kill(process.pid, signal);
}

function endAll(): void {
  for (const work of endings) {
    try {
      work();
    } catch {
      // A folder that cannot be removed now must not keep the others running; its guard tries again.
    }
  }
  endings.clear();
}

async function untilReady(spec: ProcessSpec, running: RunningProcess): Promise<void> {
  const deadline = performance.now() + (spec.readyWithinSeconds ?? 30) * 1000;
  for (;;) {
    const words = running.lastWords();
    const isLate = performance.now() > deadline;
    if (words !== undefined || isLate) {
      await running.stop();
      const what = isLate
        ? `was not ready after ${spec.readyWithinSeconds ?? 30} s`
        : 'ended as soon as it began';
      throw new TargetError(`${spec.name} ${what} (${spec.command}): ${words ?? 'it wrote nothing'}.`);
    }
    const isReady = await fetch(spec.healthUrl, { signal: AbortSignal.timeout(2_000) }).then(
      (answer) => (spec.healthStatus === undefined ? answer.ok : answer.status === spec.healthStatus),
      () => false,
    );
    if (isReady) return;
    await sleep(50);
  }
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    // The emulator's own children run in its group.
    process.kill(-child.pid, signal);
  } catch {
    // The group is empty already.
  }
}

/** Of a stack and what Node prints after it nobody learns more. */
const SAYS_LITTLE = /^\s*(at .*|Node\.js v.*)?$/;

function tail(output: string): string {
  const lines = output.trim().split('\n');
  const telling = lines.filter((line) => !SAYS_LITTLE.test(line));
  return telling.slice(-3).join(' | ');
}
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
