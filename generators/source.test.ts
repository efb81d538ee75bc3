import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ALL_CAPABILITIES, type Capability } from '../engine/capabilities.ts';
import { jsonEqual } from '../engine/json.ts';
import { type InvokeStep, outcomeOf, type Scenario, scenarioSchema } from '../engine/scenario.ts';
import { shrink } from '../engine/shrinking.ts';
import type { Drawn } from '../engine/source.ts';
import { savedScenario, scenarioSource } from './source.ts';

const memorySource = (seed: number) =>
  scenarioSource({ seed, capabilities: ALL_CAPABILITIES, isRealTime: false });
const emulatorSource = (seed: number, ...without: Capability[]) =>
  scenarioSource({
    seed,
    capabilities: new Set([...ALL_CAPABILITIES].filter((capability) => !without.includes(capability))),
    isRealTime: true,
  });

const calls = ({ steps }: Scenario): InvokeStep[] => steps.filter((step) => step.do === 'invoke');
describe('a source of scenarios', () => {
  test('gives the same scenario for the same seed and number, in whatever order they are drawn', () => {
    const forwards = memorySource(7);
    const backwards = memorySource(7);
    const drawn = Array.from({ length: 200 }, (_, i) => forwards.draw(i).scenario);
    for (let i = 199; i >= 0; i--) expect(backwards.draw(i).scenario).toEqual(drawn[i]);
  });

  test('gives other scenarios for another seed, and seldom the same one twice', () => {
    const one = memorySource(1);
    const two = memorySource(2);
    const texts = new Set<string>();
    for (let i = 0; i < 500; i++)
      for (const source of [one, two]) texts.add(JSON.stringify(source.draw(i).scenario));
    expect(texts.size).toBeGreaterThan(900);
  });

  test('draws valid scenarios only, and a round trip through JSON changes nothing', () => {
    for (const source of [memorySource(3), emulatorSource(4)]) {
      for (let i = 0; i < 2_500; i++) {
        const { scenario } = source.draw(i);
        const read = scenarioSchema.safeParse(JSON.parse(JSON.stringify(scenario)));
        if (!isDeepStrictEqual(read.data, scenario)) expect(read).toEqual({ success: true, data: scenario });
      }
    }
  });

  test('draws steps in order of time, events that differ in their payload, and outcomes that are definite', () => {
    const source = memorySource(5);
    for (let i = 0; i < 2_000; i++) {
      const { scenario } = source.draw(i);
      const times = scenario.steps.map(({ atSeconds }) => atSeconds);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      const sent = calls(scenario).filter(({ body }) => body === undefined);
      const payloads = sent.map(({ payload }) => (payload === undefined ? {} : payload));
      for (const [k, payload] of payloads.entries()) {
        expect(payloads.slice(0, k).some((earlier) => jsonEqual(earlier, payload))).toBe(false);
      }
      for (const { function: name, plan } of sent) {
        const timeout = scenario.functions.find((spec) => spec.name === name)?.timeoutSeconds ?? Number.NaN;
        for (const behaviour of plan) {
          const after = typeof behaviour === 'string' ? 0 : (behaviour.afterSeconds ?? 0);
          expect(Math.abs(after - timeout)).not.toBeLessThan(0.5);
        }
      }
    }
  });

  test('varies the size of scenarios: some of one or two events, some of ten and more, about six on average', () => {
    const source = scenarioSource({
      seed: 6,
      capabilities: ALL_CAPABILITIES,
      isRealTime: false,
      families: ['calls'],
    });
    const sizes = Array.from({ length: 5_000 }, (_, i) =>
      calls(source.draw(i).scenario).reduce((sum, { times = 1 }) => sum + times, 0),
    );
    const share = (isIn: (size: number) => boolean) => sizes.filter(isIn).length / sizes.length;
    expect(share((size) => size === 1 || size === 2)).toBeGreaterThan(0.1);
    expect(share((size) => size >= 10)).toBeGreaterThan(0.08);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(mean).toBeGreaterThan(4.5);
    expect(mean).toBeLessThan(8);
  });

  test('on a real clock draws nothing that waits for long', () => {
    const capabilities = ALL_CAPABILITIES;
    const callsOnly = scenarioSource({ seed: 8, capabilities, isRealTime: true, families: ['calls'] });
    const any = emulatorSource(8);
    for (let i = 0; i < 1_000; i++) {
      // What waits for pollers, for a window or for messages that are visible again, takes its seconds.
      const { steps: anySteps, mappings = [] } = any.draw(i).scenario;
      // No bound on the age of records is below a minute.
      const isAged = mappings.some(({ maximumRecordAgeSeconds = -1 }) => maximumRecordAgeSeconds > 0);
      for (const { atSeconds } of anySteps) expect(atSeconds).toBeLessThanOrEqual(isAged ? 61 : 15);
      const { functions, steps } = callsOnly.draw(i).scenario;
      for (const { timeoutSeconds } of functions) expect(timeoutSeconds).toBeLessThanOrEqual(3);
      for (const step of steps) {
        expect(step.atSeconds).toBeLessThanOrEqual(2);
        if (step.do !== 'invoke') continue;
        expect(step.times ?? 1).toBeLessThanOrEqual(60);
        for (const behaviour of step.plan) {
          if (typeof behaviour !== 'string') expect(behaviour.afterSeconds ?? 0).toBeLessThanOrEqual(2);
        }
      }
    }
  });

  test('draws nothing that the target lacks', () => {
    const polled = ['sqs', 'kinesis', 'dynamodb', 'kafka', 'mq'] as const;
    const source = emulatorSource(
      9,
      ...(['topics', 'pushes', 'versions', 'async', 'controlPlane', 'stream'] as const),
      ...polled,
    );
    for (let i = 0; i < 1_000; i++) {
      const { scenario } = source.draw(i);
      expect(scenario.topics).toBeUndefined();
      for (const spec of scenario.functions)
        expect([spec.versions, spec.aliases]).toEqual([undefined, undefined]);
      for (const step of scenario.steps) {
        expect(step.do).toBe('invoke');
        if (step.do === 'invoke') expect([step.type === 'Event', step.stream]).toEqual([false, undefined]);
      }
    }
  });
});

