/** Permissions. Table of contents, in the order of AWS's pages. */
import type { Rule } from '../../engine/rule.ts';
import { inv01, inv02 } from './invoking.ts';
import { push01, push02, push03 } from './pushing.ts';
import { poll01, poll02, poll03, poll04 } from './reading.ts';
import { dest01 } from './writing.ts';

export const permissionRules: readonly Rule[] = [
  poll01,
  poll02,
  poll03,
  poll04,
  dest01,
  push01,
  push02,
  push03,
  inv01,
  inv02,
];
