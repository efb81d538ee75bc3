/** Limits and validation: table of contents. */
import type { Rule } from '../../engine/rule.ts';
import { conc01, conc02 } from './concurrency.ts';
import { err01 } from './errors.ts';
import { eic01, eic02, eic03, eic04 } from './eventInvokeConfig.ts';
import {
  esm01,
  esm02,
  esm03,
  esm04,
  esm05,
  esm06,
  esm07,
  esm08,
  esm09,
  esm10,
  esm11,
  esm12,
  esm13,
  esm14,
  esm15,
} from './eventSourceMapping.ts';
import { fn01, fn02 } from './functions.ts';
import { inv01, inv02, inv04 } from './invocation.ts';
import { inv03 } from './payload.ts';
import { sqs01 } from './queues.ts';
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
  esm01,
  esm02,
  esm03,
  esm04,
  esm05,
  esm06,
  esm07,
  esm08,
  esm09,
  esm10,
  esm11,
  esm12,
  esm13,
  esm14,
  esm15,
  sqs01,
  err01,
  api01,
];
