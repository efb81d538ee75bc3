/** What the simulated account holds: the state that the control plane changes and the data plane reads. */
import type { MappingSettings } from '../../engine/mappingSettings.ts';
import type { FunctionSpec } from '../../engine/scenario.ts';
import type { QueueSpec } from '../../engine/sourceSpec.ts';

/** An event-invoke configuration as stored: what was not given is absent, and AWS's defaults apply. */
export interface StoredEventInvoke {
  maximumRetryAttempts?: number;
  maximumEventAgeSeconds?: number;
  /** `queue:failed`, … as the scenario writes it. */
  onSuccess?: string;
  onFailure?: string;
}

export interface AliasState {
  version: string;
  additional?: { readonly version: string; readonly weight: number };
}

export interface FunctionState {
  readonly name: string;
  readonly spec: FunctionSpec;
  timeoutSeconds: number;
  deadLetter: string | undefined;
  /** null: none reserved, the function shares the unreserved pool. */
  reserved: number | null;
  /** Provisioned concurrency by qualifier (version or alias). */
  readonly provisioned: Map<string, number>;
  /** Published versions: "1", "2", … */
  readonly versions: readonly string[];
  readonly aliases: Map<string, AliasState>;
  /** By qualifier; `$LATEST` for the function itself. */
  readonly eventInvoke: Map<string, StoredEventInvoke>;
  recursiveLoop: 'Allow' | 'Terminate';
  state: 'Pending' | 'Active';
}

export interface ResourceState {
  readonly kind: 'queue' | 'topic' | 'bus' | 'bucket' | 'function' | 'stream' | 'table' | 'kafka' | 'broker';
  readonly isFifo: boolean;
  exists: boolean;
}

/** An event source mapping as the control plane has it. What it means for pollers: polling/lifecycle.ts. */
export interface MappingState {
  /** As the scenario speaks of it. */
  readonly name: string;
  readonly uuid: string;
  settings: MappingSettings;
  state: 'Creating' | 'Enabling' | 'Enabled' | 'Disabling' | 'Disabled' | 'Updating' | 'Deleting';
}

export interface AccountState {
  /** By the scenario's names; deleted ones are gone. */
  readonly mappings: Map<string, MappingState>;
  /** How many event source mappings there ever were: no UUID is given twice. */
  mappingsMade: number;
  /** `FUNCTION RESOURCE`: what roles lack permission for. */
  readonly denied: Set<string>;
  /** On which cluster each topic of Kafka is. */
  readonly clusters: ReadonlyMap<string, string>;
  /** The settings of queues, by reference: CreateQueue and SetQueueAttributes change them. */
  readonly queues: Map<string, QueueSpec>;
  readonly functions: Map<string, FunctionState>;
  /** By reference: `queue:failed`, … */
  readonly resources: Map<string, ResourceState>;
  /** Concurrent executions of the account in the Region. */
  readonly concurrencyLimit: number;
  /** What reserving must leave unreserved. */
  readonly unreservedMinimum: number;
}
