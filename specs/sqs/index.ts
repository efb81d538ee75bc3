/** Mappings of SQS queues. Table of contents, in the order of AWS's pages. */
import type { Rule } from '../../engine/rule.ts';
import { batch01, batch03, ord01 } from './batching.ts';
import { del01, del02, del03 } from './deletion.ts';
import { event01, event02 } from './event.ts';
import { fifo01, fifo02, fifo03, fifo04, fifo05 } from './fifo.ts';
import { filt01, filt02, filt03 } from './filters.ts';
import { maxc01, maxc02 } from './maximumConcurrency.ts';
import { prov01, prov03 } from './provisionedPollers.ts';
import { rdr01, rdr02, rdr03 } from './redrive.ts';
import { batch02, maxc03, prov02, rdr04, reg01, vis04, vis07 } from './requests.ts';
import { fifo06, pbr01, pbr02 } from './responses.ts';
import { scale01, scale02, scale03 } from './scaling.ts';
import { err01, thr01, thr02 } from './throttles.ts';
import { vis01, vis02, vis03, vis05, vis06 } from './visibility.ts';

export const sqsRules: readonly Rule[] = [
  del01,
  del02,
  del03,
  vis01,
  vis02,
  vis03,
  vis04,
  vis05,
  vis06,
  vis07,
  rdr01,
  rdr02,
  rdr03,
  rdr04,
  thr01,
  thr02,
  err01,
  scale01,
  scale02,
  scale03,
  maxc01,
  maxc02,
  maxc03,
  prov01,
  prov02,
  prov03,
  batch01,
  batch02,
  batch03,
  ord01,
  fifo01,
  fifo02,
  fifo03,
  fifo04,
  fifo05,
  fifo06,
  filt01,
  filt02,
  filt03,
  pbr01,
  pbr02,
  event01,
  event02,
  reg01,
];
