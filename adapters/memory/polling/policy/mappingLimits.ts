/** The policy table's part on: What the control plane takes of an event source mapping or a queue. */
import type { PolicyEntry } from '../../policyEntry.ts';

export const mappingLimitsPolicy = {} as const satisfies Record<string, PolicyEntry>;
