/** The queue's own dead-letter queue. AWS, services-sqs-configure.html: set one, with a maxReceiveCount of 5 or more. */
import { guide } from '../engine/rule.ts';
import {
  type Configuration,
  freshQueue,
  mappingsOf,
  queueOf,
  withFunction,
  withQueue,
} from './configuration.ts';
import type { Expected, Finding } from './finding.ts';
import { counted, POISON_EVERY, records } from './traffic.ts';

const RECEIVES = 5;
const SCARCE_RESERVE = 2;

export function* deadLetterQueue(configuration: Configuration, expected: Expected): Generator<Finding> {
  for (const mapping of mappingsOf(configuration, 'sqs')) {
    const queue = queueOf(configuration, mapping.source);
    if (queue === undefined || queue.redrive !== undefined) continue;
    const name = freshQueue(configuration, `${queue.name.slice(0, 25)}-dead`);
    const dead = queue.fifo === true ? { name, fifo: true as const } : { name };
    const advised = withQueue(withQueue(configuration, dead), {
      ...queue,
      redrive: { to: `queue:${name}`, maxReceiveCount: RECEIVES },
    });
    yield {
      advice: 'dead-letter-queue',
      about: `queue ${queue.name}`,
      says: 'It has no dead-letter queue: a message that always fails comes again after every visibility timeout, until its retention ends, and is lost then.',
      change: `Give it a redrive policy with a dead-letter queue and a maxReceiveCount of ${RECEIVES} or more.`,
      source: guide('services-sqs-configure'),
      trial: {
        says: `${counted(expected.count)} messages in ten seconds, 1 in ${POISON_EVERY} of which always fails`,
        without: withQueue(configuration, {
          ...queue,
          retentionSeconds: Math.min(queue.retentionSeconds ?? HOUR, HOUR),
        }),
        with: withQueue(advised, {
          ...queue,
          retentionSeconds: Math.min(queue.retentionSeconds ?? HOUR, HOUR),
          redrive: { to: `queue:${name}`, maxReceiveCount: RECEIVES },
        }),
        steps: (tried) => records(mapping, tried, expected, { hasPoison: true }),
      },
    };
  }
}

/** The trial is over after an hour's retention: days would only repeat it. */
const HOUR = 3_600;

export function* receiveCount(configuration: Configuration, expected: Expected): Generator<Finding> {
  for (const mapping of mappingsOf(configuration, 'sqs')) {
    const queue = queueOf(configuration, mapping.source);
    if (queue?.redrive === undefined || queue.redrive.maxReceiveCount >= RECEIVES) continue;
    const { maxReceiveCount } = queue.redrive;
    const scarce = withFunction(configuration, mapping.function, { reservedConcurrency: SCARCE_RESERVE });
    yield {
      advice: 'receive-count',
      about: `queue ${queue.name}`,
      says: `A maxReceiveCount of ${maxReceiveCount}: receives that end in a throttle count too, so that good messages may go to the dead-letter queue after fewer attempts, or none.`,
      change: `Set maxReceiveCount to ${RECEIVES} or more.`,
      source: guide('services-sqs-configure'),
      trial: {
        says: `${counted(expected.count)} messages in ten seconds, each attempt nearly as long as the timeout, with room for ${SCARCE_RESERVE} at once`,
        without: scarce,
        with: withQueue(scarce, { ...queue, redrive: { ...queue.redrive, maxReceiveCount: RECEIVES } }),
        steps: (tried) => records(mapping, tried, expected, { isSlow: true }),
      },
    };
  }
}
