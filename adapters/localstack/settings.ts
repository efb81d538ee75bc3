/** The variables by which LocalStack 4.14.0 is told how to behave, the same in a container and as a plain process. */

/** Seconds that stand for the minute that Lambda waits before the second attempt. */
export const RETRY_BASE_SECONDS = 1;

export const SETTINGS: Readonly<Record<string, string>> = {
  LAMBDA_RETRY_BASE_DELAY: String(RETRY_BASE_SECONDS),
  // How often it looks at a source, and how long it waits at most after having found nothing, or after an error.
  LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC: '0.2',
  LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC: '0.25',
  LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_ERROR_SEC: '5',
  // Seconds for an execution environment to start, else 20. Seen on two busy cores that had several hundred to start: what
  // took longer was answered with 500 before a handler ran, and a stream without retries has lost its batch by that.
  LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT: '120',
  // The source of streams answers at once: by itself it waits half a second before it makes or deletes one.
  KINESIS_LATENCY: '0',
  DISABLE_EVENTS: '1',
  SKIP_SSL_CERT_DOWNLOAD: '1',
  EAGER_SERVICE_LOADING: '1',
};

/** The services that scenarios use, and those that LocalStack's Lambda uses itself (sts, logs). */
export const SERVICES = [
  'lambda',
  'sqs',
  'sns',
  's3',
  'dynamodb',
  'dynamodbstreams',
  'kinesis',
  'events',
  'iam',
  'sts',
  'logs',
  'cloudwatch',
] as const;
