/** Streams. AWS, kinesis-on-failure-destination.html and services-kinesis-create.html: bound the retries, keep what fails. */
import { guide } from '../engine/rule.ts';
import type { MappingSpec } from '../engine/sourceSpec.ts';
import { type Configuration, freshQueue, mappingsOf, withMapping, withQueue } from './configuration.ts';
import type { Expected, Finding } from './finding.ts';
import { counted, POISON_EVERY, records } from './traffic.ts';

const RETRIES = 2;

const isUnbounded = ({ maximumRetryAttempts = -1, maximumRecordAgeSeconds = -1 }: MappingSpec): boolean =>
  maximumRetryAttempts === -1 && maximumRecordAgeSeconds === -1;

export function* boundedRetries(configuration: Configuration, expected: Expected): Generator<Finding> {
  for (const mapping of mappingsOf(configuration, 'kinesis', 'dynamodb')) {
    if (!isUnbounded(mapping)) continue;
    yield {
      advice: 'bounded-retries',
      about: `mapping ${mapping.name}`,
      says: 'Neither MaximumRetryAttempts nor MaximumRecordAgeInSeconds bounds its retries: one record that always fails holds up its shard until the record expires, a day later or more.',
      change: `Set MaximumRetryAttempts or MaximumRecordAgeInSeconds, BisectBatchOnFunctionError, and an on-failure destination.`,
      source: guide('kinesis-on-failure-destination'),
      trial: {
        says: `${counted(expected.count)} records in ten seconds, 1 in ${POISON_EVERY} of which always fails`,
        without: configuration,
        with: withMapping(configuration, mapping.name, { maximumRetryAttempts: RETRIES, bisects: true }),
        steps: (tried) => records(mapping, tried, expected, { hasPoison: true }),
      },
    };
  }
}

export function* streamDestination(configuration: Configuration, expected: Expected): Generator<Finding> {
  for (const mapping of mappingsOf(configuration, 'kinesis', 'dynamodb')) {
    if (mapping.onFailure !== undefined) continue;
    const name = freshQueue(configuration, `${mapping.name.slice(0, 23)}-failed`);
    const bounded = isUnbounded(mapping)
      ? withMapping(configuration, mapping.name, { maximumRetryAttempts: RETRIES })
      : configuration;
    yield {
      advice: 'stream-destination',
      about: `mapping ${mapping.name}`,
      says: 'It has no on-failure destination: which records were discarded is told nowhere.',
      change: 'Give it an on-failure destination (SQS, SNS or S3).',
      source: guide('kinesis-on-failure-destination'),
      trial: {
        says: `${counted(expected.count)} records in ten seconds, 1 in ${POISON_EVERY} of which always fails`,
        without: bounded,
        with: withMapping(withQueue(bounded, { name }), mapping.name, { onFailure: `queue:${name}` }),
        steps: (tried) => records(mapping, tried, expected, { hasPoison: true }),
      },
    };
  }
}
