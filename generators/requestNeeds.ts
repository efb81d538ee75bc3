/** What a request needs of a target beside its control plane: by its operation, and by the places that it names. */
import { type Capability, isMet, type Need, SOME_QUEUE } from '../engine/capabilities.ts';
import type { Json } from '../engine/json.ts';
import { SETTING_OF } from '../engine/operations.ts';
import type { Operation } from '../engine/scenario.ts';
import { isFifoName } from './names.ts';

const OF_PLACE: Readonly<Record<string, Need>> = {
  queue: SOME_QUEUE,
  topic: 'topics',
  bus: 'buses',
  bucket: 'buckets',
};

/** A place that a scenario declares, or a function: `queue:failed`. What is no such place stands for itself. */
const PLACE = /"(queue|topic|bus|bucket|function):([a-z0-9-]+)/g;

type Input = Readonly<Record<string, Json>>;

/** Inputs are entries of tables, of which the same ones are asked for with every request that is drawn. */
const known = new WeakMap<Input, Partial<Record<Operation, readonly Need[]>>>();

/** Whether a target has what the request needs: what it names has to be there, or is made in vain. */
export function isOffered(
  capabilities: ReadonlySet<Capability>,
  operation: Operation,
  input: Input,
): boolean {
  let ofInput = known.get(input);
  if (ofInput === undefined) {
    ofInput = {};
    known.set(input, ofInput);
  }
  ofInput[operation] ??= requestNeeds(operation, input);
  return ofInput[operation].every((need) => isMet(need, capabilities));
}

function requestNeeds(operation: Operation, input: Input): readonly Need[] {
  const ofOperation = SETTING_OF[operation];
  const needs: Need[] = ofOperation === undefined ? [] : [ofOperation];
  for (const [, kind = '', name = ''] of placesIn(input)) {
    const ofPlace = OF_PLACE[kind];
    if (ofPlace !== undefined) needs.push(ofPlace);
    if (isFifoName(name)) needs.push('fifo');
  }
  // Mappings have the same key: what they name is no destination of events.
  if (ofOperation === 'eventInvokeConfig' && placesIn(input['DestinationConfig']).length > 0)
    needs.push('destinations');
  if (placesIn(input['DeadLetterConfig']).length > 0) needs.push('deadLetter');
  return needs;
}

const placesIn = (input: Json | Input | undefined): RegExpExecArray[] =>
  input === undefined ? [] : [...JSON.stringify(input).matchAll(PLACE)];
