/**
 * The tumbling window of one lane. AWS, services-kinesis-windows.html: records are in the window of their arrival; the
 * state goes from attempt to attempt, and ends with the last invocation of the window.
 */
import type { Json } from '../../../../engine/json.ts';
import { EPOCH_MS } from '../../records.ts';
import type { World } from '../../world.ts';
import { StreamBatch } from './batch.ts';
import type { Lane } from './lane.ts';
import type { StreamRecord } from './record.ts';

const NO_STATE: Json = {};

/** What a batch of a window carries. */
export interface WindowContext {
  readonly isFinal: boolean;
  readonly state: Json;
  finals: number;
  keep(world: World, state: Json, bytes: number): void;
  fields(shardId: string, arn: string): { readonly [key: string]: Json };
}

export class Tumbling {
  private readonly lane: Lane;
  /** Milliseconds of the clock at which the open window began; undefined: none is open. */
  private startedAt: number | undefined;
  private lengthMs = 0;
  private state: Json = NO_STATE;
  private isTooLarge = false;
  private finals = 0;
  private isAwaiting = false;

  constructor(lane: Lane) {
    this.lane = lane;
  }

  get isOpen(): boolean {
    return this.startedAt !== undefined;
  }

  private windowMs(): number {
    return 1_000 * this.lane.poller.mapping.settings.tumblingWindowSeconds;
  }

  private startOf({ arrivedAt }: StreamRecord, lengthMs: number, world: World): number {
    const at = arrivedAt + world.policy.windowShiftSeconds * 1_000;
    return Math.floor(at / lengthMs) * lengthMs;
  }

  /** Whether the record may be in the next batch: it is in the open window, or opens one. */
  takes(world: World, record: StreamRecord): boolean {
    const lengthMs = this.windowMs();
    if (lengthMs === 0) return true;
    const start = this.startOf(record, lengthMs, world);
    if (this.startedAt === undefined) {
      this.startedAt = start;
      this.lengthMs = lengthMs;
      this.state =
        this.lane.shard.parents.length > 0 && world.policy.childrenKeepState ? { attempts: 1 } : NO_STATE;
      this.isTooLarge = false;
    }
    return start === this.startedAt;
  }

  /** Whether the open window has to be ended before anything else. */
  isDueToEnd(world: World, next: StreamRecord | undefined): boolean {
    if (this.startedAt === undefined) return false;
    if (this.isTooLarge) return true;
    if (next !== undefined) return this.startOf(next, this.lengthMs, world) !== this.startedAt;
    return this.lane.shard.isClosed || world.clock.now >= this.startedAt + this.lengthMs;
  }

  /** With no new records the window is ended some time after it is over. */
  awaitEnd(world: World): void {
    if (this.startedAt === undefined || this.isAwaiting) return;
    this.isAwaiting = true;
    const leftMs = Math.max(0, this.startedAt + this.lengthMs - world.clock.now);
    const lateMs = world.chance.between(0, world.policy.finalMostSeconds * 1_000);
    world.clock.in(leftMs + lateMs, 'turn', {
      turn: () => {
        this.isAwaiting = false;
        this.lane.lookSoon(world);
      },
    });
  }

  contextFor(world: World): WindowContext | undefined {
    return this.startedAt === undefined ? undefined : this.context(world, false);
  }

  finalBatch(world: World): StreamBatch {
    return new StreamBatch(this.lane, [], this.context(world, true));
  }

  private context(world: World, isFinal: boolean): WindowContext {
    const start = this.startedAt ?? 0;
    const window = { start: isoOf(start), end: isoOf(start + this.lengthMs) };
    const { state, isTooLarge } = this;
    return {
      isFinal,
      state: world.policy.keepsWindowState ? state : NO_STATE,
      finals: this.finals,
      keep: (_world, after, bytes) => {
        this.state = after;
        this.isTooLarge = bytes > world.policy.stateBytes;
      },
      fields: (shardId, arn) => ({
        window,
        state: world.policy.keepsWindowState ? state : NO_STATE,
        shardId,
        eventSourceARN: arn,
        isFinalInvokeForWindow: isFinal,
        isWindowTerminatedEarly: isFinal && isTooLarge,
      }),
    };
  }

  /** The last invocation succeeded, or was given up: the state is gone. */
  end(_world: World): void {
    this.startedAt = undefined;
    this.state = NO_STATE;
    this.isTooLarge = false;
    this.finals++;
  }
}

const isoOf = (ms: number): string => `${new Date(EPOCH_MS + ms).toISOString().slice(0, 19)}Z`;
