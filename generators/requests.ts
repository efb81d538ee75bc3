/**
 * Requests to the control plane worth drawing: for each operation inputs that AWS takes and inputs that it refuses,
 * with the rules that have them as subjects. `f` stands for a declared function; `missing` and `extra` are declared
 * nowhere, and `extra` is made by the request. Names of queues and topics that end in `fifo` are FIFO.
 *
 * Environment variables and layers are tried on new functions only: on a declared one they would take the place of
 * what a target's probe needs.
 */
import type { Json } from '../engine/json.ts';
import type { Operation } from '../engine/scenario.ts';

export type RequestInput = Readonly<Record<string, Json>>;

export interface RequestInputs {
  readonly operation: Operation;
  readonly rules: readonly string[];
  readonly valid: readonly RequestInput[];
  readonly invalid: readonly RequestInput[];
  /** The function must have versions "1" and "2". */
  readonly needsVersions?: true;
  /** A target that takes what it should refuse may have nothing left for scenarios that run at the same time. */
  readonly starvesOthers?: true;
}

/** A client context whose base64 text has `bytes` bytes, a multiple of four. */
const contextOf = (bytes: number): string => {
  const json = (bytes / 4) * 3;
  return Buffer.from(`{"custom":{"k":"${'x'.repeat(json - 19)}"}}`).toString('base64');
};

const dryRun = (more: RequestInput): RequestInput => ({
  FunctionName: 'f',
  InvocationType: 'DryRun',
  ...more,
});

const destination = (side: 'OnSuccess' | 'OnFailure', ref: string): RequestInput => ({
  FunctionName: 'f',
  DestinationConfig: { [side]: { Destination: ref } },
});

const LONG_ARN = `arn:aws:sqs:us-east-1:123456789012:${'q'.repeat(330)}`;

const layerArns = (count: number): Json =>
  Array.from({ length: count }, (_, k) => `arn:aws:lambda:us-east-1:123456789012:layer:layer${k}:1`);

