/** The names in drawn scenarios: functions by number, resources by role, events in order. */
import type { Json } from '../engine/json.ts';

export const FUNCTION_NAMES: readonly string[] = ['f', 'g', 'h'];

/** AWS tells FIFO queues and topics by the end of their names; so do we. */
export const isFifoName = (name: string): boolean => name.endsWith('fifo');

/** More events than a drawn scenario has steps; what lies beyond is made when it is asked for. */
const PREPARED = 128;

const eventNames = Array.from({ length: PREPARED }, (_, k) => `e${k}`);
const countedPayloads = Array.from({ length: PREPARED }, (_, k): Json => ({ n: k }));

/** `e1` for the first. */
export const eventName = (k: number): string => eventNames[k] ?? `e${k}`;

/** `{ "n": 1 }` for the first: no two events of a scenario are alike. */
export const countedPayload = (k: number): Json => countedPayloads[k] ?? { n: k };

/** Whether the payload looks like one of those that are counted. */
export const isCounted = (payload: Json): boolean =>
  typeof payload === 'object' && payload !== null && 'n' in payload && Object.keys(payload).length === 1;
