import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../../engine/scenario.ts';
import { permissionRules } from '../../../specs/permissions/index.ts';
import { breaking, findings, isNoticed } from '../testing/mutants.ts';
import { scenarioFrom } from '../testing/run.ts';

const denial = (atSeconds: number, resource: string, isAllowed = false, owner = 'f') => ({
  ...{ atSeconds, do: 'permission', function: owner },
  ...{ resource, isAllowed },
});
const send = (atSeconds: number, to: string, record: string) => ({
  ...{ atSeconds, do: 'send', to },
  records: [{ record }],
});
const stranger = (event: string, type?: string) => ({
  ...{ event, payload: { call: event }, asStranger: true },
  ...(type === undefined ? {} : { type }),
});
const topic = (policy: object[], qualifier?: string) =>
  scenarioFrom({
    functions: [{ name: 'f', versions: 2, policy }],
    topics: [{ name: 'news' }],
    subscriptions: [
      { source: 'topic:news', function: 'f', ...(qualifier === undefined ? {} : { qualifier }) },
    ],
    steps: [send(0, 'topic:news', 'r1')],
  });

/** Between them they give every rule its subjects. */
const scenarios: readonly Scenario[] = [
  scenarioFrom({
    functions: [{ name: 'f' }, { name: 'g' }],
    queues: [{ name: 'q' }],
    mappings: [{ name: 'm', source: 'queue:q', function: 'f' }],
    steps: [
      denial(0, 'queue:q'),
      denial(0, 'queue:q', false, 'g'),
      send(150, 'queue:q', 'r1'),
      {
        ...{ atSeconds: 160, do: 'request', operation: 'CreateEventSourceMapping', mapping: 'n' },
        input: { FunctionName: 'g', EventSourceArn: 'queue:q' },
      },
    ],
  }),
  scenarioFrom({
    streams: [{ name: 's' }],
    mappings: [{ name: 'm', source: 'stream:s', function: 'f', startingPosition: 'TRIM_HORIZON' }],
    steps: [denial(0, 'stream:s'), send(150, 'stream:s', 'r1'), denial(200, 'stream:s', true)],
  }),
  scenarioFrom({
    queues: [{ name: 'q' }],
    mappings: [{ name: 'm', source: 'queue:q', function: 'f' }],
    steps: [send(0, 'queue:q', 'r1')],
  }),
  scenarioFrom({
    function: {
      deadLetter: 'queue:dead',
      eventInvoke: [{ qualifier: '$LATEST', maximumRetryAttempts: 0, onFailure: 'queue:failed' }],
    },
    queues: [{ name: 'dead' }, { name: 'failed' }],
    steps: [
      denial(0, 'queue:dead'),
      denial(0, 'queue:failed'),
      { atSeconds: 150, type: 'Event', event: 'e1', payload: 1, plan: ['throw'] },
    ],
  }),
  topic([]),
  topic([{ service: 'sns', source: 'topic:other' }]),
  topic([{ service: 'sns', source: 'topic:news', qualifier: '2' }], '1'),
  topic([{ service: 'sns', source: 'topic:news' }]),
  scenarioFrom({ steps: [stranger('e1'), stranger('e2', 'Event'), stranger('e3', 'DryRun')] }),
];

describe('mutants of permissions', () => {
  test.each(breaking(permissionRules))('$id notices: $mutant.name', ({ id, mutant: { policy, tamper } }) => {
    expect(isNoticed(id, permissionRules, scenarios, { policy, tamper })).toBe(true);
  });

  test('each MUST and SHOULD has one', () => {
    const noticed = new Set(breaking(permissionRules).map(({ id }) => id));
    expect(permissionRules.map(({ id }) => id).filter((id) => !noticed.has(id))).toEqual([]);
  });
});

describe('the reference model', () => {
  test('breaks none of the rules on permissions, whatever the seed', () => {
    for (let seed = 1; seed <= 50; seed++)
      expect(findings(permissionRules, scenarios, seed).broken).toEqual({});
  });

  test('gives each of them something to speak of', () => {
    const { spoken } = findings(permissionRules, scenarios, 1);
    expect(permissionRules.map(({ id }) => id).filter((id) => !spoken.has(id))).toEqual([]);
  });
});
