/** The batch size against the timeout. AWS, services-sqs-configure.html: the timeout must do for a whole batch. */
import { defaultBatchSize } from '../engine/mappingSettings.ts';
import { guide } from '../engine/rule.ts';
import { sourceKind } from '../engine/sourceSpec.ts';
import { type Configuration, mappingsOf, withMapping } from './configuration.ts';
import type { Expected, Finding } from './finding.ts';
import { counted, records } from './traffic.ts';

export function* batchTime(configuration: Configuration, expected: Expected): Generator<Finding> {
  const { recordSeconds } = expected;
  for (const mapping of mappingsOf(configuration, 'sqs', 'kinesis', 'dynamodb', 'kafka', 'mq')) {
    const owner = configuration.functions.find(({ name }) => name === mapping.function);
    if (owner === undefined) continue;
    const batchSize = mapping.batchSize ?? defaultBatchSize(sourceKind(mapping.source));
    const needed = batchSize * recordSeconds;
    if (needed < owner.timeoutSeconds) continue;
    const fitting = Math.max(1, Math.floor((owner.timeoutSeconds * 0.8) / recordSeconds));
    yield {
      advice: 'batch-time',
      about: `mapping ${mapping.name}`,
      says: `A batch of ${batchSize} needs ${round(needed)} s at ${recordSeconds} s a record, and the function is stopped after ${owner.timeoutSeconds} s: a full batch never succeeds.`,
      change: `Set BatchSize to ${fitting} or less, or the timeout to ${Math.ceil(needed * 1.25)} s or more.`,
      source: guide('services-sqs-configure'),
      trial: {
        says: `${counted(expected.count)} records in ten seconds`,
        without: configuration,
        with: withMapping(configuration, mapping.name, { batchSize: fitting }),
        steps: (tried) => records(mapping, tried, expected, { mayTakeTooLong: true }),
      },
    };
  }
}

const round = (seconds: number): number => Math.round(seconds * 10) / 10;
