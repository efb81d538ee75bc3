/** Concurrency: table of contents. */
import type { Rule } from '../../engine/rule.ts';
import { acc01, rate01, rps01 } from './account.ts';
import { env01 } from './environments.ts';
import { prov02, prov03 } from './provisioned.ts';
import { prov01, prov04, res04 } from './requests.ts';
import { res01, res02, res03, res05 } from './reserved.ts';
import { thr01 } from './throttles.ts';

export const concurrencyRules: readonly Rule[] = [
  res01,
  res02,
  res03,
  res04,
  res05,
  acc01,
  rate01,
  rps01,
  prov01,
  prov02,
  prov03,
  prov04,
  env01,
  thr01,
];
