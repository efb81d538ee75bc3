/** What becomes of an event: destinations, dead letters, configuration, recursion. Table of contents. */
import type { Rule } from '../../engine/rule.ts';

export const asyncOutcomeRules: readonly Rule[] = [];
