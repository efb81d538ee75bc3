/** The policy table's part on: What roles, callers and services may do. */
import type { PolicyEntry } from '../../policyEntry.ts';

export const permissionsPolicy = {
  checksReadPermission: {
    value: true,
    rule: 'PERM-POLL-01',
    says: 'a mapping reads with the role of its function',
  },
  mappingsNeedStatements: {
    value: false,
    rule: 'PERM-POLL-03',
    says: 'the resource-based policy is for others',
  },
  resumesWhenPermitted: { value: true, rule: 'PERM-POLL-04', says: 'what is still in the source is read' },
  checksWritePermission: {
    value: true,
    rule: 'PERM-DEST-01',
    says: 'destinations are written to with the role of the function',
  },
  checksStatements: {
    value: true,
    rule: 'PERM-PUSH-01',
    says: 'a service needs a statement of the resource-based policy',
  },
  checksStatementSources: { value: true, rule: 'PERM-PUSH-02', says: 'of that resource only' },
  checksStatementQualifiers: { value: true, rule: 'PERM-PUSH-03', says: 'through that qualifier only' },
  checksCallers: { value: true, rule: 'PERM-INV-01', says: 'AccessDeniedException, 403' },
  checksDryRuns: { value: true, rule: 'PERM-INV-02', says: 'as any other call' },
  pushMostSeconds: { value: 0.5, rule: 'PERM-PUSH-01', says: 'how late a service invokes: no page says' },
} as const satisfies Record<string, PolicyEntry>;
