/** Synchronous invocation: table of contents. */
import type { Rule } from '../../engine/rule.ts';
import { client01 } from './client.ts';
import { ctx01, log01 } from './logsAndContext.ts';
import { errhdr01, errhdr02, payload01, payload02, respsize01 } from './payloads.ts';
import { recur01 } from './recursion.ts';
import { rej01, rej02, rej03, rej04, rej05 } from './rejections.ts';
import { dryrun01, resp01, resp02, retry01, type01 } from './responses.ts';
import { state01 } from './states.ts';
import { mode01, stream01 } from './streaming.ts';
import { thr01, thr02, thr03 } from './throttling.ts';
import { init01, timeout01, timeout02 } from './timeouts.ts';
import { ver01, ver02 } from './versions.ts';

export const syncRules: readonly Rule[] = [
  resp01,
  resp02,
  retry01,
  errhdr01,
  errhdr02,
  payload01,
  payload02,
  ver01,
  ver02,
  log01,
  type01,
  dryrun01,
  rej01,
  rej02,
  rej03,
  rej04,
  rej05,
  respsize01,
  timeout01,
  timeout02,
  init01,
  thr01,
  thr02,
  thr03,
  ctx01,
  state01,
  recur01,
  stream01,
  mode01,
  client01,
];
