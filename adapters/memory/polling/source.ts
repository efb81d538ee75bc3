/** What the kinds of sources have in common: one class each, made by `sources.ts`. */
import type { Remaining } from '../../../engine/history.ts';
import type { ReshardStep, SendStep } from '../../../engine/sourceSpec.ts';
import type { Attempt } from '../attempt.ts';
import type { World } from '../world.ts';
import type { MappingRuntime } from './mapping.ts';
import type { Message } from './sqs/message.ts';

/** A queue, stream, table, topic of Kafka or queue of a broker, with what it holds. */
export interface Source {
  readonly ref: string;
  /** Takes what a step sends, and records that (`sent`, `unsent`); pollers that wait for it look. */
  send(world: World, step: SendStep, index: number): void;
  /** What reads it for a mapping, from the moment that the mapping exists. */
  attach(world: World, mapping: MappingRuntime): Poller;
  /** A handler sends a message on, for loop detection: queues only. */
  takeChained?(world: World, from: Message, cause: Attempt): void;
  reshard?(world: World, step: ReshardStep): void;
  /** What it holds when the observer leaves; undefined where nobody can look. */
  remaining(world: World): Remaining | undefined;
}

/** What reads a source for one mapping. */
export interface Poller {
  /** The mapping acts from now on: made, enabled, or with other settings. Looks at what waits. */
  resume(world: World): void;
  /** The mapping is disabled or deleted: no attempt starts from now on. */
  pause(world: World): void;
}

/** Something that happens at its time on the clock: `world.clock.in(ms, 'turn', turn)`. */
export interface Turn {
  turn(world: World): void;
}
