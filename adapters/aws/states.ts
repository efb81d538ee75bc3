import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import type { Scenario } from '../../engine/scenario.ts';
import { failureOf } from './failures.ts';
import type { Maker } from './maker.ts';
import type { Renaming } from './names.ts';
import type { Observation } from './observation.ts';
import { pause } from './steps.ts';

const POLL_SECONDS = 0.1;

/** Records the states of the scenario's fresh functions, each as it changes, until they are active. */
export async function watchStates(
  scenario: Scenario,
  renaming: Renaming,
  observation: Observation,
  maker: Maker,
  over: AbortSignal,
): Promise<void> {
  const fresh = scenario.functions.filter((spec) => spec.fresh === true);
  await Promise.all(fresh.map(({ name }) => watchState(name, renaming, observation, maker, over)));
}

async function watchState(
  name: string,
  renaming: Renaming,
  observation: Observation,
  maker: Maker,
  over: AbortSignal,
): Promise<void> {
  const command = new GetFunctionCommand({ FunctionName: renaming.functionName(name) });
  let before: string | undefined;
  while (!over.aborted) {
    try {
      const { Configuration } = await maker.clients.lambda.send(command, maker.within());
      const state = Configuration?.State;
      if (state !== undefined && state !== before) {
        observation.record({ kind: 'state', at: observation.now(), function: name, state });
      }
      before = state;
      if (state === undefined || state === 'Active' || state === 'Failed') return;
    } catch (thrown) {
      // The function may be gone by a step of the scenario.
      if (failureOf(thrown).kind === 'refused') return;
    }
    await pause(POLL_SECONDS, over);
  }
}
