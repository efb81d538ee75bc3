/** The catalogue: all rules, grouped by invocation model. */
import type { Rule } from '../engine/rule.ts';
import { asyncRules } from './async/index.ts';
import { concurrencyRules } from './concurrency/index.ts';
import { kafkaMqRules } from './kafkaMq/index.ts';
import { limitRules } from './limits/index.ts';
import { mappingRules } from './mappings/index.ts';
import { permissionRules } from './permissions/index.ts';
import { sqsRules } from './sqs/index.ts';
import { streamRules } from './streams/index.ts';
import { syncRules } from './sync/index.ts';

export interface Group {
  readonly id: string;
  readonly title: string;
  readonly rules: readonly Rule[];
}

export const catalogue: readonly Group[] = [
  { id: 'SYNC', title: 'Synchronous invocation', rules: syncRules },
  { id: 'ASYNC', title: 'Asynchronous invocation', rules: asyncRules },
  { id: 'POLL', title: 'Event source mappings', rules: mappingRules },
  { id: 'SQS', title: 'SQS queues', rules: sqsRules },
  { id: 'STREAM', title: 'Kinesis and DynamoDB streams', rules: streamRules },
  { id: 'KAFKA-MQ', title: 'Kafka and Amazon MQ', rules: kafkaMqRules },
  { id: 'PERMISSIONS', title: 'Permissions', rules: permissionRules },
  { id: 'CONCURRENCY', title: 'Concurrency', rules: concurrencyRules },
  { id: 'LIMITS', title: 'Limits and validation', rules: limitRules },
];

/** All rules, in the catalogue's order. */
export const rules: readonly Rule[] = catalogue.flatMap((group) => group.rules);
