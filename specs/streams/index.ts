/**
 * Mappings of Kinesis and DynamoDB streams. Table of contents, in the order of AWS's pages. What aggregated records
 * (STR-AGG-01) lose is left out: scenarios send none, so it would never be decided.
 */
import type { Rule } from '../../engine/rule.ts';
import { age01, age02, age03, exp01 } from './age.ts';
import { bis01, bis02, bis03, bis04, bis05, bis06 } from './bisect.ts';
import { blk01, blk02, shard02 } from './blocking.ts';
import { conc01, conc02 } from './concurrency.ts';
import { dst01, dst08 } from './discards.ts';
import { event01 } from './events.ts';
import { dst02, dst03, dst04, dst05, dst06, dst07 } from './failureRecords.ts';
import { filt01, filt02 } from './filters.ts';
import { ord01, ord02, shard01 } from './order.ts';
import { ddb02, poll01 } from './polling.ts';
import { pos01, pos02, pos03 } from './positions.ts';
import { pbr01, pbr02, pbr03, pbr04 } from './responses.ts';
import { ret01, ret02, ret05 } from './retries.ts';
import { ddb01 } from './tables.ts';
import { ret03, ret04 } from './throttles.ts';
import { win01, win02, win05, win06 } from './windowState.ts';
import { win03, win04, win07, win08 } from './windows.ts';

export const streamRules: readonly Rule[] = [
  ord01,
  ord02,
  conc01,
  conc02,
  shard01,
  shard02,
  blk01,
  blk02,
  ret01,
  ret02,
  ret03,
  ret04,
  ret05,
  age01,
  age02,
  age03,
  exp01,
  bis01,
  bis02,
  bis03,
  bis04,
  bis05,
  bis06,
  pbr01,
  pbr02,
  pbr03,
  pbr04,
  dst01,
  dst02,
  dst03,
  dst04,
  dst05,
  dst06,
  dst07,
  dst08,
  pos01,
  pos02,
  pos03,
  win01,
  win02,
  win03,
  win04,
  win05,
  win06,
  win07,
  win08,
  filt01,
  filt02,
  poll01,
  ddb01,
  ddb02,
  event01,
];