describe('shrinking', () => {
  /** An emulator that makes one attempt fewer than two retries ask for. */
  const losesTheThirdAttempt = (scenario: Scenario): boolean =>
    calls(scenario).some(({ function: name, qualifier, type, plan }) => {
      const spec = scenario.functions.find((each) => each.name === name);
      if (spec === undefined || type !== 'Event') return false;
      const config = spec.eventInvoke?.find((each) => each.qualifier === (qualifier ?? '$LATEST'));
      const isFailing = [0, 1].every((k) => {
        const behaviour = plan[k] ?? plan.at(-1) ?? 'ok';
        const outcome = outcomeOf(
          typeof behaviour === 'string' ? { do: behaviour } : behaviour,
          spec.timeoutSeconds,
        );
        return outcome !== 'ok' && outcome !== 'nothing';
      });
      return isFailing && config?.maximumRetryAttempts === 2;
    });

  const shrunk = async (drawn: Drawn, breaks: (scenario: Scenario) => boolean, jobs = 1) => {
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

  const firstThat = (breaks: (scenario: Scenario) => boolean, isLarge = (_: Scenario) => true): Drawn => {
    const source = memorySource(11);
    for (let i = 0; i < 20_000; i++) {
      const drawn = source.draw(i);
      if (breaks(drawn.scenario) && isLarge(drawn.scenario)) return drawn;
    }
    throw new Error('no scenario breaks it');
  };

  const smallest: Scenario = {
    scenario: 1,
    functions: [
      { name: 'f', timeoutSeconds: 1, eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 2 }] },
    ],
    steps: [
      {
        atSeconds: 0,
        do: 'invoke',
        function: 'f',
        type: 'Event',
        event: 'e1',
        payload: { n: 1 },
        plan: ['throw'],
      },
    ],
  };

  test('ends with one function, one event, the shortest plan, and nothing that plays no part', async () => {
    const large = firstThat(
      losesTheThirdAttempt,
      ({ functions, steps }) => functions.length > 1 && steps.length > 5,
    );
    const { scenario, tries } = await shrunk(large, losesTheThirdAttempt);
    expect(scenario).toEqual(smallest);
    expect(tries).toBeLessThan(120);
  });

  test('comes to the same for any number of jobs', async () => {
    const large = firstThat(losesTheThirdAttempt, ({ steps }) => steps.length > 5);
    const one = await shrunk(large, losesTheThirdAttempt, 1);
    const four = await shrunk(large, losesTheThirdAttempt, 4);
    expect([four.path, four.scenario]).toEqual([one.path, one.scenario]);
  });

  test('takes a saved scenario as it takes a drawn one', async () => {
    const large = firstThat(losesTheThirdAttempt, ({ steps }) => steps.length > 5);
    const saved = savedScenario(scenarioSchema.parse(JSON.parse(JSON.stringify(large.scenario))));
    const { scenario } = await shrunk(saved, losesTheThirdAttempt);
    expect(scenario).toEqual(smallest);
  });

  test('drops what plays no part from a scenario with names and numbers of its own', async () => {
    const own = scenarioSchema.parse({
      scenario: 1,
      functions: [
        {
          name: 'orders',
          timeoutSeconds: 7,
          deadLetter: 'queue:lost',
          reservedConcurrency: 17,
          eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 2, onFailure: 'topic:alarm' }],
        },
        { name: 'idle' },
      ],
      queues: [{ name: 'lost' }],
      topics: [{ name: 'alarm' }],
      steps: [
        { atSeconds: 0, do: 'invoke', function: 'orders', event: 'first' },
        { atSeconds: 3.7, do: 'invoke', function: 'orders', type: 'Event', event: 'second', plan: ['throw'] },
        { atSeconds: 4, do: 'remove', resource: 'queue:lost' },
      ],
    });
    const { scenario } = await shrunk(savedScenario(own), losesTheThirdAttempt);
    expect(scenario).toEqual({
      scenario: 1,
      functions: [
        {
          name: 'orders',
          timeoutSeconds: 7,
          eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 2 }],
        },
      ],
      steps: [
        { atSeconds: 3.7, do: 'invoke', function: 'orders', type: 'Event', event: 'second', plan: ['throw'] },
      ],
    });
  });

  test('keeps what takes part: two events, the second after the reserve is gone', async () => {
    const isThrottled = (scenario: Scenario) =>
      scenario.functions.some(
        ({ name, reservedConcurrency }) =>
          reservedConcurrency !== undefined &&
          reservedConcurrency > 0 &&
          calls(scenario).filter((call) => call.function === name).length > reservedConcurrency,
      );
    const { scenario } = await shrunk(
      firstThat(isThrottled, ({ steps }) => steps.length > 4),
      isThrottled,
    );
    expect(scenario.functions).toEqual([{ name: 'f', timeoutSeconds: 1, reservedConcurrency: 1 }]);
    expect(scenario.steps).toHaveLength(2);
  });

  test('offers valid scenarios only, each once, and never the one it began with', () => {
    const source = memorySource(12);
    for (let i = 0; i < 150; i++) {
      const drawn = source.draw(i);
      const offered = [drawn.scenario];
      for (const { scenario } of drawn.shrinks()) offered.push(scenario);
      const invalid = offered.filter((scenario) => !scenarioSchema.safeParse(scenario).success);
      expect(invalid).toEqual([]);
      expect(new Set(offered.map((scenario) => JSON.stringify(scenario))).size).toBe(offered.length);
    }
  });

  test('always comes to an end, and by the same steps each time', () => {
    const descend = (index: number) => {
      let current = memorySource(13).draw(index);
      const path: number[] = [];
      for (;;) {
        // Takes now an early candidate, now a late one.
        const candidates = [...current.shrinks()];
        const next = candidates[(path.length * 7) % Math.max(1, candidates.length)];
        if (next === undefined) return path;
        path.push(candidates.indexOf(next));
        current = next;
      }
    };
    for (let i = 0; i < 20; i++) {
      const path = descend(i);
      expect(path.length).toBeGreaterThan(0);
      expect(descend(i)).toEqual(path);
    }
  });
});

