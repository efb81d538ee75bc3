/** Scenes at queues. */
import type { MappingSpec } from '../../../engine/sourceSpec.ts';
import type { Setting } from '../setting.ts';
import { playOne, recordWith, type Scene, sendAt } from './scene.ts';

/** Plays one of the scenes that the target can run. */
export function playAtQueue(setting: Setting): void {
  const scenes: [Scene, ...Scene[]] = [poisonAmongGood];
  if (setting.capabilities.has('fifo')) scenes.push(blockedGroup);
  // These have more at once than an emulator's machine bears.
  if (!setting.isRealTime) scenes.push(boundedBacklog, boundedBacklog, backlogBesideReserve);
  playOne(setting, scenes);
}

/** One message that always fails, in front, in the middle, at the end or alone, until it is redriven. */
function poisonAmongGood(setting: Setting): void {
  const { draw, isRealTime } = setting;
  const count = draw.of([1, 3, 5]);
  const at = draw.of([0, Math.floor(count / 2), count - 1]);
  const reports = draw.percent(50);
  setting.functions.push({ name: 'f', timeoutSeconds: 1 });
  const isRedriven = setting.capabilities.has('redrive');
  const source = setting.queue({
    name: 'inbox',
    visibilityTimeoutSeconds: isRealTime ? 1 : draw.of([1, 6]),
    ...(isRedriven
      ? { redrive: { to: setting.queue({ name: 'inboxdead' }), maxReceiveCount: draw.int(1, 3) } }
      : {}),
  });
  setting.mappings.push({
    name: 'm',
    source,
    function: 'f',
    batchSize: count,
    ...(reports ? { reportsItemFailures: true } : {}),
  });
  const failing = reports ? 'report' : 'throw';
  const records = Array.from({ length: count }, (_, k) =>
    recordWith(setting, k !== at ? ['ok'] : isRedriven ? [failing] : [failing, 'ok']),
  );
  sendAt(setting, 0, source, records);
}

/** The first message of one group fails for a while; its group waits, and another goes on. */
function blockedGroup(setting: Setting): void {
  const { draw } = setting;
  setting.functions.push({ name: 'f', timeoutSeconds: 1 });
  const source = setting.queue({ name: 'inbox', fifo: true, visibilityTimeoutSeconds: draw.int(1, 3) });
  setting.mappings.push({ name: 'm', source, function: 'f', batchSize: draw.of([1, 2, 10]) });
  sendAt(setting, 0, source, [
    recordWith(setting, ['throw', 'ok'], { group: 'g1' }),
    ...Array.from({ length: draw.int(1, 3) }, () => recordWith(setting, ['ok'], { group: 'g1' })),
    ...Array.from({ length: draw.int(1, 2) }, () => recordWith(setting, ['ok'], { group: 'g2' })),
  ]);
}

/** What holds a mapping to few attempts at once. */
function boundOf({ draw }: Setting): Partial<MappingSpec> {
  return draw.percent(50)
    ? { maximumConcurrency: draw.of([2, 2, 3, 5]) }
    : { provisioned: { minimum: 2, maximum: 2 } };
}

/** Far more messages than a bounded mapping may hand out at once. */
function boundedBacklog(setting: Setting): void {
  const { draw } = setting;
  setting.functions.push({ name: 'f', timeoutSeconds: 30 });
  const source = setting.queue({ name: 'inbox', visibilityTimeoutSeconds: 180 });
  setting.mappings.push({ name: 'm', source, function: 'f', batchSize: 1, ...boundOf(setting) });
  const record = recordWith(setting, [{ do: 'ok', afterSeconds: draw.of([15, 25]) }]);
  sendAt(setting, 0, source, [{ ...record, times: draw.of([60, 80]) }]);
}

/** The bound of a mapping beside the reserve of its function, and beside another mapping. */
function backlogBesideReserve(setting: Setting): void {
  const { draw } = setting;
  setting.functions.push({ name: 'f', timeoutSeconds: 10, reservedConcurrency: draw.of([10, 20]) });
  for (const name of ['inbox', 'bills']) {
    const source = setting.queue({ name, visibilityTimeoutSeconds: 60 });
    setting.mappings.push({
      name: name === 'inbox' ? 'm' : 'n',
      source,
      function: 'f',
      batchSize: 1,
      ...(name === 'inbox' ? { maximumConcurrency: 2 } : {}),
    });
    const record = recordWith(setting, [{ do: 'ok', afterSeconds: 5 }]);
    sendAt(setting, 0, source, [{ ...record, times: draw.of([12, 20]) }]);
  }
}
