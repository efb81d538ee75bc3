import { describe, expect, test } from 'vitest';
import { type Scenario, scenarioSchema } from '../engine/scenario.ts';
import { assemble } from './assembly.ts';
import { draftOf } from './drafting.ts';
import { fc, randomOf } from './fc.ts';
import { ALL_FEATURES, FEATURES, type Feature, implied } from './features.ts';
import { scenarioArbitrary } from './scenario.ts';

const draws = (features: ReadonlySet<Feature>, count: number): Scenario[] => {
  const arbitrary = scenarioArbitrary(features);
  return Array.from({ length: count }, (_, i) => arbitrary.generate(randomOf(1, i), undefined).value);
};

const requestsIn = (steps: Scenario['steps']) => steps.filter((step) => step.do === 'request').length;

/** How one sees in a scenario that a feature was used. */
const SIGNS: Partial<Record<Feature, (scenario: Scenario, text: string) => boolean>> = {
  crowded: ({ steps }) => steps.length > 7 && steps.length < 15,
  functions: ({ functions }) => functions.length > 1,
  later: ({ steps }) => steps.some(({ atSeconds }) => atSeconds > 2),
  sync: ({ steps }) =>
    steps.some(
      (step) =>
        step.do === 'invoke' &&
        step.stream === undefined &&
        (step.type ?? 'RequestResponse') === 'RequestResponse',
    ),
  async: (_, text) => text.includes('"type":"Event"'),
  dryRun: (_, text) => text.includes('"DryRun"'),
  stream: (_, text) => text.includes('"stream":true'),
  logTail: (_, text) => text.includes('"logBytes"'),
  clientContext: (_, text) => text.includes('"clientContext"'),
  hangUps: (_, text) => text.includes('"hangUpAfterSeconds"'),
  payloadKinds: (_, text) => text.includes('"payload":null'),
  bigPayloads: (_, text) => text.includes('"payload":{"$filler":900000}'),
  oversizePayloads: (_, text) => text.includes('"payload":{"$filler":6500000}'),
  bigResponses: (_, text) => text.includes('"oversize"'),
  badJson: (_, text) => text.includes('"body"'),
  contentTypes: (_, text) => text.includes('"text/plain"'),
  unknownFunctions: (_, text) => text.includes('"function":"nobody"'),
  unknownQualifiers: (_, text) => text.includes('"qualifier":"missing"'),
  throws: (_, text) => text.includes('"throw"'),
  longErrors: (_, text) => text.includes('"message":"first m'),
  timeouts: (_, text) => text.includes('"timeout"'),
  exits: (_, text) => text.includes('"exit"'),
  unserializable: (_, text) => text.includes('"unserializable"'),
  values: (_, text) => text.includes('"nothing"'),
  sleeps: (_, text) => text.includes('"afterSeconds"'),
  roomyTimeouts: ({ functions }) => functions.some(({ timeoutSeconds }) => timeoutSeconds > 3),
  retries: (_, text) => text.includes('"maximumRetryAttempts"'),
  ages: (_, text) => text.includes('"maximumEventAgeSeconds"'),
  successDestinations: (_, text) => text.includes('"onSuccess"'),
  failureDestinations: (_, text) => text.includes('"onFailure"'),
  topicDestinations: (_, text) => text.includes('"topic:failed"'),
  busDestinations: (_, text) => text.includes('"bus:failed"'),
  bucketDestinations: (_, text) => text.includes('"bucket:failed"'),
  functionDestinations: (_, text) => text.includes('"function:g"'),
  deadLetterQueues: (_, text) => text.includes('"deadLetter":"queue:'),
  deadLetterTopics: (_, text) => text.includes('"deadLetter":"topic:'),
  bigRecords: (_, text) => text.includes('"payload":{"$filler":900000}') && text.includes('topic:'),
  removals: (_, text) => text.includes('"do":"remove"'),
  versions: (_, text) => text.includes('"versions"'),
  aliases: (_, text) => text.includes('"aliases"'),
  weights: (_, text) => text.includes('"weight"'),
  bursts: (_, text) => /"times":[2357][,}]/.test(text),
  reserved: ({ functions }) => functions.some(({ reservedConcurrency = 0 }) => reservedConcurrency > 0),
  zeroReserve: ({ functions }) => functions.some(({ reservedConcurrency }) => reservedConcurrency === 0),
  accountLimit: ({ account }) => account !== undefined,
  provisioned: (_, text) => text.includes('"provisioned"'),
  idleReserve: ({ account, functions }) =>
    account !== undefined &&
    functions.some(({ reservedConcurrency = 0 }) => reservedConcurrency > 0) &&
    functions.some(({ reservedConcurrency }) => reservedConcurrency === undefined),
  siege: (_, text) => text.includes('"afterSeconds":75.5'),
  rushes: (_, text) => /"times":60[,}]/.test(text),
  crowds: (_, text) => text.includes('"times":600'),
  fresh: (_, text) => text.includes('"fresh"'),
  slowInit: (_, text) => text.includes('"initSeconds"'),
  chains: (_, text) => text.includes('"chainTo"'),
  loopsAllowed: (_, text) => text.includes('"recursiveLoop":"Allow"'),
  reserveChanges: (_, text) => text.includes('"PutFunctionConcurrency"'),
  reserveRaised: ({ functions }, text) =>
    functions.some(({ reservedConcurrency }) => reservedConcurrency === 0) &&
    text.includes('"DeleteFunctionConcurrency"'),
  configChanges: (_, text) => text.includes('"PutFunctionEventInvokeConfig"'),
  deadLetterChanges: (_, text) => text.includes('"DeadLetterConfig"'),
  loopChanges: (_, text) => text.includes('"PutFunctionRecursionConfig"'),
  controlPlane: (_, text) => text.includes('"GetFunction"'),
  patter: ({ steps }) => steps.length > 60,
  requestRush: ({ steps }) => steps.length > 30 && requestsIn(steps) > 0.6 * steps.length,
};
const signs = Object.entries(SIGNS) as [Feature, (scenario: Scenario, text: string) => boolean][];
const shows = (scenarios: readonly Scenario[], sign: (scenario: Scenario, text: string) => boolean) =>
  scenarios.some((scenario) => sign(scenario, JSON.stringify(scenario)));

