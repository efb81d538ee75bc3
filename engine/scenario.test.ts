import { describe, expect, test } from 'vitest';
import { behaviourAt, eventIds, outcomeOf, resourceNames, scenarioSchema } from './scenario.ts';

/** As somebody would write it by hand. */
const handWritten = {
  scenario: 1,
  functions: [
    {
      name: 'f',
      timeoutSeconds: 3,
      eventInvoke: [
        { qualifier: '$LATEST', maximumRetryAttempts: 1, onFailure: 'queue:failed', onSuccess: 'queue:done' },
      ],
    },
  ],
  queues: [{ name: 'failed' }, { name: 'done' }],
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
    { atSeconds: 0.2, do: 'invoke', function: 'f', type: 'Event', event: 'e2', payload: 'text' },
  ],
};

const complaints = (change: object): string[] => {
  const result = scenarioSchema.safeParse({ ...handWritten, ...change });
  return result.success ? [] : result.error.issues.map(({ message }) => message);
};

describe('a scenario', () => {
  test('can be written by hand, and defaults fill in what was left out', () => {
    const scenario = scenarioSchema.parse(handWritten);
    expect(scenario.steps[1]).toMatchObject({ plan: ['ok'] });
    expect(
      scenarioSchema.parse({ ...handWritten, functions: [{ name: 'f' }], steps: [] }).functions[0],
    ).toEqual({
      name: 'f',
      timeoutSeconds: 3,
    });
  });

  test('survives a round trip through JSON', () => {
    const scenario = scenarioSchema.parse(handWritten);
    expect(scenarioSchema.parse(JSON.parse(JSON.stringify(scenario)))).toEqual(scenario);
  });

  test('of a newer version is refused', () => {
    expect(complaints({ scenario: 2 })).not.toEqual([]);
  });

  test('with a misspelt setting is refused', () => {
    expect(complaints({ functions: [{ name: 'f', timeout: 3 }] })).toEqual([
      expect.stringContaining('timeout'),
    ]);
  });

  test('may not use what it does not declare', () => {
    expect(complaints({ queues: [{ name: 'failed' }] })).toEqual(['"queue:done" is used but not declared']);
  });

  test('has no batches of more than ten messages of a FIFO queue', () => {
    const mapping = (batchSize: number) => ({
      queues: [{ name: 'failed' }, { name: 'done' }, { name: 'q', fifo: true }],
      mappings: [{ name: 'm', source: 'queue:q', function: 'f', batchSize }],
    });
    expect(complaints(mapping(10))).toEqual([]);
    expect(complaints(mapping(50))).toEqual([
      'mapping "m" has a batchSize of 50: of a FIFO queue 10 are the most',
    ]);
  });

  test('may invoke a function that does not exist only by the name kept for it', () => {
    const call = (name: string) => [{ atSeconds: 0, do: 'invoke', function: name, event: 'e1' }];
    expect(complaints({ steps: call('nobody') })).toEqual([]);
    expect(complaints({ steps: call('typo') })).toEqual([
      expect.stringContaining('"typo", which is not declared'),
    ]);
  });

  test('gives each event an id of its own', () => {
    const twice = { atSeconds: 0, do: 'invoke', function: 'f', event: 'e1' };
    expect(complaints({ steps: [twice, twice] })).toEqual([
      'two steps have the event id "e1": give each event its own',
    ]);
  });

  test('names its resources by kind', () => {
    expect(resourceNames(scenarioSchema.parse(handWritten))).toEqual([
      'queue:failed',
      'queue:done',
      'function:f',
    ]);
  });
});

describe('a plan', () => {
  test('repeats its last behaviour', () => {
    const plan = ['throw', { do: 'ok', value: 7 }] as const;
    expect([1, 2, 3].map((ordinal) => behaviourAt([...plan], ordinal).do)).toEqual(['throw', 'ok', 'ok']);
  });

  test('ends in a timeout when the work lasts as long as the function may', () => {
    expect(outcomeOf({ do: 'ok', afterSeconds: 3 }, 3)).toBe('timeout');
    expect(outcomeOf({ do: 'ok', afterSeconds: 2.5 }, 3)).toBe('ok');
  });
});

test('a repeated step sends events of its own ids', () => {
  const step = scenarioSchema.parse(handWritten).steps[0];
  if (step?.do !== 'invoke') throw new Error('the first step invokes');
  expect(eventIds({ ...step, times: 3 })).toEqual(['e1', 'e1#2', 'e1#3']);
});
