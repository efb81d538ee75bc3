/** The queue: acceptance, attempts, retries, throttles, age, loops. Table of contents, in the order of AWS's pages. */
import type { Rule } from '../../engine/rule.ts';
import { acc01, acc02, acc03, size01 } from './acceptance.ts';
import { acc04, rate01 } from './acceptanceUnderLoad.ts';
import { age01, age02, age03 } from './age.ts';
import { loss01, metric01, term01 } from './conservation.ts';
import { delay01 } from './delays.ts';
import { dup01, event01, order01, reqid01 } from './delivery.ts';
import { recur04 } from './queueLoops.ts';
import { recur01, recur02, recur03 } from './recursion.ts';
import { retry01, retry02, retry03, retry04, retry05 } from './retries.ts';
import { thr01, thr02, thr03, thr04 } from './throttles.ts';

export const asyncQueueRules: readonly Rule[] = [
  acc01,
  acc02,
  acc03,
  acc04,
  size01,
  rate01,
  event01,
  reqid01,
  dup01,
  order01,
  retry01,
  retry02,
  retry03,
  retry04,
  retry05,
  delay01,
  thr01,
  thr02,
  thr03,
  thr04,
  age01,
  age02,
  age03,
  term01,
  loss01,
  metric01,
  recur01,
  recur02,
  recur03,
  recur04,
];
