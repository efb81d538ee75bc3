/** Event source mappings in common. Table of contents, in the order of AWS's pages. */
import type { Rule } from '../../engine/rule.ts';
import { alo01, batch01, batch02, batch03, dup01, ext01, metric01, qual01, sync01 } from './attempts.ts';
import { filt01, filt02, filt03, filt04, filt05, filt06, filt07, filt08 } from './filters.ts';
import { dest01, dupesm01, tmo01 } from './requests.ts';
import { pbr01, pbr02, pbr03, pbr04, pbr05, pbr06 } from './responses.ts';
import { state01, state02, state03, state04 } from './states.ts';
import { win01, win02, win03, win04 } from './windows.ts';

export const mappingRules: readonly Rule[] = [
  sync01,
  alo01,
  dup01,
  batch01,
  batch02,
  batch03,
  win01,
  win02,
  win03,
  win04,
  state01,
  state02,
  state03,
  state04,
  filt01,
  filt02,
  filt03,
  filt04,
  filt05,
  filt06,
  filt07,
  filt08,
  pbr01,
  pbr02,
  pbr03,
  pbr04,
  pbr05,
  pbr06,
  qual01,
  dest01,
  dupesm01,
  tmo01,
  ext01,
  metric01,
];
