/** What becomes of an event: destinations, dead letters, configuration. Table of contents, in the order of AWS's pages. */
import type { Rule } from '../../engine/rule.ts';
import { cfg03, dest11, dlq06 } from './configuration-requests.ts';
import { dlq03 } from './deadLetterAttributes.ts';
import { dlq01, dlq02, dlq04, dlq05, dlq07, dlq08 } from './deadLetterQueue.ts';
import { dest01, dest02, dest03, dest12, dest13 } from './destinations.ts';
import { dest10, dest14, dest15 } from './destinationTargets.ts';
import { dest04, dest05, dest06, dest07, dest09 } from './invocationRecord.ts';
import { cfg01, cfg02, cfg04 } from './qualifierConfiguration.ts';
import { dest08 } from './recordedAnswer.ts';
import { rc001, rc002, rc003 } from './zeroReserve.ts';

// AWS, invocation-async-retain-records.html, "Adding a destination", "Example invocation record".
const destinationRules: readonly Rule[] = [
  dest01,
  dest02,
  dest03,
  dest04,
  dest05,
  dest06,
  dest07,
  dest08,
  dest09,
  dest10,
  dest11,
  dest12,
  dest13,
  dest14,
  dest15,
];

// The same page, "Adding a dead-letter queue".
const deadLetterRules: readonly Rule[] = [dlq01, dlq02, dlq03, dlq04, dlq05, dlq06, dlq07, dlq08];

// AWS, configuration-concurrency.html and invocation-async-configuring.html.
const configurationRules: readonly Rule[] = [rc001, rc002, rc003, cfg01, cfg02, cfg03, cfg04];

export const asyncOutcomeRules: readonly Rule[] = [
  ...destinationRules,
  ...deadLetterRules,
  ...configurationRules,
];
