/** The policy table's part on: What roles, callers and services may do. */
import type { PolicyEntry } from '../../policyEntry.ts';

export const permissionsPolicy = {} as const satisfies Record<string, PolicyEntry>;
