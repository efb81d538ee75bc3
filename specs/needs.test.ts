/**
 * What a rule needs it says: where a target does not offer it, the rule is UNSUPPORTED, and does not wait in vain for
 * subjects (VACUOUS). Held in campaigns on the reference model, with one thing after the other taken away.
 */
import { describe, expect, test } from 'vitest';
import { simulate } from '../adapters/memory/simulate.ts';
import {
  ALL_CAPABILITIES,
  ANY_SOURCE,
  type Capability,
  KAFKA_OR_MQ,
  STREAMS,
} from '../engine/capabilities.ts';
import { decidable } from '../engine/deciding.ts';
import { needsOf } from '../engine/rule.ts';
import { AWS_TOLERANCES } from '../engine/tolerances.ts';
import { viewOf } from '../engine/viewOf.ts';
import { scenarioSource } from '../generators/source.ts';
import { rules } from './catalogue.ts';

const SCENARIOS = 1_500;
/** A rule that speaks of fewer scenarios than this, where all is offered, may be missing by chance. */
const OFTEN = 10;

/** What no target has without it: see `adapters/aws/offers.ts`. */
const GOES_WITH: Readonly<Partial<Record<Capability, readonly Capability[]>>> = {
  versions: ['aliases', 'provisioned'],
  eventInvokeConfig: ['destinations'],
  sqs: ['redrive', 'remaining'],
  kinesis: ['reshard'],
};

/** Any target may answer 429, whatever it offers: then these have something to speak of. */
const THROTTLED = ['SYNC-THR-01', 'SYNC-THR-02', 'CONC-THR-01'];

const withoutAll = (lacking: readonly Capability[]): ReadonlySet<Capability> => {
  const gone = new Set(lacking.flatMap((one) => [one, ...(GOES_WITH[one] ?? [])]));
  return new Set([...ALL_CAPABILITIES].filter((one) => !gone.has(one)));
};

/** In how many scenarios of a campaign each rule that can be decided has subjects, counted up to `enough`. */
function met(capabilities: ReadonlySet<Capability>, enough: number): ReadonlyMap<string, number> {
  const source = scenarioSource({ seed: 1, capabilities, isRealTime: false });
  const counts = new Map(decidable(rules, { capabilities }).map((rule) => [rule.id, 0]));
  const open = new Set(rules.filter(({ id }) => counts.has(id)));
  for (let index = 0; index < SCENARIOS && open.size > 0; index++) {
    const view = viewOf(simulate(source.draw(index).scenario, index), AWS_TOLERANCES);
    for (const rule of open) {
      if (rule.subjects(view).length === 0) continue;
      const count = (counts.get(rule.id) ?? 0) + 1;
      counts.set(rule.id, count);
      if (count >= enough) open.delete(rule);
    }
  }
  return counts;
}

const often = new Set(
  [...met(ALL_CAPABILITIES, OFTEN)].flatMap(([id, count]) => (count >= OFTEN ? [id] : [])),
);

/** Rules that wait in vain there, although they have often something to speak of where all is offered. */
const waiting = (capabilities: ReadonlySet<Capability>): string[] =>
  [...met(capabilities, 1)].flatMap(([id, count]) => (count === 0 && often.has(id) ? [id] : []));

describe('a rule that waits in vain for subjects', () => {
  test('is none where all is offered, but for those that speak of little', () => {
    expect(often.size).toBeGreaterThan(200);
  });

  // An account limit throttles as well; beside queues only reserves are drawn.
  const BY_CHANCE: Readonly<Partial<Record<Capability, readonly string[]>>> = { reserved: ['SQS-THR-02'] };

  test.each([...ALL_CAPABILITIES])('is none without %s', (lacking) => {
    if (lacking === 'invoke') return;
    expect(waiting(withoutAll([lacking]))).toEqual(BY_CHANCE[lacking] ?? []);
  });

  test.each([
    ['any source', ANY_SOURCE],
    ['streams', STREAMS],
    ['Kafka and Amazon MQ', KAFKA_OR_MQ],
    ['any source but queues', ['kinesis', 'dynamodb', 'kafka', 'mq']],
    ['any source but Kinesis', ['sqs', 'dynamodb', 'kafka', 'mq']],
  ] satisfies [string, readonly Capability[]][])('is none without %s', (_, lacking) => {
    expect(waiting(withoutAll(lacking))).toEqual([]);
  });

  test('is none where functions are called and nothing else is there, but for what may always happen', () => {
    expect(waiting(new Set(['invoke', 'environments']))).toEqual(THROTTLED);
  });
});

test('no rule names what it needs twice', () => {
  for (const rule of rules) {
    const single = needsOf(rule).filter((need) => typeof need === 'string');
    expect(single, rule.id).toEqual([...new Set(single)]);
    const oneOf = needsOf(rule).filter((need) => typeof need !== 'string');
    // What is needed by itself leaves nothing to choose from.
    expect(
      oneOf.filter((need) => need.some((one) => single.includes(one))),
      rule.id,
    ).toEqual([]);
  }
});
