/** The policy table's part on: Kafka and Amazon MQ, and the pollers that read them. */
import type { PolicyEntry } from '../../policyEntry.ts';

export const kafkaMqPolicy = {} as const satisfies Record<string, PolicyEntry>;
