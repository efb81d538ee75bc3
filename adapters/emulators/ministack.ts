import { type EmulatorProfile, runsAsProcess } from './emulator.ts';

/** ministack: many AWS services in one Python process, functions as child processes, no Docker. */
export const MINISTACK: EmulatorProfile = {
  name: 'ministack',
  homepage: 'https://pypi.org/project/ministack/',
  version: '1.5.33',
  python: { requirement: 'ministack==1.5.33', command: 'ministack' },
  env: (port) => ({
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    LAMBDA_ASYNC_RETRY_BASE_SECONDS: '1',
  }),
  healthPath: '/_ministack/health',
  tolerances: {
    // One second (see above) stands for the minute before the second attempt.
    retryTimeScale: 1 / 60,
    throttleTimeScale: 1 / 60,
    // Each attempt may be a new Node process; a dozen of them at once on two cores take this long.
    schedulingSlackSeconds: 3,
    // One process that holds its state in memory: what is answered is in force.
    settleSeconds: 0.1,
    // It looks when something is sent; at what comes by itself (a delay, a visibility timeout that ends), each second.
    // One thread looks at all sources, and waits for each attempt on a stream, of whatever mapping, meanwhile.
    pollSeconds: 5,
    // A mapping is Enabled as soon as it is made, but where LATEST is, is found when that thread first comes by.
    mappingSettleSeconds: 3,
    // It waits one second after an attempt that failed, and then as long as for anything else.
    pollingRetrySeconds: 2,
    // It has no window that could close late.
    windowLateSeconds: 1,
  },
  // All that reads streams on one instance waits for the slowest of them (see pollSeconds): few scenarios at once.
  jobs: 4,
  // Scenarios wait most of their time: with twenty-eight of them two cores are busy for two thirds of it.
  instances: 7,
};

export const ministack = runsAsProcess(MINISTACK);
