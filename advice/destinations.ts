/** Asynchronous events that fail for good. AWS, invocation-async-retain-records.html: keep them. */
import { guide } from '../engine/rule.ts';
import { type Configuration, freshQueue, withFunction, withQueue } from './configuration.ts';
import type { Expected, Finding } from './finding.ts';
import { counted, events, POISON_EVERY } from './traffic.ts';

export function* asyncDestination(configuration: Configuration, expected: Expected): Generator<Finding> {
  const polled = new Set((configuration.mappings ?? []).map((mapping) => mapping.function));
  const pushed = new Set((configuration.subscriptions ?? []).map((subscription) => subscription.function));
  for (const { name, deadLetter, eventInvoke = [] } of configuration.functions) {
    // One that only mappings invoke is never invoked asynchronously.
    const isAsync = pushed.has(name) || eventInvoke.length > 0 || !polled.has(name);
    if (!isAsync || deadLetter !== undefined || eventInvoke.some(({ onFailure }) => onFailure !== undefined))
      continue;
    const queue = freshQueue(configuration, `${name.slice(0, 23)}-failed`);
    yield {
      advice: 'async-destination',
      about: `function ${name}`,
      says: 'It has neither an on-failure destination nor a dead-letter queue: an asynchronous event that fails three times is gone.',
      change: 'Give it an on-failure destination, or a dead-letter queue.',
      source: guide('invocation-async-retain-records'),
      trial: {
        says: `${counted(expected.count)} asynchronous events, 1 in ${POISON_EVERY} of which always fails`,
        without: configuration,
        with: withFunction(withQueue(configuration, { name: queue }), name, { deadLetter: `queue:${queue}` }),
        steps: () => events(name, expected),
      },
    };
  }
}
