/** What an attempt in a tumbling window is told. AWS, services-kinesis-windows.html. */
import type { Json } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';
import type { Batch } from '../../engine/view.ts';

export interface Told {
  readonly shardId: string;
  /** As it is written in `window.start`, and both times in seconds since 1970. */
  readonly start: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly state: Json | undefined;
  readonly isFinal: boolean;
  readonly isTerminatedEarly: boolean;
}

/** Undefined where something of it is missing or of another type. */
export function toldIn({ started: { payload } }: Batch): Told | undefined {
  const event = asObject(payload);
  const window = asObject(event?.['window']);
  const { start, end } = window ?? {};
  const shardId = event?.['shardId'];
  const isLast = event?.['isFinalInvokeForWindow'];
  const isTerminatedEarly = event?.['isWindowTerminatedEarly'];
  if (typeof start !== 'string' || typeof end !== 'string' || typeof shardId !== 'string') return undefined;
  if (typeof isLast !== 'boolean' || typeof isTerminatedEarly !== 'boolean') return undefined;
  const startsAt = Date.parse(start) / 1_000;
  const endsAt = Date.parse(end) / 1_000;
  if (Number.isNaN(startsAt) || Number.isNaN(endsAt)) return undefined;
  return {
    shardId,
    start,
    startsAt,
    endsAt,
    state: event?.['state'],
    isFinal: isLast,
    isTerminatedEarly,
  };
}

/** Whether the attempt closes a tumbling window. */
export const isFinal = ({ started: { payload } }: Batch): boolean =>
  asObject(payload)?.['isFinalInvokeForWindow'] === true;

/** The shard that an attempt in a tumbling window is told of. */
export function shardTold({ started: { payload } }: Batch): string | undefined {
  const shardId = asObject(payload)?.['shardId'];
  return typeof shardId === 'string' ? shardId : undefined;
}
