import { GetEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { mappingNamed } from '../../../engine/mappingSettings.ts';
import type { RequestStep } from '../../../engine/scenario.ts';
import type { Caller } from '../caller.ts';
import { failureOf } from '../failures.ts';
import { pause } from '../steps.ts';
import { isSettled } from './makeMapping.ts';

const POLL_SECONDS = 0.1;
/** A change of a mapping that has not come to its end by then is not watched any longer. */
const PATIENCE_SECONDS = 180;

/**
 * Records the states of a mapping after a request that may have changed it, each as it is first seen, until it has
 * settled or is gone. A request that comes meanwhile begins a watch of its own, and ends this one.
 */
export async function watchMapping(step: RequestStep, caller: Caller): Promise<void> {
  const name = mappingNamed(step);
  const uuid = name === undefined ? undefined : caller.renaming.get(`mapping:${name}`)?.realName;
  if (name === undefined || uuid === undefined) return;
  const { observation, clients, signal } = caller;
  const mapping = observation.polling.mappings.byName.get(name);
  const turn = mapping === undefined ? 0 : ++mapping.watches;
  let before: string | undefined;
  const told = (state: string) => {
    if (state === before) return;
    before = state;
    observation.record({ kind: 'mapping', at: observation.now(), mapping: name, state });
  };
  const until = observation.now() + PATIENCE_SECONDS;
  while (!signal.aborted && observation.now() < until) {
    try {
      const look = new GetEventSourceMappingCommand({ UUID: uuid });
      const { State } = await clients.lambda.send(look, { abortSignal: signal });
      if (mapping !== undefined && mapping.watches !== turn) return;
      if (State !== undefined) told(State);
      if (isSettled(State) && step.operation !== 'DeleteEventSourceMapping') return;
    } catch (thrown) {
      const failure = failureOf(thrown);
      if (failure.kind !== 'refused') return;
      if (failure.status === 404 && (mapping === undefined || mapping.watches === turn)) told('Deleted');
      return;
    }
    await pause(POLL_SECONDS, signal);
  }
}
