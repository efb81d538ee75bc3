/**
 * Mappings of Kinesis and DynamoDB streams. Table of contents, in the order of AWS's pages.
 *
 * STR-AGG-01 (records that the Kinesis Producer Library aggregates may be dropped with enhanced fan-out and a factor) is
 * not here: nobody could tell such a loss from others, and no scenario aggregates records.
 */
import type { Rule } from '../../engine/rule.ts';
import { bis01, bis02, bis03, bis04, bis05, bis06, pbr01, pbr02, pbr03, pbr04 } from './bisect.ts';
import { dst01, dst02, dst03, dst04, dst05, dst06, dst07, dst08 } from './failureRecords.ts';
import { blk01, blk02, conc01, conc02, ord01, ord02, shard01, shard02 } from './order.ts';
import { pos01, pos02, pos03 } from './positions.ts';
import { ddb01, ddb02, event01, filt01, filt02, poll01 } from './reading.ts';
import { age01, age02, age03, exp01, ret01, ret02, ret03, ret04, ret05 } from './retries.ts';
import { win01, win02, win03, win04, win05, win06, win07, win08 } from './windows.ts';

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
