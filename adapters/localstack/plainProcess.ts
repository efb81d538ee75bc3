/** LocalStack, or a fork of it, as a plain process. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { TargetError } from '../../engine/target.ts';
import type { RunningEmulator } from '../emulators/emulator.ts';
import { freePort, startProcess } from '../emulators/process.ts';
import { executorRules } from './executorRules.ts';
import { PROCESS_FOLDER } from './install.ts';
import { SERVICES, SETTINGS } from './settings.ts';

/** What a service that is lacking takes with it. */
const NEEDED_BY: Readonly<Record<string, readonly string[]>> = { dynamodb: ['dynamodb', 'dynamodbstreams'] };
/** It is up in some 7 s; several at once on two busy cores take four times as long. */
const READY_SECONDS = 120;
/** Longer than the supervisor takes to kill all and to remove the state folder. */
const GONE_MS = 10_000;

/** What was installed of LocalStack or a fork of it. */
export interface Installed {
  /** The interpreter of its virtual environment. */
  readonly python: string;
  /** The folder of the programs that it starts, where it does not bring them along. */
  readonly programs?: string;
  /** Services that this machine has no tools for, each with a sentence. */
  readonly lacks: Readonly<Record<string, string>>;
}

/** LocalStack or a fork of it, by the name that its variables and internal paths bear. */
export interface Fork {
  readonly name: 'localstack' | 'localemu';
  /** As its authors write it. */
  readonly title: string;
  /** @throws TargetError with what to do, where it cannot be installed */
  install(folder?: string): Promise<Installed>;
}

/**
 * Installs LocalStack or a fork of it if need be, and starts it on a free port of 127.0.0.1.
 * @throws TargetError with what to do, where it cannot be installed or started
 */
export async function startAsProcess(
  { name, title, install }: Fork,
  folder?: string,
): Promise<RunningEmulator> {
  if (process.platform !== 'linux') {
    throw new TargetError(
      `${title} is started as a plain process on Linux only: start it yourself, with Docker, and give its address with --endpoint.`,
    );
  }
  const { python, programs, lacks } = await install(folder);
  const without = new Set(Object.keys(lacks).flatMap((service) => NEEDED_BY[service] ?? [service]));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  // Not below the user's project: functions would find its package.json and its modules.
  const state = join(tmpdir(), `lambda-conformance-${name}-${port}`);
  const ours = (module: string) => `lambda_conformance_localstack.${module}`;
  const running = await startProcess({
    name,
    command: python,
    args: ['-m', ours('supervise'), state, python, '-m', ours('serve')],
    env: {
      ...SETTINGS,
      SERVICES: SERVICES.filter((service) => !without.has(service)).join(),
      // Finds our package, and by its metadata the executor. Nothing is written into it.
      PYTHONPATH: PROCESS_FOLDER,
      PYTHONDONTWRITEBYTECODE: '1',
      LAMBDA_RUNTIME_EXECUTOR: 'processes',
      LC_NODE: process.execPath,
      ...(programs === undefined ? {} : { LC_PROGRAMS: programs }),
      // kinesis-local runs on the `node` of PATH.
      PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
      GATEWAY_LISTEN: `127.0.0.1:${port}`,
      [`${name.toUpperCase()}_HOST`]: `127.0.0.1:${port}`,
      // Queue URLs that need no name server.
      SQS_ENDPOINT_STRATEGY: 'path',
      DNS_ADDRESS: '0',
      // Where we run in a container ourselves, it would take that for its own.
      OVERRIDE_IN_DOCKER: '0',
      LS_LOG: 'warn',
      KINESIS_PERSISTENCE: '0',
      DYNAMODB_IN_MEMORY: '1',
      // Python 3.13 sizes its pools by this, at most 32 threads: as many events of one version run at once. Of two cores
      // it would make 6, and those behind them would begin late.
      PYTHON_CPU_COUNT: '28',
    },
    healthUrl: `${url}/_${name}/health`,
    readyWithinSeconds: READY_SECONDS,
  });
  return {
    ...running,
    url,
    notJudged: executorRules(title),
    stop: async () => {
      await running.stop();
      // The supervisor is in no group of ours: it removes its folder last of all.
      const deadline = performance.now() + GONE_MS;
      while (existsSync(state) && performance.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 20));
    },
  };
}
