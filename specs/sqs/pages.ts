/** The pages on which the rules on queues rest. */
import { api, guide, type Source } from '../../engine/rule.ts';

const queueGuide = (page: string): Source => ({
  page: `AWSSimpleQueueService/latest/SQSDeveloperGuide/${page}.html`,
  evidence: 'archived',
});

/** Lambda’s guide. */
export const SQS = guide('with-sqs', 'archived');
export const CONFIGURE = guide('services-sqs-configure');
export const PARAMETERS = guide('services-sqs-parameters');
export const SCALING = guide('services-sqs-scaling');
export const ERRORS = guide('services-sqs-errorhandling');
export const SQS_FILTERING = guide('with-sqs-filtering');
export const FILTERING = guide('invocation-eventfiltering');
export const MAPPINGS = guide('invocation-eventsourcemapping');
export const RECURSION = guide('invocation-recursion');
export const FUNCTION_DLQ = guide('invocation-async-retain-records#invocation-dlq');

/** Lambda’s API. */
export const CREATE_MAPPING = api('CreateEventSourceMapping');
export const POLLER_CONFIG = api('ProvisionedPollerConfig');
export const SCALING_CONFIG = api('ScalingConfig');

/** SQS’s guide and API. */
export const VISIBILITY = queueGuide('sqs-visibility-timeout');
export const DEAD_LETTERS = queueGuide('sqs-dead-letter-queues');
export const FIFO_QUEUES = queueGuide('FIFO-queues-understanding-logic');
export const STANDARD_QUEUES = queueGuide('standard-queues');
export const SET_ATTRIBUTES: Source = {
  page: 'AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html',
  evidence: 'model',
};
/** AWS, API_Message.html: the body is the message's contents, MD5OfBody the digest of that text. */
export const MESSAGE: Source = {
  page: 'AWSSimpleQueueService/latest/APIReference/API_Message.html',
  evidence: 'current',
};
