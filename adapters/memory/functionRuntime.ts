import type { FunctionState, ResourceState } from './account.ts';
import type { Environment } from './environments.ts';

/** What the data plane keeps of a function beside its configuration. */
export class FunctionRuntime {
  readonly name: string;
  readonly state: FunctionState;
  readonly resource: ResourceState;
  /** The reserve that binds now; a changed one binds a little later. */
  reserved: number | null;
  /** Attempts in flight, over all versions and aliases. */
  inFlight = 0;
  /** Of these on provisioned concurrency, by qualifier. */
  provisionedInFlight: Map<string, number> | undefined = undefined;
  environments: Environment[] = [];
  /** Times (ms) of synchronous requests that count against the rate, and of new environments. */
  readonly requestsAt: number[] = [];
  readonly environmentsAt: number[] = [];

  // Sums for the metrics.
  invocations = 0;
  errors = 0;
  throttles = 0;
  eventsReceived = 0;
  eventsDropped = 0;
  deliveryFailures = 0;
  deadLetterErrors = 0;
  loopsStopped = 0;

  constructor(state: FunctionState, resource: ResourceState) {
    this.name = state.name;
    this.state = state;
    this.resource = resource;
    this.reserved = state.reserved;
  }
}
