/** Asynchronous invocation: table of contents, in the order of AWS's pages. */
import type { Rule } from '../../engine/rule.ts';
import { asyncOutcomeRules } from './outcomes.ts';
import { asyncQueueRules } from './queue.ts';

export const asyncRules: readonly Rule[] = [...asyncQueueRules, ...asyncOutcomeRules];
