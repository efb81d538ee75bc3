import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ALL_CAPABILITIES, type Capability } from '../../engine/capabilities.ts';
import { type Scenario, scenarioSchema } from '../../engine/scenario.ts';
import type { RecordSpec } from '../../engine/sourceSpec.ts';
import { randomOf } from '../fc.ts';
import { pollingArbitrary } from './scenario.ts';
import { ALL_TRAITS, type Family, TRAITS, type Trait, traitsFor } from './traits.ts';

interface Drawn {
  readonly family: Family;
  readonly traits: Iterable<Trait>;
  readonly count: number;
  readonly isRealTime?: boolean;
  readonly without?: readonly Capability[];
}

function draws({ family, traits, count, isRealTime = false, without = [] }: Drawn): Scenario[] {
  const capabilities = new Set([...ALL_CAPABILITIES].filter((capability) => !without.includes(capability)));
  const arbitrary = pollingArbitrary({ family, traits: new Set(traits), capabilities, isRealTime });
  return Array.from({ length: count }, (_, i) => arbitrary.generate(randomOf(1, i), undefined).value);
}

const FAMILIES: readonly Family[] = ['sqs', 'streams', 'kafkaMq', 'mixed', 'rights'];
const allOf = (family: Family, isRealTime = false) => traitsFor(family, ALL_CAPABILITIES, isRealTime);

const records = ({ steps }: Scenario): RecordSpec[] =>
  steps.flatMap((step) => (step.do === 'send' ? step.records : []));
const requested = ({ steps }: Scenario, operation: string): boolean =>
  steps.some((step) => step.do === 'request' && step.operation === operation);
const updates = ({ steps }: Scenario): string[] =>
  steps.flatMap((step) =>
    step.do === 'request' && step.operation === 'UpdateEventSourceMapping'
      ? [JSON.stringify(step.input)]
      : [],
  );
const mapped = ({ mappings = [] }: Scenario, key: string): boolean => mappings.some((spec) => key in spec);
const queued = ({ queues = [] }: Scenario, key: string): boolean => queues.some((spec) => key in spec);

/** How one sees in a scenario that a trait was used. */
const SIGNS: Partial<Record<Trait, (scenario: Scenario, text: string) => boolean>> = {
  timeouts: (_, text) => text.includes('"timeout"'),
  exits: (_, text) => text.includes('"exit"'),
  unserializable: (_, text) => text.includes('"unserializable"'),
  sleeps: (scenario) => JSON.stringify(records(scenario)).includes('"afterSeconds"'),
  poison: (scenario) =>
    records(scenario).some(({ plan }) => {
      const last = plan.at(-1);
      return last !== 'ok' && (typeof last === 'string' || last?.do !== 'ok');
    }),
  reports: (scenario) => mapped(scenario, 'reportsItemFailures'),
  malformed: (_, text) => text.includes('"as":'),
  values: (scenario) => JSON.stringify(records(scenario)).includes('"value":'),
  windows: (scenario) => mapped(scenario, 'windowSeconds'),
  filters: (scenario) => mapped(scenario, 'filters'),
  qualifiers: (scenario) => mapped(scenario, 'qualifier'),
  twins: ({ mappings = [] }) => new Set(mappings.map(({ source }) => source)).size < mappings.length,
  disabling: (scenario) => updates(scenario).some((input) => input.includes('"Enabled":true')),
  updating: (scenario) => updates(scenario).some((input) => !input.includes('"Enabled"')),
  creating: (scenario) => requested(scenario, 'CreateEventSourceMapping'),
  deleting: (scenario) => requested(scenario, 'DeleteEventSourceMapping'),
  crowds: ({ steps }) => steps.some((step) => step.do === 'send' && step.records.length > 5),
  texts: (_, text) => text.includes('"text":"'),
  large: (_, text) => text.includes('"$filler":1000000'),
  attributes: (_, text) => text.includes('"attributes":{"Title"'),
  reserves: ({ functions }) => functions.some(({ reservedConcurrency }) => reservedConcurrency !== undefined),
  throttling: (scenario) => requested(scenario, 'PutFunctionConcurrency'),
  calls: ({ steps }) => steps.some((step) => step.do === 'invoke'),
  outlets: ({ functions }) => functions.some(({ eventInvoke }) => eventInvoke !== undefined),
  removals: ({ steps }) => steps.some((step) => step.do === 'remove'),
  fifo: ({ queues = [] }) => queues.some(({ name, fifo }) => name === 'inbox' && fifo === true),
  redrive: (scenario) => queued(scenario, 'redrive'),
  delays: (scenario) => queued(scenario, 'delaySeconds'),
  retention: (scenario) => queued(scenario, 'retentionSeconds'),
  maximum: (scenario) => mapped(scenario, 'maximumConcurrency'),
  pollers: (scenario) => mapped(scenario, 'provisioned'),
  backlog: (scenario) => records(scenario).some(({ times = 1 }) => times > 30),
  loops: (_, text) => text.includes('"chainTo"'),
  shards: ({ streams = [], tables = [], kafkaTopics = [] }) =>
    [...streams, ...tables].some(({ shards = 1 }) => shards > 1) ||
    kafkaTopics.some(({ partitions = 1 }) => partitions > 1),
  keys: (scenario) => records(scenario).some(({ key }) => key !== undefined),
  parallel: (scenario) => mapped(scenario, 'parallelizationFactor'),
  retries: (scenario) => mapped(scenario, 'maximumRetryAttempts'),
  ages: (scenario) => mapped(scenario, 'maximumRecordAgeSeconds'),
  bisects: (scenario) => mapped(scenario, 'bisects'),
  destinations: (scenario) => mapped(scenario, 'onFailure'),
  tumbling: (scenario) => mapped(scenario, 'tumblingWindowSeconds'),
  tables: ({ tables }) => tables !== undefined,
  groups: (scenario) => mapped(scenario, 'consumerGroup'),
  strangers: (_, text) => text.includes('"asStranger":true'),
  pushes: ({ subscriptions }) => subscriptions !== undefined,
  readers: (_, text) => text.includes('"inboxreader"'),
  writers: (_, text) => text.includes('"wdead"'),
};
/** What these do shows together with another trait, or in what follows: coverage of the rules tells. */
const UNSIGNED: readonly Trait[] = [
  'scenes',
  'throws',
  'unasked',
  'batches',
  'neighbours',
  'requests',
  'later',
  'roles',
  'reshards',
];

