/** Mappings of Kafka and Amazon MQ. Table of contents, in the order of AWS's pages. */
import type { Rule } from '../../engine/rule.ts';
import { mqAck01, mqCfg01, mqRet01 } from './brokers.ts';
import { dst01, dst02 } from './destinations.ts';
import { evt01, mqEvt01 } from './events.ts';
import { cmt01, cmt02, grp01, grp02, ord01, pos01 } from './offsets.ts';
import { mqConc01, poll01, poll02, poll03 } from './polling.ts';
import { pbr01, pbr02, ret01, ret02, ret03, ret04 } from './retries.ts';

export const kafkaMqRules: readonly Rule[] = [
  ord01,
  cmt01,
  cmt02,
  ret01,
  ret02,
  ret03,
  ret04,
  pbr01,
  pbr02,
  poll01,
  poll02,
  poll03,
  grp01,
  grp02,
  dst01,
  dst02,
  evt01,
  pos01,
  mqConc01,
  mqRet01,
  mqAck01,
  mqCfg01,
  mqEvt01,
];
