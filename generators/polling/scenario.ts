/** Scenarios of the polling model: drawn by hand, shrunk by leaving out and simplifying parts. */
import type { Capability } from '../../engine/capabilities.ts';
import type { Scenario } from '../../engine/scenario.ts';
import { type Arbitrary, fc, type Random } from '../fc.ts';
import { Draw } from './draw.ts';
import { type Change, reconfigure } from './functions.ts';
import { addKafkaOrMq } from './kafkaMq.ts';
import { addQueues } from './queues.ts';
import { addOnlyRequests, addRequests } from './requests.ts';
import { addRights } from './rights.ts';
import { playAtTopic } from './scenes/kafkaMq.ts';
import { playAtQueue } from './scenes/queues.ts';
import { playAtStream } from './scenes/streams.ts';
import { Setting } from './setting.ts';
import { smaller } from './smaller.ts';
import { addStreams } from './streams.ts';
import type { Family, Traits } from './traits.ts';

export interface PollingOptions {
  readonly family: Family;
  readonly traits: Traits;
  readonly capabilities: ReadonlySet<Capability>;
  readonly isRealTime: boolean;
}

/** An arbitrary of scenarios of one family that use nothing but the given traits. */
export const pollingArbitrary = (options: PollingOptions): Arbitrary<Scenario> =>
  new PollingArbitrary(options);

/** What any mapping may be changed to. */
const CHANGES: readonly [Change, ...Change[]] = [{ BatchSize: 5 }, { Enabled: false }, { Enabled: true }];

class PollingArbitrary extends fc.Arbitrary<Scenario> {
  private readonly options: PollingOptions;

  constructor(options: PollingOptions) {
    super();
    this.options = options;
  }

  override generate(random: Random) {
    return new fc.Value(drawn(random, this.options), undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is Scenario {
    return true;
  }

  override shrink(value: Scenario) {
    return fc.stream(candidates(value));
  }
}

function* candidates(scenario: Scenario): IterableIterator<InstanceType<typeof fc.Value<Scenario>>> {
  for (const candidate of smaller(scenario)) yield new fc.Value(candidate, undefined);
}

function drawn(random: Random, { family, traits, capabilities, isRealTime }: PollingOptions): Scenario {
  const setting = new Setting(new Draw(random), traits, capabilities, isRealTime);
  // Where no handler runs, all that can be asked of a mapping are requests.
  const runsNothing = !capabilities.has('invoke');
  if (runsNothing || (setting.traits.has('requests') && setting.draw.percent(20))) {
    addOnlyRequests(setting);
    if (runsNothing) for (const mapping of setting.mappings) reconfigure(setting, mapping, CHANGES);
    return setting.scenario();
  }
  const isScene = setting.uses('scenes', 50);
  switch (family) {
    case 'sqs':
      if (isScene) playAtQueue(setting);
      else addQueues(setting);
      break;
    case 'streams':
      if (isScene) playAtStream(setting);
      else addStreams(setting);
      break;
    case 'kafkaMq':
      if (!isScene || !playAtTopic(setting)) addKafkaOrMq(setting);
      break;
    case 'mixed':
      addQueues(setting);
      addStreams(setting);
      break;
    case 'rights':
      addRights(setting);
  }
  if (setting.uses('requests')) addRequests(setting);
  return setting.scenario();
}