/** What has to be on for a trait to be seen. */
const WITH: Partial<Record<Trait, readonly Trait[]>> = {
  poison: ['throws', 'redrive', 'retries'],
  malformed: ['reports'],
  retries: ['pollers'],
  bisects: ['pollers'],
  reports: ['pollers'],
  ages: ['pollers'],
  keys: ['shards'],
};
/** What brings the same about as well. */
const ALSO: Partial<Record<Trait, readonly Trait[]>> = {
  sleeps: ['crowds', 'backlog', 'maximum', 'pollers'],
  retries: ['removals'],
  groups: ['twins'],
  updating: ['creating', 'deleting'],
  pollers: ['retries', 'reports'],
  backlog: ['maximum', 'pollers'],
  crowds: ['large', 'filters', 'windows'],
  keys: ['large', 'filters', 'windows'],
  redrive: ['loops'],
  poison: ['tumbling'],
};

const rooms = Object.entries(SIGNS).flatMap(([name, sign]) => {
  const trait = name as Trait;
  return TRAITS[trait].of.map((family) => ({ trait, family, sign }));
});

describe('the traits of a scenario', () => {
  test.each(rooms)('$trait is drawn in $family where it is on', ({ trait, family, sign }) => {
    // Of brokers there are neither retries nor batch responses: what needs them is looked for in many scenarios.
    const traits = [trait, ...(WITH[trait] ?? [])];
    const found = draws({ family, traits, count: 1_500 }).some((scenario) =>
      sign(scenario, JSON.stringify(scenario)),
    );
    expect(found).toBe(true);
  });

  test.each(rooms)('$trait is never drawn in $family where it is off', ({ trait, family, sign }) => {
    const off = new Set<Trait>([trait, 'scenes', 'requests', ...(ALSO[trait] ?? [])]);
    const traits = allOf(family).filter((other) => !off.has(other));
    if (family === 'rights') traits.push(trait === 'strangers' ? 'pushes' : 'strangers');
    const found = draws({ family, traits, count: 150 }).find((scenario) =>
      sign(scenario, JSON.stringify(scenario)),
    );
    expect(found).toBeUndefined();
  });

  test('each has a sign, or is known to have none', () => {
    const unsigned = ALL_TRAITS.filter((trait) => SIGNS[trait] === undefined);
    expect(unsigned.toSorted()).toEqual(UNSIGNED.toSorted());
  });
});

