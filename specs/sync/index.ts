/** Synchronous invocation: table of contents. */
import type { Rule } from '../../engine/rule.ts';

export const syncRules: readonly Rule[] = [];
