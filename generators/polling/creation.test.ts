import { describe, expect, test } from 'vitest';
import { settingsAsked, settingsOf } from '../../engine/mappingSettings.ts';
import type { MappingSpec } from '../../engine/sourceSpec.ts';
import { creationInput } from './creation.ts';

/** One that says all that a mapping can. */
const whole: Required<Omit<MappingSpec, 'finalPlan'>> = {
  name: 'm',
  source: 'stream:s',
  function: 'f',
  qualifier: 'live',
  enabled: false,
  batchSize: 3,
  windowSeconds: 5,
  filters: [{ data: { kind: ['a'] } }, '{"data":["b"]}'],
  reportsItemFailures: true,
  maximumConcurrency: 2,
  provisioned: { minimum: 1, maximum: 3 },
  startingPosition: 'AT_TIMESTAMP',
  startingAtSeconds: 4,
  parallelizationFactor: 2,
  maximumRetryAttempts: 1,
  maximumRecordAgeSeconds: 60,
  bisects: true,
  tumblingWindowSeconds: 30,
  onFailure: 'queue:failed',
  consumerGroup: 'readers',
};

describe('a creation asks for the settings of the mapping that is declared', () => {
  test.each(['queue:q', 'stream:s', 'table:t', 'kafka:k', 'broker:b'])('%s', (source) => {
    const bare: MappingSpec = { name: 'm', source, function: 'f' };
    expect(settingsAsked(creationInput(bare))).toEqual(settingsOf(bare));
    expect(settingsAsked(creationInput({ ...whole, source }))).toEqual(settingsOf({ ...whole, source }));
  });

  test.each(Object.keys(whole))('with nothing but %s', (key) => {
    const one: MappingSpec = {
      name: 'm',
      source: 'stream:s',
      function: 'f',
      ...{ [key]: whole[key as keyof typeof whole] },
    };
    expect(settingsAsked(creationInput(one))).toEqual(settingsOf(one));
  });
});
