/** The queue: acceptance, attempts, retries, throttles, age. Table of contents. */
import type { Rule } from '../../engine/rule.ts';
import { retry01, retry02 } from './retries.ts';

export const asyncQueueRules: readonly Rule[] = [retry01, retry02];
