/** What an emulator's author gets wrong about limits and validation. */
import type { Mutant } from '../mutant.ts';

export const limitMutants: readonly Mutant[] = [
  {
    name: 'any invocation type is taken',
    breaks: ['LIM-INV-01'],
    policy: { invocationTypes: ['Event', 'RequestResponse', 'DryRun', 'Sync', 'event'] },
  },
  {
    name: 'any log type is taken',
    breaks: ['LIM-INV-01'],
    policy: { logTypes: ['None', 'Tail', 'All', 'tail'] },
  },
  {
    name: 'log tails are refused',
    breaks: ['LIM-INV-01'],
    policy: { logTypes: ['None'] },
  },
  {
    name: 'a name too long is merely unknown',
    breaks: ['LIM-INV-02'],
    policy: { functionNameMostCharacters: 100_000, bareNameMostCharacters: 100_000 },
  },
  {
    name: 'a qualifier too long is merely unknown',
    breaks: ['LIM-INV-02'],
    policy: { qualifierMostCharacters: 100_000 },
  },
  {
    name: 'bare names of more than 40 characters are refused',
    breaks: ['LIM-INV-02'],
    policy: { bareNameMostCharacters: 40 },
  },
  {
    name: 'synchronous payloads have no limit',
    breaks: ['LIM-INV-03'],
    policy: { syncPayloadBytes: 1_000_000_000 },
  },
  {
    name: 'events have no limit',
    breaks: ['LIM-INV-03'],
    policy: { asyncPayloadBytes: 1_000_000_000 },
  },
  {
    name: 'events have the limit of old, 256 KB',
    breaks: ['LIM-INV-03'],
    policy: { asyncPayloadBytes: 262_144 },
  },
  {
    name: 'responses have no limit',
    breaks: ['LIM-INV-03'],
    policy: { enforcesResponseSize: false },
  },
  {
    name: 'client contexts have no limit',
    breaks: ['LIM-INV-04'],
    policy: { clientContextMostBytes: 1_000_000 },
  },
  {
    name: 'client contexts end at 2 KB',
    breaks: ['LIM-INV-04'],
    policy: { clientContextMostBytes: 2_048 },
  },
  { name: 'a timeout of 0 is taken', breaks: ['LIM-FN-01'], policy: { timeoutLeastSeconds: -1_000 } },
  { name: 'timeouts have no upper bound', breaks: ['LIM-FN-01'], policy: { timeoutMostSeconds: 1_000_000 } },
  { name: 'timeouts end at 300 s, as of old', breaks: ['LIM-FN-01'], policy: { timeoutMostSeconds: 300 } },
  { name: 'the default timeout is 60 s', breaks: ['LIM-FN-01'], policy: { timeoutDefaultSeconds: 60 } },
  {
    name: 'environment variables have no limit',
    breaks: ['LIM-FN-02'],
    policy: { environmentMostBytes: 1_000_000 },
  },
  { name: 'any number of layers is taken', breaks: ['LIM-FN-02'], policy: { layersMost: 1_000 } },
  { name: 'ten retries are taken', breaks: ['LIM-EIC-01'], policy: { retryAttemptsMost: 10 } },
  { name: 'negative retries are taken', breaks: ['LIM-EIC-01'], policy: { retryAttemptsLeast: -10 } },
  { name: 'two retries are refused', breaks: ['LIM-EIC-01'], policy: { retryAttemptsMost: 1 } },
  { name: 'any short event age is taken', breaks: ['LIM-EIC-02'], policy: { eventAgeLeastSeconds: 0 } },
  { name: 'any long event age is taken', breaks: ['LIM-EIC-02'], policy: { eventAgeMostSeconds: 1_000_000 } },
  { name: 'six hours are refused', breaks: ['LIM-EIC-02'], policy: { eventAgeMostSeconds: 3_600 } },
  {
    name: 'a destination of any length is taken',
    breaks: ['LIM-EIC-03'],
    policy: { destinationMostCharacters: 100_000 },
  },
  {
    name: 'a destination need not be an ARN',
    breaks: ['LIM-EIC-03'],
    policy: { checksDestinationPattern: false },
  },
  { name: 'a Put of nothing is taken', breaks: ['LIM-EIC-03'], policy: { putNeedsASetting: false } },
  {
    name: 'an Update makes a configuration where there was none',
    breaks: ['LIM-EIC-04'],
    policy: { updateNeedsAConfig: false },
  },
  { name: 'a negative reserve is taken', breaks: ['LIM-CONC-01'], policy: { reservedLeast: -1_000 } },
  { name: 'a reserve of 0 is refused', breaks: ['LIM-CONC-01'], policy: { reservedLeast: 1 } },
  {
    name: 'a reserve for a version is taken as the function’s',
    breaks: ['LIM-CONC-01'],
    policy: { reservesForQualifiers: true },
  },
  {
    name: 'provisioned concurrency of 0 is taken',
    breaks: ['LIM-CONC-02'],
    policy: { provisionedLeast: -1_000 },
  },
  {
    name: 'provisioned concurrency without a qualifier is that of $LATEST',
    breaks: ['LIM-CONC-02', 'CONC-PROV-04'],
    policy: { provisionedNeedsQualifier: false, provisionsLatest: true },
  },
  { name: 'invalid values are a server error', breaks: ['LIM-ERR-01'], policy: { invalidStatus: 500 } },
  { name: 'invalid values are refused with 422', breaks: ['LIM-ERR-01'], policy: { invalidStatus: 422 } },
  {
    name: 'broken constraints have a name of their own',
    breaks: ['LIM-ERR-01'],
    policy: { constraintError: 'BadRequestException' },
  },
  { name: 'what is missing is refused with 400', breaks: ['LIM-ERR-01'], policy: { missingStatus: 400 } },
  {
    name: 'the control plane takes one request a second',
    breaks: ['LIM-API-01'],
    policy: { requestsPerSecond: 1 },
  },
  {
    name: 'FIFO queues and topics are taken as destinations',
    breaks: ['ASYNC-DEST-11'],
    policy: { takesFifoDestinations: true },
  },
  {
    name: 'buckets are taken as destinations of successes',
    breaks: ['ASYNC-DEST-11'],
    policy: { takesBucketOnSuccess: true },
  },
  {
    name: 'FIFO queues are taken as dead-letter queues',
    breaks: ['ASYNC-DLQ-06'],
    policy: { takesFifoDeadLetters: true },
  },
  {
    name: 'anything is taken as dead-letter target',
    breaks: ['ASYNC-DLQ-06'],
    policy: { takesAnyDeadLetter: true },
  },
  {
    name: 'a Put of a configuration merges',
    breaks: ['ASYNC-CFG-03'],
    policy: { putReplaces: false },
  },
  {
    name: 'an Update of a configuration replaces',
    breaks: ['ASYNC-CFG-03'],
    policy: { updateMerges: false },
  },
  {
    name: 'reserves may take all of the account',
    breaks: ['CONC-RES-04'],
    policy: { keepsUnreservedMinimum: false },
  },
  {
    name: 'provisioned concurrency may exceed the reserve',
    breaks: ['CONC-PROV-01'],
    policy: { provisionedWithinReserve: false },
  },
  {
    name: '$LATEST is provisioned',
    breaks: ['CONC-PROV-04'],
    policy: { provisionsLatest: true },
  },
];
