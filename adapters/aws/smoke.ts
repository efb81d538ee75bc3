import { InvokeCommand } from '@aws-sdk/client-lambda';
import { scenarioSchema } from '../../engine/scenario.ts';
import { TargetError } from '../../engine/target.ts';
import type { Collector } from './collector.ts';
import { describe, failureOf } from './failures.ts';
import type { Maker } from './maker.ts';
import type { Pool } from './pool.ts';

/** What to do where functions do not reach the collector. */
export const REPORT_HELP =
  'if functions run in containers, say with --collector-host how they reach this machine; if they run nowhere, requests to the control plane and their answers can be judged all the same, by a profile that lacks "invoke" (docs/your-emulator.md)';

// The default timeout: most scenarios can use this function afterwards.
const SMOKE = scenarioSchema.parse({ scenario: 1, functions: [{ name: 'f' }], steps: [] });
const PATIENCE_MS = 60_000;

/** Looks at something on a function of the target, which is thrown away afterwards. */
export async function withFunction(
  pool: Pool,
  maker: Maker,
  look: (realName: string) => Promise<void>,
): Promise<void> {
  const lease = await pool.lease(SMOKE, maker);
  try {
    for (const { realName } of lease.aliases) await look(realName);
  } finally {
    await pool.giveBack(lease, SMOKE, false, maker);
  }
}

/**
 * Invokes one function and looks whether its probe reports: otherwise each rule would find its attempts missing,
 * and the target would be accused of what is the set-up's fault.
 * @param look what else to find out on that function, which is thrown away afterwards
 * @throws TargetError with what to do, where no report comes
 */
export async function smoke(
  where: string,
  pool: Pool,
  collector: Collector,
  maker: Maker,
  look?: (realName: string) => Promise<void>,
): Promise<void> {
  const lease = await pool.lease(SMOKE, maker);
  const [fn] = lease.aliases;
  if (fn === undefined) return;
  let didReport = false;
  collector.attend(fn.realName, {
    started: () => {
      didReport = true;
      return { attempt: 'smoke', outcome: 'ok', value: 'smoke' };
    },
    ended: () => undefined,
  });
  const said = await maker.clients.lambda
    .send(
      new InvokeCommand({ FunctionName: fn.realName, Payload: Buffer.from('{}') }),
      maker.within(PATIENCE_MS),
    )
    .then(
      ({ Payload }) =>
        Buffer.from(Payload ?? [])
          .toString()
          .slice(0, 200),
      (thrown: unknown) => describe(failureOf(thrown)),
    );
  collector.release(fn.realName);
  try {
    if (didReport) await look?.(fn.realName);
  } finally {
    await pool.giveBack(lease, SMOKE, didReport && look === undefined, maker);
  }
  if (didReport) return;
  throw new TargetError(
    `A function on ${where} was invoked but did not reach ${collector.url} (it answered ${said}): ${REPORT_HELP}.`,
  );
}
