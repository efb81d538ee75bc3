/**
 * How much a target may differ from the letter of AWS's pages without being accused. Every interval is a named
 * number whose comment says what it bounds.
 */
export interface Tolerances {
  /** Seconds by which the clocks of caller, function and observer may differ. */
  readonly clockSkewSeconds: number;
  /** Seconds by which a target may be late for reasons of load: starts, ends, deliveries. */
  readonly schedulingSlackSeconds: number;
  /** Seconds after which a change of configuration binds for certain (CONC-RES-05, ASYNC-CFG-04). */
  readonly settleSeconds: number;
  /** Real seconds for one second of Lambda's asynchronous waits: 1 on AWS, 1/60 where 1 minute is 1 second. */
  readonly retryTimeScale: number;
  /** The same of its waits between tries of a throttled event, which grow up to five minutes. */
  readonly throttleTimeScale: number;
  /** Seconds after which a poller has looked at its source, and found what was there. */
  readonly pollSeconds: number;
  /** Seconds after which a mapping that was made, changed, enabled or disabled acts accordingly (POLL-STATE-04). */
  readonly mappingSettleSeconds: number;
  /** Seconds after which a right that a role has lost or got binds for certain (PERM-POLL-04). */
  readonly permissionSettleSeconds: number;
  /** Seconds by which a batching window may close late (SQS-BATCH-03). */
  readonly windowLateSeconds: number;
  /** Seconds by which the next attempt on a stream, Kafka or MQ may be late after one that failed (STR-RET-05). */
  readonly pollingRetrySeconds: number;
  /** Bytes of an event that a mapping may put together (POLL-BATCH-02), beyond the margin it certainly may not. */
  readonly batchBytes: number;
  /** Share of a documented retry delay that may be missing (the page says "about"), 0..1. */
  readonly retryDelayShortfall: number;
  /** Extra attempts that at-least-once delivery may bring per event (ASYNC-DUP-01). */
  readonly duplicateBudget: number;
  /** Bytes of a synchronous request or response that certainly fit, and beyond the margin certainly do not. */
  readonly syncPayloadBytes: number;
  readonly asyncPayloadBytes: number;
  readonly payloadMarginBytes: number;
  /** Concurrent executions of the account, where the scenario does not set its own. */
  readonly accountConcurrency: number;
}

/** AWS's pages, read literally, with the slack that a fast and honest target needs. */
export const AWS_TOLERANCES: Tolerances = {
  clockSkewSeconds: 0.05,
  schedulingSlackSeconds: 1,
  settleSeconds: 5,
  retryTimeScale: 1,
  throttleTimeScale: 1,
  pollSeconds: 5,
  mappingSettleSeconds: 10,
  // No page gives a number; changes of roles are known to take minutes.
  permissionSettleSeconds: 120,
  // AWS, services-sqs-configure.html: up to 20 seconds with little traffic, even where the window is shorter.
  windowLateSeconds: 20,
  // No page gives a schedule; recorded were 8 attempts in a minute, with growing waits.
  pollingRetrySeconds: 300,
  // AWS, invocation-eventsourcemapping.html: the payload of an invocation, 6 MB.
  batchBytes: 6_291_456,
  retryDelayShortfall: 0.1,
  duplicateBudget: 0,
  // AWS, gettingstarted-limits.html: 6 MB each way, 1 MB asynchronous since October 2025; 1 MB is 1,024 KB there.
  syncPayloadBytes: 6_291_456,
  asyncPayloadBytes: 1_048_576,
  payloadMarginBytes: 65_536,
  accountConcurrency: 1_000,
};
