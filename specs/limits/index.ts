/** Limits and validation: table of contents. */
import type { Rule } from '../../engine/rule.ts';

export const limitRules: readonly Rule[] = [];
