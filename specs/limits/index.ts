/** Limits and validation: table of contents. */
import type { Rule } from '../../engine/rule.ts';
import { conc01, conc02 } from './concurrency.ts';
import { err01 } from './errors.ts';
import { eic01, eic02, eic03, eic04 } from './eventInvokeConfig.ts';
import { fn01, fn02 } from './functions.ts';
import { inv01, inv02, inv04 } from './invocation.ts';
import { inv03 } from './payload.ts';
import { api01 } from './rate.ts';

export const limitRules: readonly Rule[] = [
  inv01,
  inv02,
  inv03,
  inv04,
  fn01,
  fn02,
  eic01,
  eic02,
  eic03,
  eic04,
  conc01,
  conc02,
  err01,
  api01,
];
