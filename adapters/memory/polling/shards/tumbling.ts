/**
 * Tumbling windows. AWS, services-kinesis-windows.html: one after the other, each record in the window of its arrival;
 * the state goes from attempt to attempt, and ends with the final invocation of the window.
 */
import { isFiller, type Json } from '../../../../engine/json.ts';
import { asObject } from '../../../../engine/record.ts';
import { EPOCH_MS } from '../../records.ts';
import type { World } from '../../world.ts';
import type { Turn } from '../source.ts';
import type { ShardReader } from './reader.ts';

const NO_STATE: Json = {};

export class TumblingWindow implements Turn {
  /** Milliseconds of the clock: from `startMs` on, and before `endMs`. */
  readonly startMs: number;
  readonly endMs: number;
  state: Json;
  /** The state has become too large: the window is at its end. */
  isEarly = false;
  /** Its time is over, and nothing more came. */
  isDue = false;
  private readonly reader: ShardReader;

  constructor(reader: ShardReader, startMs: number, endMs: number, state: Json) {
    this.reader = reader;
    this.startMs = startMs;
    this.endMs = endMs;
    this.state = state;
  }

  turn(world: World): void {
    if (this.reader.window !== this) return;
    this.isDue = true;
    this.reader.advance(world);
  }

  /** What the event of an attempt has beside its records. */
  fields(world: World, isFinal: boolean): { readonly [key: string]: Json } {
    const { reader } = this;
    return {
      window: { start: isoOf(this.startMs), end: isoOf(this.endMs) },
      state: world.policy.keepsWindowState ? this.state : NO_STATE,
      shardId: reader.shard.id,
      eventSourceARN: reader.poller.stream.arn,
      isFinalInvokeForWindow: isFinal,
      isWindowTerminatedEarly: isFinal && this.isEarly,
    };
  }

  /** An attempt returned a state. AWS: more than 1 MB ends the window early. */
  keep(world: World, state: Json): void {
    this.state = state;
    this.isEarly = stateBytesOf(state) > world.policy.stateBytes;
  }

  /** The final invocation succeeded, or was given up: the state is gone. */
  end(): void {
    this.reader.window = undefined;
    this.reader.leftState = this.state;
  }
}

const isoOf = (ms: number): string => `${new Date(EPOCH_MS + ms).toISOString().slice(0, 19)}Z`;

/** Bytes of the state's JSON text, with the filler that a handler may have put into it. */
function stateBytesOf(state: Json): number {
  const filled = asObject(state)?.['filler'];
  return JSON.stringify(state).length + (isFiller(filled) ? filled.$filler : 0);
}

/** The time, milliseconds of the clock, at which the window of `ms` begins. */
function startOf(world: World, ms: number, lengthMs: number): number {
  const shifted = EPOCH_MS + ms + world.policy.windowShiftSeconds * 1_000;
  return Math.floor(shifted / lengthMs) * lengthMs - EPOCH_MS;
}

/** Whether a record of that arrival is in the open window; where none is open, its own is opened. */
export function isInWindow(world: World, reader: ShardReader, arrivedAt: number): boolean {
  const lengthMs = 1_000 * reader.poller.mapping.settings.tumblingWindowSeconds;
  const startMs = startOf(world, arrivedAt, lengthMs);
  if (reader.window !== undefined) return reader.window.startMs === startMs;
  const { childrenKeepState, finalMostSeconds } = world.policy;
  const keepsState = childrenKeepState && reader.shard.parents.length > 0;
  const state = keepsState ? (reader.leftState ?? NO_STATE) : NO_STATE;
  reader.window = new TumblingWindow(reader, startMs, startMs + lengthMs, state);
  const leftMs = Math.max(0, startMs + lengthMs - world.clock.now);
  world.clock.in(leftMs + world.chance.between(1, finalMostSeconds * 1_000), 'turn', reader.window);
  return true;
}