describe('the features of a scenario', () => {
  test.each(signs)('%s is drawn where it is on, with what it needs', (feature, sign) => {
    const others: Feature[] = ['sync', 'async', 'payloadKinds'];
    const features = new Set([...implied(feature), ...others]);
    if (
      features.has('topicDestinations') ||
      features.has('busDestinations') ||
      features.has('bucketDestinations')
    )
      features.add('failureDestinations');
    if (features.has('functionDestinations')) features.add('successDestinations');
    expect(shows(draws(features, 3_000), sign)).toBe(true);
  });

  // What these bring is a meeting of other features, more often than by chance.
  const meetings: readonly Feature[] = ['bigRecords', 'idleReserve', 'reserveRaised'];
  const single = signs.filter(([feature]) => !meetings.includes(feature));
  test.each(single)('%s is never drawn where it is off', (feature, sign) => {
    // Off with it: what brings it along, and the request that does the same as `controlPlane` may ask for.
    const features = new Set([...ALL_FEATURES].filter((other) => !implied(other).has(feature)));
    if (feature !== 'controlPlane') features.delete('controlPlane');
    if (feature === 'crowded' || feature === 'later') features.delete('patter');
    expect(shows(draws(features, 400), sign)).toBe(false);
  });

  test('each has a sign, so that none goes untested', () => {
    const unsigned = [...ALL_FEATURES].filter(
      (feature) => SIGNS[feature] === undefined && feature !== 'brief',
    );
    expect(unsigned).toEqual([]);
    expect(
      Object.values(FEATURES).every(({ odds, every }) =>
        odds === undefined ? every !== undefined : odds > 0 && odds < 1,
      ),
    ).toBe(true);
  });

  test('a brief scenario has two steps at most', () => {
    for (const { steps } of draws(new Set(['brief', 'sync', 'async']), 200))
      expect(steps.length).toBeLessThanOrEqual(2);
  });
});

describe('the arbitrary of scenarios', () => {
  test('with next to nothing draws plain calls of one function', () => {
    for (const scenario of draws(new Set(['sync', 'brief']), 100)) {
      expect(scenario.functions).toEqual([{ name: 'f', timeoutSeconds: 1 }]);
      expect(Object.keys(scenario).toSorted()).toEqual(['functions', 'scenario', 'steps']);
    }
  });

  test('with everything draws valid scenarios', () => {
    for (const scenario of draws(ALL_FEATURES, 2_000))
      expect(scenarioSchema.safeParse(scenario).success).toBe(true);
  });

  test('has an inverse: the draft of a drawn scenario gives it again', () => {
    const arbitrary = scenarioArbitrary(ALL_FEATURES);
    for (const scenario of draws(ALL_FEATURES, 2_000)) {
      expect(assemble(draftOf(scenario))).toEqual(scenario);
      expect(arbitrary.canShrinkWithoutContext(scenario)).toBe(true);
    }
  });

  test('works under fast-check itself, and shrinks there', () => {
    const result = fc.check(
      fc.property(scenarioArbitrary(ALL_FEATURES), ({ steps }) =>
        steps.every((step) => step.do !== 'invoke' || step.stream !== true),
      ),
      { seed: 1, numRuns: 1_000 },
    );
    expect(result.failed).toBe(true);
    expect(result.counterexample?.[0].steps).toEqual([
      {
        atSeconds: 0,
        do: 'invoke',
        function: 'f',
        stream: true,
        event: 'e1',
        payload: { n: 1 },
        plan: ['ok'],
      },
    ]);
  });
});
