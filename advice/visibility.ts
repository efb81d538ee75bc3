/** The visibility timeout against the function's. AWS, services-sqs-configure.html: six times, and the window. */

import { DEFAULT_VISIBILITY_SECONDS } from '../engine/pollingIndex.ts';
import { guide } from '../engine/rule.ts';
import { type Configuration, mappingsOf, queueOf, withFunction, withQueue } from './configuration.ts';
import type { Expected, Finding } from './finding.ts';
import { counted, records } from './traffic.ts';

const TIMES = 6;

/** Room for so many attempts at once in the trial: it is when attempts are throttled that the timeout runs out. */
const SCARCE_RESERVE = 2;

export function* visibilityTimeout(configuration: Configuration, expected: Expected): Generator<Finding> {
  for (const mapping of mappingsOf(configuration, 'sqs')) {
    const queue = queueOf(configuration, mapping.source);
    const owner = configuration.functions.find(({ name }) => name === mapping.function);
    if (queue === undefined || owner === undefined) continue;
    const visibility = queue.visibilityTimeoutSeconds ?? DEFAULT_VISIBILITY_SECONDS;
    const wanted = TIMES * owner.timeoutSeconds + (mapping.windowSeconds ?? 0);
    if (visibility >= wanted) continue;
    const reserve = Math.min(SCARCE_RESERVE, owner.reservedConcurrency ?? SCARCE_RESERVE);
    const scarce = withFunction(configuration, owner.name, { reservedConcurrency: reserve });
    yield {
      advice: 'visibility-timeout',
      about: `queue ${queue.name}`,
      says: `A visibility timeout of ${visibility} s, and a function timeout of ${owner.timeoutSeconds} s: AWS advises six times that${mapping.windowSeconds ? ' and the batching window' : ''}, so that Lambda has the time to try again when it is throttled.`,
      change: `Set the visibility timeout to ${wanted} s or more.`,
      source: guide('services-sqs-configure'),
      trial: {
        says: `${counted(expected.count)} messages in ten seconds, each attempt nearly as long as the timeout, with room for ${reserve} at once`,
        without: scarce,
        with: withQueue(scarce, { ...queue, visibilityTimeoutSeconds: wanted }),
        steps: (tried) => records(mapping, tried, expected, { isSlow: true }),
      },
    };
  }
}
