/** Concurrency: table of contents. */
import type { Rule } from '../../engine/rule.ts';

export const concurrencyRules: readonly Rule[] = [];
