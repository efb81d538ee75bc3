import type { Delivered } from '../../engine/history.ts';
import type { Json } from '../../engine/json.ts';
import type { Attempt } from './attempt.ts';
import type { FunctionRuntime } from './functionRuntime.ts';
import type { Invocation } from './invocation.ts';

/** A record or a dead letter on its way to a resource. */
export interface Dispatch {
  readonly role: 'record' | 'deadLetter';
  readonly isSuccess: boolean;
  /** `queue:failed`, … */
  readonly resource: string;
  /** What it is about. */
  readonly invocation: Invocation;
  readonly owner: FunctionRuntime;
  /** The last attempt, where there was one. */
  readonly cause: Attempt | undefined;
  readonly body: Json;
  /** As `Asked.payloadBytes`. */
  readonly bodyBytes: number;
  readonly attributes: Delivered['attributes'] | undefined;
}