export const requestInputs: readonly RequestInputs[] = [
  {
    operation: 'Invoke',
    rules: ['LIM-INV-01', 'LIM-INV-02', 'LIM-INV-04', 'LIM-ERR-01'],
    valid: [
      dryRun({}),
      dryRun({ LogType: 'None' }),
      dryRun({ LogType: 'Tail' }),
      dryRun({ Qualifier: '$LATEST' }),
      dryRun({ ClientContext: contextOf(64) }),
      dryRun({ ClientContext: contextOf(3_580) }),
    ],
    invalid: [
      { FunctionName: 'f', InvocationType: 'Sync' },
      { FunctionName: 'f', InvocationType: 'event' },
      dryRun({ LogType: 'All' }),
      dryRun({ LogType: 'tail' }),
      dryRun({ Qualifier: 'q'.repeat(129) }),
      dryRun({ FunctionName: 'n'.repeat(257) }),
      dryRun({ ClientContext: contextOf(3_584) }),
      // In range, and there is no such thing.
      dryRun({ FunctionName: 'missing' }),
      dryRun({ FunctionName: 'n'.repeat(64) }),
      dryRun({ Qualifier: 'missing' }),
      dryRun({ Qualifier: 'q'.repeat(128) }),
    ],
  },
  {
    operation: 'CreateFunction',
    rules: ['LIM-FN-01', 'LIM-FN-02', 'LIM-INV-02'],
    valid: [
      { FunctionName: 'extra' },
      { FunctionName: 'extra', Timeout: 900 },
      { FunctionName: 'extra', Environment: { Variables: { SIZE: 'x'.repeat(3_500) } } },
    ],
    invalid: [
      { FunctionName: 'extra', Timeout: 0 },
      { FunctionName: 'extra', Timeout: 5_401 },
      { FunctionName: 'extra', Environment: { Variables: { SIZE: 'x'.repeat(5_000) } } },
      { FunctionName: 'extra', Layers: layerArns(6) },
      { FunctionName: 'n'.repeat(65) },
    ],
  },
  {
    operation: 'GetFunction',
    rules: ['LIM-API-01', 'LIM-ERR-01'],
    valid: [{ FunctionName: 'f' }],
    invalid: [{ FunctionName: 'missing' }],
  },
  {
    operation: 'UpdateFunctionConfiguration',
    rules: ['LIM-FN-01', 'ASYNC-DLQ-06', 'LIM-ERR-01'],
    valid: [
      { FunctionName: 'f', Timeout: 1 },
      { FunctionName: 'f', Timeout: 3 },
      { FunctionName: 'f', DeadLetterConfig: { TargetArn: 'queue:dead' } },
      { FunctionName: 'f', DeadLetterConfig: { TargetArn: 'topic:deadnews' } },
    ],
    invalid: [
      { FunctionName: 'f', Timeout: 0 },
      { FunctionName: 'f', Timeout: -1 },
      { FunctionName: 'f', Timeout: 5_401 },
      { FunctionName: 'f', DeadLetterConfig: { TargetArn: 'queue:deadfifo' } },
      { FunctionName: 'f', DeadLetterConfig: { TargetArn: 'topic:newsfifo' } },
      { FunctionName: 'f', DeadLetterConfig: { TargetArn: 'bus:orders' } },
      { FunctionName: 'f', DeadLetterConfig: { TargetArn: 'bucket:archive' } },
      { FunctionName: 'missing', Timeout: 3 },
    ],
  },
  {
    operation: 'PutFunctionEventInvokeConfig',
    rules: ['LIM-EIC-01', 'LIM-EIC-02', 'LIM-EIC-03', 'ASYNC-DEST-11', 'ASYNC-CFG-03', 'LIM-ERR-01'],
    valid: [
      { FunctionName: 'f', MaximumRetryAttempts: 0 },
      { FunctionName: 'f', MaximumRetryAttempts: 2 },
      { FunctionName: 'f', MaximumEventAgeInSeconds: 60 },
      { FunctionName: 'f', MaximumEventAgeInSeconds: 21_600 },
      { FunctionName: 'f', MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 3_600 },
      destination('OnFailure', 'queue:failed'),
      destination('OnSuccess', 'topic:news'),
      destination('OnFailure', 'bus:orders'),
      destination('OnFailure', 'bucket:archive'),
    ],
    invalid: [
      { FunctionName: 'f', MaximumRetryAttempts: -1 },
      { FunctionName: 'f', MaximumRetryAttempts: 3 },
      { FunctionName: 'f', MaximumEventAgeInSeconds: 59 },
      { FunctionName: 'f', MaximumEventAgeInSeconds: 21_601 },
      { FunctionName: 'f' },
      destination('OnFailure', 'not-an-arn'),
      destination('OnFailure', LONG_ARN),
      destination('OnFailure', 'queue:failedfifo'),
      destination('OnSuccess', 'topic:newsfifo'),
      destination('OnSuccess', 'bucket:archive'),
      { FunctionName: 'missing', MaximumRetryAttempts: 1 },
      { FunctionName: 'f', Qualifier: 'missing', MaximumRetryAttempts: 1 },
    ],
  },
  {
    operation: 'UpdateFunctionEventInvokeConfig',
    rules: ['LIM-EIC-01', 'LIM-EIC-02', 'LIM-EIC-04', 'ASYNC-CFG-03', 'LIM-ERR-01'],
    // Refused with 404 where the function has no configuration yet, which is LIM-EIC-04.
    valid: [
      { FunctionName: 'f', MaximumRetryAttempts: 1 },
      { FunctionName: 'f', MaximumEventAgeInSeconds: 120 },
    ],
    invalid: [
      { FunctionName: 'f', MaximumRetryAttempts: 3 },
      { FunctionName: 'f', MaximumEventAgeInSeconds: 30 },
      { FunctionName: 'missing', MaximumRetryAttempts: 1 },
    ],
  },
  {
    operation: 'GetFunctionEventInvokeConfig',
    rules: ['ASYNC-CFG-03', 'LIM-ERR-01'],
    valid: [{ FunctionName: 'f' }],
    invalid: [{ FunctionName: 'missing' }],
  },
  {
    operation: 'PutFunctionConcurrency',
    rules: ['LIM-CONC-01', 'CONC-RES-04', 'LIM-ERR-01'],
    valid: [
      { FunctionName: 'f', ReservedConcurrentExecutions: 0 },
      { FunctionName: 'f', ReservedConcurrentExecutions: 2 },
      { FunctionName: 'f', ReservedConcurrentExecutions: 10 },
    ],
    invalid: [
      { FunctionName: 'f', ReservedConcurrentExecutions: -1 },
      { FunctionName: 'f' },
      { FunctionName: 'missing', ReservedConcurrentExecutions: 1 },
    ],
  },
  {
    operation: 'PutFunctionConcurrency',
    rules: ['CONC-RES-04'],
    valid: [],
    // No account has so many; 901 leaves 99 of the 1,000 that a Region has by default.
    invalid: [
      { FunctionName: 'f', ReservedConcurrentExecutions: 901 },
      { FunctionName: 'f', ReservedConcurrentExecutions: 1_000_000 },
    ],
    starvesOthers: true,
  },
  {
    operation: 'PutFunctionConcurrency',
    rules: ['LIM-CONC-01'],
    valid: [],
    invalid: [{ FunctionName: 'function:f:1', ReservedConcurrentExecutions: 1 }],
    needsVersions: true,
  },
  {
    operation: 'GetFunctionConcurrency',
    rules: ['LIM-API-01', 'LIM-ERR-01'],
    valid: [{ FunctionName: 'f' }],
    invalid: [{ FunctionName: 'missing' }],
  },
  {
    operation: 'PutProvisionedConcurrencyConfig',
    rules: ['LIM-CONC-02', 'CONC-PROV-01', 'CONC-PROV-04', 'LIM-ERR-01'],
    // Whether they are taken depends on the reserve: CONC-PROV-01.
    valid: [
      { FunctionName: 'f', Qualifier: '1', ProvisionedConcurrentExecutions: 1 },
      { FunctionName: 'f', Qualifier: '2', ProvisionedConcurrentExecutions: 2 },
      { FunctionName: 'f', Qualifier: '1', ProvisionedConcurrentExecutions: 5 },
    ],
    invalid: [
      { FunctionName: 'f', Qualifier: '1', ProvisionedConcurrentExecutions: 0 },
      { FunctionName: 'f', Qualifier: '1', ProvisionedConcurrentExecutions: -1 },
      { FunctionName: 'f', ProvisionedConcurrentExecutions: 1 },
      { FunctionName: 'f', Qualifier: '$LATEST', ProvisionedConcurrentExecutions: 1 },
    ],
    needsVersions: true,
  },
  {
    operation: 'PutFunctionRecursionConfig',
    rules: ['LIM-API-01', 'LIM-ERR-01'],
    valid: [
      { FunctionName: 'f', RecursiveLoop: 'Allow' },
      { FunctionName: 'f', RecursiveLoop: 'Terminate' },
    ],
    invalid: [{ FunctionName: 'f', RecursiveLoop: 'Stop' }],
  },
];
