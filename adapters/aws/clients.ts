import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** Where the AWS API is spoken. */
export interface Endpoint {
  /** `http://127.0.0.1:4566`; absent: AWS itself. */
  readonly url?: string;
  readonly region?: string;
}

/** The clients of one endpoint. They share one pool of connections and retry nothing. */
export interface Clients {
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly s3: S3Client;
  readonly eventBridge: EventBridgeClient;
  readonly iam: IAMClient;
  readonly kinesis: KinesisClient;
  readonly dynamoDb: DynamoDBClient;
  readonly sts: STSClient;
  readonly region: string;
  destroy(): void;
}

/** Connections at once: the concurrency that can be measured is never more than this. */
const MAX_SOCKETS = 500;
const CONNECT_TIMEOUT_MS = 5_000;
/**
 * An idle connection is given up before the server does so (after 5 s in most): a call that goes out on it at that
 * very moment would break, and look like an answer that never came. Connections in use are not touched.
 */
const IDLE_SOCKET_MS = 2_000;

/**
 * Sends what the clients ask for. A process that has computed for seconds (a plan, say) has not seen that its idle
 * connections are too old, or closed by the server long ago: its event loop has a turn, before one of them is taken.
 */
class Sending extends NodeHttpHandler {
  #lastMs = 0;
  #turn: Promise<void> | undefined;

  override async handle(
    ...call: Parameters<NodeHttpHandler['handle']>
  ): ReturnType<NodeHttpHandler['handle']> {
    const sinceLastMs = performance.now() - this.#lastMs;
    this.#lastMs = performance.now();
    // Timers come in the order in which they are due: those of the connections were due before.
    if (sinceLastMs >= IDLE_SOCKET_MS) this.#turn = pause(0);
    await this.#turn;
    return super.handle(...call);
  }
}

/**
 * Clients for `endpoint`. There is no socket timeout: each call brings its own deadline, which is longer than
 * the timeout of the function it invokes.
 */
export function makeClients(endpoint: Endpoint): Clients {
  const sockets = { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: IDLE_SOCKET_MS };
  const requestHandler = new Sending({
    connectionTimeout: CONNECT_TIMEOUT_MS,
    httpAgent: new HttpAgent(sockets),
    httpsAgent: new HttpsAgent(sockets),
    // The handler's own warning about waiting calls would be printed in the middle of a report.
    socketAcquisitionWarningTimeout: 3_600_000,
  });
  const region = endpoint.region ?? process.env['AWS_REGION'] ?? 'us-east-1';
  const shared = {
    region,
    maxAttempts: 1,
    requestHandler,
    ...(endpoint.url === undefined
      ? {}
      : { endpoint: endpoint.url, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }),
  };
  return {
    lambda: new LambdaClient(shared),
    // An emulator's queue URL may name a host that only its own container knows.
    sqs: new SQSClient({ ...shared, useQueueUrlAsEndpoint: endpoint.url === undefined, md5: false }),
    sns: new SNSClient(shared),
    s3: new S3Client({
      ...shared,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
    eventBridge: new EventBridgeClient(shared),
    iam: new IAMClient(shared),
    // The shared handler speaks HTTP/1.1: by itself this client would ask for HTTP/2.
    kinesis: new KinesisClient(shared),
    dynamoDb: new DynamoDBClient(shared),
    sts: new STSClient(shared),
    region,
    destroy: () => requestHandler.destroy(),
  };
}
