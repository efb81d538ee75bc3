/** Event source mappings in common. Table of contents, in the order of AWS's pages. */
import type { Rule } from '../../engine/rule.ts';

export const mappingRules: readonly Rule[] = [];
