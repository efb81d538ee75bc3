/** The policy table's part on: Event source mappings in common: batching, filters, batch responses, life cycle. */
import type { PolicyEntry } from '../../policyEntry.ts';

export const mappingsPolicy = {} as const satisfies Record<string, PolicyEntry>;