describe('a target without places for what a function sends', () => {
  /** Text of all that is drawn for a target that lacks these. */
  const drawnWithout = (...lacking: Capability[]): string => {
    const sources = [true, false].map((isRealTime) =>
      scenarioSource({
        ...{ seed: 3, isRealTime },
        capabilities: new Set([...ALL_CAPABILITIES].filter((capability) => !lacking.includes(capability))),
      }),
    );
    return sources
      .flatMap((source) => Array.from({ length: 1_500 }, (_, i) => JSON.stringify(source.draw(i).scenario)))
      .join('\n');
  };

  test('is asked for none of them by requests', () => {
    const places = ['destinations', 'deadLetter', 'topics', 'buses', 'buckets', 'fifo', 'redrive'] as const;
    const text = drawnWithout(...places, 'sqs', 'recursion');
    // Requests are drawn, and events with their configuration.
    expect(text).toMatch(/"operation":"PutFunctionEventInvokeConfig"/);
    expect(text).toMatch(/"operation":"UpdateFunctionConfiguration"/);
    for (const place of ['queue', 'topic', 'bus', 'bucket']) {
      // One that is declared nowhere is asked for to be refused.
      expect(text.match(new RegExp(`"${place}:(?!missing)[^"]*"`))?.[0], place).toBeUndefined();
      expect(text, place).not.toContain(`"${place}${place === 'bus' ? 'es' : 's'}":`);
    }
  });

  test.each<[Capability, RegExp]>([
    ['topics', /"topic:/],
    ['buses', /"bus:/],
    ['buckets', /"bucket:/],
    ['fifo', /"fifo":true/],
    ['redrive', /redrive/i],
    ['deadLetter', /"deadLetter"|"DeadLetterConfig":\{"TargetArn":"queue:/],
    ['destinations', /"onFailure":"|"Put[^}]*"OnFailure":\{"Destination":"queue:/],
    ['eventInvokeConfig', /EventInvokeConfig/],
    ['provisioned', /PutProvisionedConcurrencyConfig/],
    ['reserved', /FunctionConcurrency/],
  ])('is asked for nothing of %s where it lacks that, and else is', (capability, sign) => {
    expect(drawnWithout()).toMatch(sign);
    expect(drawnWithout(capability).match(sign)?.[0]).toBeUndefined();
  });
});
