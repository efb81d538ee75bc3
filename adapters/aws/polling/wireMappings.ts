import {
  type MappingSettings,
  mappingNamed,
  settingsAfter,
  settingsAsked,
  settingsOf,
} from '../../../engine/mappingSettings.ts';
import type { RequestStep, Scenario } from '../../../engine/scenario.ts';
import type { RecordBehaviour } from '../../../engine/sourceSpec.ts';
import type { StartedReport } from '../collector.ts';

/** A mapping of the scenario, and what is known of it on the wire. */
export interface WireMapping {
  readonly name: string;
  readonly source: string;
  readonly finalPlan: readonly RecordBehaviour[];
  /** The settings that were asked for last. */
  settings: MappingSettings;
  /** The functions that it may invoke, one after the other; attempts that began earlier are of the earlier ones. */
  readonly functions: Set<string>;
  /** Final invocations of its tumbling windows. */
  finals: number;
  /** Whether it was asked to be deleted, and since when; undefined: never. */
  deletedAt: number | undefined;
  /** How many watches over its state have begun. */
  watches: number;
}

/** The mappings that a scenario declares and makes, and which of them an attempt is of. */
export class WireMappings {
  readonly byName = new Map<string, WireMapping>();

  constructor(scenario: Scenario) {
    for (const spec of scenario.mappings ?? []) this.#add(spec.name, settingsOf(spec), spec.finalPlan);
  }

  #add(name: string, settings: MappingSettings, finalPlan: readonly RecordBehaviour[] = ['ok']): void {
    const functions = new Set([settings.function]);
    const { source } = settings;
    const unseen = { finals: 0, deletedAt: undefined, watches: 0 };
    this.byName.set(name, { name, source, finalPlan, settings, functions, ...unseen });
  }

  /** A request about a mapping is on its way. Returns what takes it back, for one that is refused. */
  requested(step: RequestStep, at: number): () => void {
    const name = mappingNamed(step);
    if (name === undefined) return () => undefined;
    const before = this.byName.get(name);
    if (step.operation === 'CreateEventSourceMapping') {
      const asked = settingsAsked(step.input);
      if (asked !== undefined) this.#add(name, asked);
      return () => {
        if (before === undefined) this.byName.delete(name);
        else this.byName.set(name, before);
      };
    }
    if (before === undefined) return () => undefined;
    const { settings, deletedAt } = before;
    if (step.operation === 'UpdateEventSourceMapping') {
      before.settings = settingsAfter(settings, step.input);
      before.functions.add(before.settings.function);
    }
    if (step.operation === 'DeleteEventSourceMapping') before.deletedAt = at;
    return () => {
      before.settings = settings;
      before.deletedAt = deletedAt;
    };
  }

  /** The mapping that gave the function records of that source; undefined where several may have. */
  of(
    source: string,
    functionName: string,
    report: Pick<StartedReport, 'arn' | 'version'>,
  ): WireMapping | undefined {
    let candidates = [...this.byName.values()].filter(
      (mapping) => mapping.source === source && mapping.functions.has(functionName),
    );
    if (candidates.length > 1) candidates = narrowed(candidates, ({ deletedAt }) => deletedAt === undefined);
    const qualifier = report.arn?.split(':')[7];
    if (candidates.length > 1)
      candidates = narrowed(candidates, ({ settings }) => settings.qualifier === qualifier);
    return candidates.length === 1 ? candidates[0] : undefined;
  }
}

/** Those that fit, where there are any. */
function narrowed(all: WireMapping[], fits: (mapping: WireMapping) => boolean): WireMapping[] {
  const fitting = all.filter(fits);
  return fitting.length > 0 ? fitting : all;
}
