/** Mappings of Kafka and Amazon MQ. Table of contents, in the order of AWS's pages. */
import type { Rule } from '../../engine/rule.ts';

export const kafkaMqRules: readonly Rule[] = [];
