import { describe, expect, test } from 'vitest';
import { ALL_CAPABILITIES } from '../../engine/capabilities.ts';
import { type Scenario, scenarioSchema } from '../../engine/scenario.ts';
import { shrink } from '../../engine/shrinking.ts';
import type { Drawn } from '../../engine/source.ts';
import { savedScenario, scenarioSource } from '../source.ts';
import type { Family } from './traits.ts';

const FAMILIES: readonly Family[] = ['sqs', 'streams', 'kafkaMq', 'mixed', 'rights'];
const sourceOf = (seed: number, ...families: Family[]) =>
  scenarioSource({ seed, capabilities: ALL_CAPABILITIES, isRealTime: false, families });

type Property = (scenario: Scenario) => boolean;

const shrunk = async (drawn: Drawn, breaks: Property, jobs = 1) => {
  let tries = 0;
  const result = await shrink(drawn, 0, {
    stillBreaks: (scenario) => {
      tries++;
      return breaks(scenario);
    },
    jobs,
    budget: 5_000,
    signal: new AbortController().signal,
  });
  return { ...result, tries };
};

function firstThat(breaks: Property, family: Family, isLarge: Property = () => true): Drawn {
  const source = sourceOf(11, family);
  for (let i = 0; i < 20_000; i++) {
    const drawn = source.draw(i);
    if (breaks(drawn.scenario) && isLarge(drawn.scenario)) return drawn;
  }
  throw new Error('no scenario breaks it');
}

const sizeOf = ({ steps }: Scenario): number =>
  steps.reduce((sum, step) => sum + (step.do === 'send' ? step.records.length : 1), 0);
const isLarge: Property = (scenario) => scenario.steps.length > 4 && sizeOf(scenario) > 10;

/** A target that never redrives: seen by one message that always fails, of a queue with a dead-letter queue. */
const neverRedrives: Property = ({ queues = [], mappings = [], steps }) =>
  steps.some(
    (step) =>
      step.do === 'send' &&
      step.records.some(({ plan }) => plan.length === 1 && plan[0] === 'throw') &&
      mappings.some(({ source }) => source === step.to) &&
      queues.some(({ name, redrive }) => `queue:${name}` === step.to && redrive !== undefined),
  );

/** A target that loses what follows a record that fails, in the same batch of one shard. */
const losesTheNext: Property = ({ streams = [], mappings = [], steps }) =>
  streams.some(({ name }) =>
    mappings.some(
      ({ source, batchSize = 100 }) =>
        source === `stream:${name}` &&
        batchSize > 1 &&
        steps.some(
          (step) =>
            step.do === 'send' &&
            step.to === source &&
            step.records.length > 1 &&
            step.records.slice(0, -1).some(({ plan }) => plan[0] === 'throw'),
        ),
    ),
  );

describe('shrinking scenarios of the polling model', () => {
  test('ends with one queue and its dead-letter queue, one mapping, one poison message', async () => {
    const { scenario, tries } = await shrunk(firstThat(neverRedrives, 'sqs', isLarge), neverRedrives);
    const [mapping] = scenario.mappings ?? [];
    const [step] = scenario.steps;
    expect([scenario.functions.length, scenario.mappings?.length, scenario.steps.length]).toEqual([1, 1, 1]);
    expect(Object.keys(mapping ?? {}).toSorted()).toEqual(['function', 'name', 'source']);
    expect(scenario.queues?.filter(({ redrive }) => redrive !== undefined)).toHaveLength(1);
    expect(step).toMatchObject({ do: 'send', atSeconds: 0, records: [{ plan: ['throw'] }] });
    expect(step?.do === 'send' && Object.keys(step.records[0] ?? {})).not.toContain('body');
    expect(tries).toBeLessThan(120);
  });

  test('ends with one shard, two records, and a mapping without settings', async () => {
    const { scenario } = await shrunk(firstThat(losesTheNext, 'streams', isLarge), losesTheNext);
    expect(scenario.streams).toHaveLength(1);
    expect(scenario.streams?.[0]?.shards).toBeUndefined();
    expect(scenario.mappings?.map((mapping) => Object.keys(mapping).toSorted())).toEqual([
      ['function', 'name', 'source', 'startingPosition'],
    ]);
    expect(scenario.steps).toHaveLength(1);
    expect(sizeOf(scenario)).toBe(2);
    const [step] = scenario.steps;
    expect(step?.do === 'send' && step.records.map(({ plan }) => plan)).toEqual([['throw'], ['ok']]);
  });

  test('leaves out of a request what plays no part', async () => {
    const creates: Property = ({ steps }) =>
      steps.some((step) => step.do === 'request' && step.operation === 'CreateEventSourceMapping');
    const hasMuch: Property = ({ steps }) =>
      steps.some(
        (step) =>
          step.do === 'request' &&
          step.operation === 'CreateEventSourceMapping' &&
          Object.keys(step.input).length > 5,
      );
    const { scenario } = await shrunk(firstThat(creates, 'streams', hasMuch), creates);
    const [step] = scenario.steps;
    expect(step?.do === 'request' && Object.keys(step.input).toSorted()).toEqual([
      'EventSourceArn',
      'FunctionName',
      'StartingPosition',
    ]);
  });

  test('comes to the same for any number of jobs, and from a saved scenario', async () => {
    const drawn = firstThat(neverRedrives, 'mixed', isLarge);
    const one = await shrunk(drawn, neverRedrives, 1);
    const four = await shrunk(drawn, neverRedrives, 4);
    const saved = savedScenario(scenarioSchema.parse(JSON.parse(JSON.stringify(drawn.scenario))));
    expect([four.path, four.scenario]).toEqual([one.path, one.scenario]);
    expect((await shrunk(saved, neverRedrives)).scenario).toEqual(one.scenario);
  });

  test.each(FAMILIES)('offers valid scenarios of the family %s only, each once', (family) => {
    const source = sourceOf(12, family);
    for (let i = 0; i < 60; i++) {
      const drawn = source.draw(i);
      const offered = [drawn.scenario];
      for (const { scenario } of drawn.shrinks()) offered.push(scenario);
      const invalid = offered.filter((scenario) => !scenarioSchema.safeParse(scenario).success);
      expect(invalid).toEqual([]);
      expect(new Set(offered.map((scenario) => JSON.stringify(scenario))).size).toBe(offered.length);
    }
  });

  test.each(FAMILIES)('is valid on any way down, of the family %s, and always comes to an end', (family) => {
    for (let index = 0; index < 12; index++) {
      let current = sourceOf(13, family).draw(index);
      for (let depth = 0; ; depth++) {
        const candidates = [...current.shrinks()];
        const next = candidates[(depth * 7) % Math.max(1, candidates.length)];
        if (next === undefined) break;
        expect(scenarioSchema.safeParse(next.scenario).error).toBeUndefined();
        expect(depth).toBeLessThan(500);
        current = next;
      }
    }
  });
});
