import type { MappingSettings } from '../../../engine/mappingSettings.ts';
import type { RecordBehaviour } from '../../../engine/sourceSpec.ts';
import type { FunctionRuntime } from '../functionRuntime.ts';
import type { Poller, Source } from './source.ts';

/** What the data plane keeps of an event source mapping. */
export class MappingRuntime {
  readonly name: string;
  readonly uuid: string;
  readonly source: Source;
  /** The settings by which it acts now; changed ones bind a little later. */
  settings: MappingSettings;
  /** The function it invokes. */
  owner: FunctionRuntime;
  /** It exists and is enabled, and that binds. */
  isActive = false;
  poller: Poller | undefined = undefined;
  /** Milliseconds of the clock at which it was made; negative: before the scenario began. */
  readonly createdAt: number;
  readonly finalPlan: readonly RecordBehaviour[];

  // Sums for the metrics.
  polled = 0;
  filteredOut = 0;
  invoked = 0;
  dropped = 0;

  constructor(
    name: string,
    uuid: string,
    source: Source,
    owner: FunctionRuntime,
    settings: MappingSettings,
    createdAt: number,
    finalPlan: readonly RecordBehaviour[] = ['ok'],
  ) {
    this.name = name;
    this.uuid = uuid;
    this.source = source;
    this.owner = owner;
    this.settings = settings;
    this.createdAt = createdAt;
    this.finalPlan = finalPlan;
  }
}
