import type { BehaviourObject, Outcome } from '../../engine/scenario.ts';
import type { Environment } from './environments.ts';
import type { FunctionRuntime } from './functionRuntime.ts';
import type { Invocation } from './invocation.ts';

/** One attempt: an invocation in an execution environment, from admission to its end. */
export class Attempt {
  readonly id: string;
  readonly invocation: Invocation;
  readonly owner: FunctionRuntime;
  readonly version: string;
  readonly environment: Environment;
  /** The qualifier on whose provisioned concurrency it runs. */
  readonly provisionedAs: string | undefined;
  /** An event that runs once more than it should: its result counts for nothing. */
  readonly isDuplicate: boolean;
  behaviour: BehaviourObject | undefined = undefined;
  planned: Outcome = 'ok';
  /** Milliseconds of the clock; the handler was entered then. */
  enteredAt = -1;
  /** The function's timeout as it was then. */
  timeoutSeconds = 0;
  /** Milliseconds of the clock at which it is over; nothing that is due before counts. */
  endsAt = -1;
  /** Milliseconds from the start of its timer until the handler was entered. */
  timerAheadMs = 0;
  /** It is stopped at the timeout. */
  isStopped = false;
  /** It has told of its end, and is stopped before its answer is there. */
  isToldOf = false;
  /** Its handler waits for the answer to a call of its own. */
  isWaiting = false;
  isOver = false;

  constructor(
    id: string,
    invocation: Invocation,
    owner: FunctionRuntime,
    version: string,
    environment: Environment,
    provisionedAs: string | undefined,
    isDuplicate: boolean,
  ) {
    this.id = id;
    this.invocation = invocation;
    this.owner = owner;
    this.version = version;
    this.environment = environment;
    this.provisionedAs = provisionedAs;
    this.isDuplicate = isDuplicate;
  }
}
