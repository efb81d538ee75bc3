/** The policy table's part on: SQS queues and the pollers that read them. */
import type { PolicyEntry } from '../../policyEntry.ts';

export const sqsPolicy = {} as const satisfies Record<string, PolicyEntry>;
