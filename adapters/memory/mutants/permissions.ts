/** The reference model with one thing wrong: what goes wrong with permissions. */
import type { Entry } from '../../../engine/history.ts';
import type { Mutant } from '../mutant.ts';

export const permissionMutants: readonly Mutant[] = [
  {
    name: 'mappings read whatever the role may',
    breaks: ['PERM-POLL-01'],
    policy: { checksReadPermission: false },
  },
  {
    name: 'a mapping is made whatever the role may',
    breaks: ['PERM-POLL-02'],
    policy: { refusesWithoutReadPermission: false },
  },
  {
    name: 'mappings need a resource-based policy',
    breaks: ['PERM-POLL-03'],
    policy: { mappingsNeedStatements: true },
  },
  {
    name: 'a mapping that was not allowed to read never reads again',
    breaks: ['PERM-POLL-04'],
    policy: { resumesWhenPermitted: false },
  },
  {
    name: 'destinations are written to whatever the role may',
    breaks: ['PERM-DEST-01'],
    policy: { checksWritePermission: false },
  },
  { name: 'failed deliveries are not counted', breaks: ['PERM-DEST-01'], tamper: uncounted },
  { name: 'any service may invoke', breaks: ['PERM-PUSH-01'], policy: { checksStatements: false } },
  {
    name: 'a statement is good for all resources of its service',
    breaks: ['PERM-PUSH-02'],
    policy: { checksStatementSources: false },
  },
  {
    name: 'a statement is good for all qualifiers',
    breaks: ['PERM-PUSH-03'],
    policy: { checksStatementQualifiers: false },
  },
  { name: 'any caller may invoke', breaks: ['PERM-INV-01', 'PERM-INV-02'], policy: { checksCallers: false } },
  { name: 'any caller is told 204', breaks: ['PERM-INV-02'], policy: { checksDryRuns: false } },
  {
    name: 'a call that is refused runs',
    breaks: ['PERM-INV-01'],
    policy: { runsRejectedCalls: true, runsRejectedEvents: true },
  },
];

function uncounted() {
  return (entry: Entry): Entry | null =>
    entry.kind === 'metric' &&
    (entry.name === 'DestinationDeliveryFailures' || entry.name === 'DeadLetterErrors')
      ? null
      : entry;
}
