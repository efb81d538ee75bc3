/** All that is looked at, and a configuration looked at for all of it. */
import { batchTime } from './batchTime.ts';
import type { Configuration } from './configuration.ts';
import { asyncDestination } from './destinations.ts';
import type { Adviser, Expected, Finding } from './finding.ts';
import { deadLetterQueue, receiveCount } from './redrive.ts';
import { reserveForPollers } from './reserve.ts';
import { boundedRetries, streamDestination } from './streams.ts';
import { visibilityTimeout } from './visibility.ts';

const ADVISERS: readonly Adviser[] = [
  reserveForPollers,
  visibilityTimeout,
  deadLetterQueue,
  receiveCount,
  boundedRetries,
  streamDestination,
  asyncDestination,
  batchTime,
];

/** All findings about a configuration. */
export function findings(configuration: Configuration, expected: Expected): Finding[] {
  return ADVISERS.flatMap((adviser) => [...adviser(configuration, expected)]);
}