describe('scenarios of the polling model', () => {
  test.each(FAMILIES)('of the family %s are valid, whatever the target has', (family) => {
    const lacks: Capability[][] = [
      [],
      ['kinesis', 'kafka'],
      ['dynamodb', 'mq', 'fifo', 'redrive'],
      ['controlPlane', 'destinations', 'reserved'],
    ];
    for (const isRealTime of [false, true])
      for (const without of lacks) {
        const traits = allOf(family, isRealTime);
        for (const scenario of draws({ family, traits, count: 250, isRealTime, without })) {
          const read = scenarioSchema.safeParse(JSON.parse(JSON.stringify(scenario)));
          if (!isDeepStrictEqual(read.data, scenario))
            expect(read).toEqual({ success: true, data: scenario });
        }
      }
  });

  test('use no source that the target does not have', () => {
    const lists = ['streams', 'tables', 'kafkaTopics', 'brokerQueues'] as const;
    const needs = {
      streams: 'kinesis',
      tables: 'dynamodb',
      kafkaTopics: 'kafka',
      brokerQueues: 'mq',
    } as const;
    for (const list of lists)
      for (const family of ['streams', 'kafkaMq'] as const) {
        const without = [needs[list]];
        const capabilities = new Set([...ALL_CAPABILITIES].filter((one) => one !== needs[list]));
        const traits = traitsFor(family, capabilities, false);
        for (const scenario of draws({ family, traits, count: 400, without }))
          expect(scenario[list]).toBeUndefined();
      }
  });

  test('a record that fails for ever is only sent where something ends that', () => {
    const traits = allOf('streams').filter((trait) => trait !== 'scenes' && trait !== 'requests');
    for (const scenario of draws({ family: 'streams', traits, count: 1_500 })) {
      for (const step of scenario.steps) {
        if (step.do !== 'send') continue;
        const isEndless = step.records.some(({ plan }) => plan.at(-1) === 'throw');
        const readers = (scenario.mappings ?? []).filter(({ source }) => source === step.to);
        const [first] = readers;
        if (!isEndless || first === undefined) continue;
        expect((first.maximumRetryAttempts ?? -1) >= 0 || (first.maximumRecordAgeSeconds ?? -1) > 0).toBe(
          true,
        );
      }
    }
  });

  test('FIFO queues have no window, no batch beyond ten, and FIFO dead-letter queues', () => {
    for (const { queues = [], mappings = [] } of draws({
      family: 'sqs',
      traits: allOf('sqs'),
      count: 1_500,
    })) {
      const fifo = new Set(queues.filter((queue) => queue.fifo).map(({ name }) => `queue:${name}`));
      for (const { name, redrive } of queues)
        if (redrive !== undefined) expect(fifo.has(redrive.to)).toBe(fifo.has(`queue:${name}`));
      for (const { source, windowSeconds = 0, batchSize = 10 } of mappings) {
        if (fifo.has(source)) expect([windowSeconds, batchSize <= 10]).toEqual([0, true]);
        else if (source.startsWith('queue:') && batchSize > 10) expect(windowSeconds).toBeGreaterThan(0);
      }
    }
  });

  test('no function may run for longer than its queue hides messages', () => {
    for (const { queues = [], functions, mappings = [] } of draws({
      family: 'sqs',
      traits: allOf('sqs'),
      count: 1_500,
    }))
      for (const { source, function: owner } of mappings) {
        const visible = queues.find(({ name }) => `queue:${name}` === source)?.visibilityTimeoutSeconds ?? 30;
        const { timeoutSeconds = 0 } = functions.find(({ name }) => name === owner) ?? {};
        expect(timeoutSeconds).toBeLessThanOrEqual(visible);
      }
  });

  test.each(FAMILIES)('of the family %s wait for seconds on a real clock, and send no crowds', (family) => {
    for (const scenario of draws({ family, traits: allOf(family, true), count: 600, isRealTime: true })) {
      // AWS allows no bound on the age of records below a minute.
      const isBounded = (scenario.mappings ?? []).some(
        ({ maximumRecordAgeSeconds = -1 }) => maximumRecordAgeSeconds > 0,
      );
      for (const step of scenario.steps) expect(step.atSeconds).toBeLessThanOrEqual(isBounded ? 61 : 15);
      for (const { times = 1 } of records(scenario)) expect(times).toBeLessThanOrEqual(40);
      for (const { windowSeconds = 0, maximumRecordAgeSeconds = -1 } of scenario.mappings ?? []) {
        expect(windowSeconds).toBeLessThanOrEqual(2);
        expect(maximumRecordAgeSeconds).toBeLessThanOrEqual(60);
      }
    }
  });
});
