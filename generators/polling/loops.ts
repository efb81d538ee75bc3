import type { Setting } from './setting.ts';

/** A queue whose messages the handler sends on to the same queue: a loop, that Lambda stops after a while. */
export function addLoop(setting: Setting): void {
  const { draw, functions, mappings, steps } = setting;
  functions.push({
    name: 'looper',
    timeoutSeconds: 3,
    ...(draw.percent(25) ? { recursiveLoop: 'Allow' as const } : {}),
  });
  const dead = setting.queue({ name: 'loopdead' });
  const source = setting.queue({
    name: 'loop',
    visibilityTimeoutSeconds: draw.of([3, 5, 10]),
    redrive: { to: dead, maxReceiveCount: draw.int(1, 3) },
  });
  mappings.push({ name: 'looping', source, function: 'looper', batchSize: draw.of([1, 1, 10]) });
  const count = draw.int(1, 2);
  for (let k = 0; k < count; k++)
    steps.push({
      atSeconds: draw.seconds(0, 2),
      do: 'send',
      to: source,
      records: [{ record: setting.nextRecord(), plan: [{ do: 'ok', chainTo: source }] }],
    });
}
