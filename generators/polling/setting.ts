import type { Capability } from '../../engine/capabilities.ts';
import type { FunctionSpec, Scenario, Step } from '../../engine/scenario.ts';
import type {
  BrokerQueueSpec,
  KafkaTopicSpec,
  MappingSpec,
  QueueSpec,
  StreamSpec,
  TableSpec,
} from '../../engine/sourceSpec.ts';
import type { Draw } from './draw.ts';
import type { Trait, Traits } from './traits.ts';

/** A scenario in the making. */
export class Setting {
  readonly draw: Draw;
  readonly traits: Traits;
  readonly capabilities: ReadonlySet<Capability>;
  readonly isRealTime: boolean;
  readonly functions: FunctionSpec[] = [];
  readonly queues: QueueSpec[] = [];
  readonly streams: StreamSpec[] = [];
  readonly tables: TableSpec[] = [];
  readonly kafkaTopics: KafkaTopicSpec[] = [];
  readonly brokerQueues: BrokerQueueSpec[] = [];
  readonly topics: { name: string }[] = [];
  readonly buckets: { name: string }[] = [];
  readonly buses: { name: string }[] = [];
  readonly mappings: MappingSpec[] = [];
  readonly subscriptions: NonNullable<Scenario['subscriptions']> = [];
  readonly steps: Step[] = [];
  private records = 0;
  private events = 0;

  constructor(draw: Draw, traits: Traits, capabilities: ReadonlySet<Capability>, isRealTime: boolean) {
    this.draw = draw;
    this.traits = traits;
    this.capabilities = capabilities;
    this.isRealTime = isRealTime;
  }

  /** Whether the scenario has the trait, and uses it this time. */
  uses(trait: Trait, percent = 70): boolean {
    return this.traits.has(trait) && this.draw.percent(percent);
  }

  nextRecord(): string {
    return `r${++this.records}`;
  }

  nextEvent(): string {
    return `e${++this.events}`;
  }

  /** Declares a queue, once. */
  queue(spec: QueueSpec): string {
    if (!this.queues.some(({ name }) => name === spec.name)) this.queues.push(spec);
    return `queue:${spec.name}`;
  }

  /** The scenario, with its steps in order of time. */
  scenario(): Scenario {
    const steps = this.steps.map((step, index) => ({ step, index }));
    steps.sort((a, b) => a.step.atSeconds - b.step.atSeconds || a.index - b.index);
    const some = <K extends string, T>(key: K, items: readonly T[]) =>
      items.length === 0 ? {} : { [key]: items };
    return {
      scenario: 1,
      functions: this.functions,
      ...some('queues', this.queues),
      ...some('topics', this.topics),
      ...some('buses', this.buses),
      ...some('buckets', this.buckets),
      ...some('streams', this.streams),
      ...some('tables', this.tables),
      ...some('kafkaTopics', this.kafkaTopics),
      ...some('brokerQueues', this.brokerQueues),
      ...some('mappings', this.mappings),
      ...some('subscriptions', this.subscriptions),
      steps: steps.map(({ step }) => step),
    } as Scenario;
  }
}
