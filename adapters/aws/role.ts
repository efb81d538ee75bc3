import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { Clients } from './clients.ts';
import { failureOf, isNeverMade } from './failures.ts';
import type { Journal } from './journal.ts';
import type { Namer } from './names.ts';

/** What a function must be allowed for all that a scenario configures, and mappings for all that they read. */
const ALLOWED = [
  'logs:CreateLogGroup',
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'sqs:SendMessage',
  'sns:Publish',
  'events:PutEvents',
  's3:PutObject',
  's3:ListBucket',
  'lambda:InvokeFunction',
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'kinesis:DescribeStream',
  'kinesis:DescribeStreamSummary',
  'kinesis:GetRecords',
  'kinesis:GetShardIterator',
  'kinesis:ListShards',
  'kinesis:ListStreams',
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
];

/**
 * Makes the execution role of a run's functions and returns its ARN. A target without IAM does not look at
 * roles: there a made-up ARN does.
 */
export async function makeRole(
  clients: Clients,
  namer: Namer,
  journal: Journal,
  signal: AbortSignal,
): Promise<string> {
  const name = namer.next('role');
  journal.make('role', name);
  let isMade = false;
  try {
    const made = await clients.iam.send(
      new CreateRoleCommand({
        RoleName: name,
        AssumeRolePolicyDocument: policy([
          { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ]),
        Tags: [{ Key: 'lambda-conformance', Value: namer.run }],
      }),
      { abortSignal: signal },
    );
    isMade = true;
    await clients.iam.send(
      new PutRolePolicyCommand({
        RoleName: name,
        PolicyName: 'destinations',
        PolicyDocument: policy([{ Effect: 'Allow', Action: ALLOWED, Resource: '*' }]),
      }),
      { abortSignal: signal },
    );
    if (made.Role?.Arn !== undefined) return made.Role.Arn;
  } catch (thrown) {
    const failure = failureOf(thrown);
    if (!isMade && isNeverMade(failure)) journal.gone('role', name);
    if (failure.kind !== 'refused' && failure.kind !== 'foreign') throw thrown;
  }
  return `arn:aws:iam::000000000000:role/${name}`;
}

const policy = (statements: readonly object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
