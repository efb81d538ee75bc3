import { startedByUser, type UserStartedProfile } from './startedByUser.ts';

/** What AWS's runtime interface emulator decides, which stands in each of its containers: in AWS's images it is there too. */
const OF_THE_CONTAINER = {
  'which ends of an attempt are function errors': ['SYNC-ERRHDR-01'],
  'the payload of a result and of an error': ['SYNC-PAYLOAD-01', 'SYNC-PAYLOAD-02'],
  'how long a result may be': ['SYNC-RESPSIZE-01'],
  'when an attempt is ended for its timeout': ['SYNC-TIMEOUT-01'],
} as const;

/**
 * fakecloud: many AWS services in one process that is written in Rust. Functions run in containers, by whatever command
 * line FAKECLOUD_CONTAINER_CLI names. Started by its user:
 *
 *     cargo install fakecloud --version 0.51.0
 *     fakecloud --addr 127.0.0.1:4566
 *     lambda-conformance run --target fakecloud --endpoint http://127.0.0.1:4566
 */
export const FAKECLOUD: UserStartedProfile = {
  name: 'fakecloud',
  homepage: 'https://crates.io/crates/fakecloud',
  version: '0.51.0',
  versionAt: { path: '/_fakecloud/health', member: 'version' },
  howToStart: '`cargo install fakecloud --version 0.51.0`, then `fakecloud --addr 127.0.0.1:4566`',
  notJudged: Object.fromEntries(
    Object.entries(OF_THE_CONTAINER).flatMap(([what, ids]) =>
      ids.map((id) => [
        id,
        `decided by the runtime interface emulator in the container, not by fakecloud: ${what}`,
      ]),
    ),
  ),
  tolerances: {
    // It tries no event again (none came within five minutes): what would be waited for is a second, not a minute.
    retryTimeScale: 1 / 60,
    throttleTimeScale: 1 / 60,
    // It looks for a container that it has started each half second; several that start at once take this long.
    schedulingSlackSeconds: 3,
    // One process that holds its state in memory: what is answered is in force.
    settleSeconds: 0.1,
    // One loop for each kind of source comes by each half second. It looks at all mappings of that kind, one after the
    // other, and waits for each attempt meanwhile, with the start of its container.
    pollSeconds: 8,
    // A mapping is Enabled as soon as it is made, but where LATEST is, is found when that loop first comes by.
    mappingSettleSeconds: 5,
    // A batch that failed is tried again when that loop comes by again.
    pollingRetrySeconds: 8,
    windowLateSeconds: 5,
  },
  // One loop serves all mappings (see pollSeconds): few scenarios at once.
  jobs: 4,
};

export const fakecloud = startedByUser(FAKECLOUD);
