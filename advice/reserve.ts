/**
 * Reserved concurrency against pollers. AWS, services-sqs-scaling.html: five batches at first, so reserve at least
 * five; and the maximum concurrency of all mappings of a function together should not exceed its reserve.
 */
import { guide } from '../engine/rule.ts';
import { type Configuration, mappingsOf, withFunction } from './configuration.ts';
import type { Expected, Finding } from './finding.ts';
import { counted, records } from './traffic.ts';

/** AWS, services-sqs-scaling.html: five concurrent batches when there are messages. */
const FIRST_POLLERS = 5;

export function* reserveForPollers(configuration: Configuration, expected: Expected): Generator<Finding> {
  for (const spec of configuration.functions) {
    const { reservedConcurrency: reserve } = spec;
    const mappings = mappingsOf(configuration, 'sqs').filter((mapping) => mapping.function === spec.name);
    const [first] = mappings;
    if (reserve === undefined || first === undefined) continue;
    const wanted = mappings.reduce(
      (sum, { maximumConcurrency }) => sum + (maximumConcurrency ?? FIRST_POLLERS),
      0,
    );
    if (reserve >= wanted) continue;
    const many =
      mappings.length === 1 ? `its mapping ${first.name} starts` : `its ${mappings.length} mappings start`;
    yield {
      advice: 'reserve-for-pollers',
      about: `function ${spec.name}`,
      says: `A reserve of ${reserve}, and ${many} up to ${wanted} batches at once: the others are throttled, and each throttle counts as a receive.`,
      change: `Reserve at least ${wanted}, or set MaximumConcurrency so that all mappings together stay within the reserve.`,
      source: guide('services-sqs-scaling'),
      trial: {
        says: `${counted(expected.count)} messages in ten seconds to each queue`,
        without: configuration,
        with: withFunction(configuration, spec.name, { reservedConcurrency: wanted }),
        steps: (tried) =>
          mappings.flatMap((mapping, index) => records(mapping, tried, expected, { prefix: `m${index}` })),
      },
    };
  }
}
