import { describe, expect, test } from 'vitest';
import type { Entry } from '../../engine/history.ts';
import type { Rule } from '../../engine/rule.ts';
import type { FunctionSpec, Scenario } from '../../engine/scenario.ts';
import type { SubscriptionSpec } from '../../engine/sourceSpec.ts';
import { AWS_TOLERANCES } from '../../engine/tolerances.ts';
import { viewOf } from '../../engine/viewOf.ts';
import { decided } from '../testing/notation.ts';
import { push01, push02, push03 } from './pushing.ts';

type Statement = NonNullable<FunctionSpec['policy']>[number];
const kept = { kept: 1, broken: [], unknown: [] };

/** A message to `topic:news`; attempts of `f` with it, on these versions. */
function pushed(policy: Statement[], versions: string[], ...subscriptions: Partial<SubscriptionSpec>[]) {
  const scenario: Scenario = {
    scenario: 1,
    functions: [
      { name: 'f', timeoutSeconds: 3, versions: 2, aliases: [{ name: 'live', version: '2' }], policy },
    ],
    topics: [{ name: 'news' }],
    subscriptions: subscriptions.map((one) => ({ source: 'topic:news', function: 'f', ...one })),
    steps: [{ atSeconds: 0, do: 'send', to: 'topic:news', records: [{ record: 'r1', plan: ['ok'] }] }],
  };
  const entries: Entry[] = [
    { kind: 'sent', at: 0, requestedAt: 0, step: 0, record: 'r1', resource: 'topic:news', id: 'm1' },
    ...versions.map(
      (version, n): Entry => ({
        kind: 'started',
        at: n + 1,
        attempt: `a${n}`,
        function: 'f',
        version,
        requestId: `q${n}`,
        payload: {},
        planned: 'ok',
        records: [{ record: 'r1', id: 'm1' }],
      }),
    ),
    { kind: 'closed', at: 10, isComplete: true },
  ];
  return viewOf({ scenario, entries }, AWS_TOLERANCES);
}

const fitting: Statement = { service: 'sns', source: 'topic:news' };

describe.each<[string, Rule, Statement[], Partial<SubscriptionSpec>, string]>([
  ['PERM-PUSH-01: no statement at all', push01, [], {}, '$LATEST'],
  ['PERM-PUSH-01: a statement for another service', push01, [{ service: 's3' }], {}, '$LATEST'],
  [
    'PERM-PUSH-02: a statement for another topic',
    push02,
    [{ ...fitting, source: 'topic:other' }],
    {},
    '$LATEST',
  ],
  [
    'PERM-PUSH-03: a statement on another version',
    push03,
    [{ ...fitting, qualifier: '1' }],
    { qualifier: '2' },
    '2',
  ],
  [
    'PERM-PUSH-03: a statement on another version, by an alias',
    push03,
    [{ ...fitting, qualifier: '1' }],
    { qualifier: 'live' },
    '2',
  ],
  [
    'PERM-PUSH-03: a statement on a version, called without',
    push03,
    [{ ...fitting, qualifier: '1' }],
    {},
    '$LATEST',
  ],
])('%s', (_what, rule, policy, subscription, version) => {
  test('no attempt: kept', () => {
    expect(decided(rule, pushed(policy, [], subscription))).toMatchObject(kept);
  });

  test('an attempt: broken', () => {
    expect(decided(rule, pushed(policy, [version], subscription)).broken).toMatchObject([
      { observed: 'an attempt' },
    ]);
  });

  test('with a statement that fits, it is not concerned', () => {
    const more = [...policy, { ...fitting, ...subscription }];
    expect(decided(rule, pushed(more, [version], subscription)).kept).toBe(0);
  });

  test('an attempt by another subscription, which is allowed: kept', () => {
    const others = [...policy, { ...fitting, qualifier: '1' }];
    const view = pushed(others, ['1'], subscription, { qualifier: '1' });
    expect(decided(rule, view).broken).toEqual([]);
  });
});

test('whether a statement without a qualifier is enough for a version, no page says', () => {
  for (const rule of [push01, push02, push03])
    expect(decided(rule, pushed([fitting], ['1'], { qualifier: '1' }))).toMatchObject({
      kept: 0,
      broken: [],
    });
});

test('a statement without a source allows all of its service', () => {
  for (const rule of [push01, push02, push03])
    expect(decided(rule, pushed([{ service: 'sns' }], ['$LATEST'], {}))).toMatchObject({
      kept: 0,
      broken: [],
    });
});
