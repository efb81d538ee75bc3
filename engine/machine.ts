import { cpus } from 'node:os';

/**
 * Seconds for which the processors of this machine have been busy since it started, for whomever: the mean of its cores.
 * Between two readings no work of that time could have been done sooner here.
 */
export function busySeconds(): number {
  const cores = cpus();
  if (cores.length === 0) return 0;
  let milliseconds = 0;
  for (const { times } of cores) milliseconds += times.user + times.nice + times.sys + times.irq;
  return milliseconds / cores.length / 1_000;
}
