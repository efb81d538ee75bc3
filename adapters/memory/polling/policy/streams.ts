/** The policy table's part on: Kinesis and DynamoDB streams and the pollers that read them. */
import type { PolicyEntry } from '../../policyEntry.ts';

export const streamsPolicy = {} as const satisfies Record<string, PolicyEntry>;
