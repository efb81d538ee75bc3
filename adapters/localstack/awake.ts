/** LocalStack's servers that are processes of their own, made ready before anything depends on them. */
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { makeClients } from '../aws/clients.ts';
import type { RunningEmulator } from '../emulators/emulator.ts';

/**
 * The same instance, when Kinesis and DynamoDB have been asked for something and have answered. LocalStack starts each
 * with the first request for it, and answers a second one that comes meanwhile with InternalError: connection refused.
 * What it cannot start is lacking, and shows by itself.
 */
export async function awake(running: RunningEmulator): Promise<RunningEmulator> {
  const { kinesis, dynamoDb, destroy } = makeClients({ url: running.url });
  await Promise.allSettled([
    kinesis.send(new ListStreamsCommand({})),
    dynamoDb.send(new ListTablesCommand({})),
  ]);
  destroy();
  return running;
}
