/** Scenes at streams. */
import type { MappingSpec } from '../../../engine/sourceSpec.ts';
import type { Setting } from '../setting.ts';
import { goodRecords, playOne, recordWith, type Scene, sendAt } from './scene.ts';

/** Plays one of the scenes that the target can run. */
export function playAtStream(setting: Setting): void {
  const { capabilities, isRealTime } = setting;
  const hasDestinations = capabilities.has('destinations');
  const scenes: [Scene, ...Scene[]] = [severalReported, stateless];
  if (hasDestinations) scenes.push(destinationGone);
  if (capabilities.has('dynamodb')) scenes.push(twoReaders);
  if (capabilities.has('reserved') && capabilities.has('controlPlane')) scenes.push(throttled);
  if (capabilities.has('kinesis') && capabilities.has('controlPlane')) scenes.push(fromThatTimeOn);
  if (!isRealTime) {
    if (capabilities.has('kinesis')) scenes.push(shardsApart);
    if (setting.draw.percent(25)) scenes.push(expiring);
    scenes.push(oldAmongYoung);
  }
  playOne(setting, scenes);
}

/** A function, a source of one shard or of several, and a mapping that reads all of it. */
function staged(setting: Setting, settings: Partial<MappingSpec>, shards = 1): MappingSpec {
  const { draw, capabilities } = setting;
  setting.functions.push({ name: 'f', timeoutSeconds: setting.isRealTime ? 1 : 3 });
  const isTable = shards === 1 && (!capabilities.has('kinesis') || setting.uses('tables', 40));
  if (isTable) setting.tables.push({ name: 'trail' });
  else setting.streams.push(shards === 1 ? { name: 'trail' } : { name: 'trail', shards });
  const mapping: MappingSpec = {
    name: 's',
    source: isTable ? 'table:trail' : 'stream:trail',
    function: 'f',
    startingPosition: 'TRIM_HORIZON',
    ...settings,
  };
  if (draw.percent(50)) mapping.batchSize ??= draw.of([5, 10]);
  setting.mappings.push(mapping);
  return mapping;
}

const KEY = { key: 'k1' };

/** Of one batch several records are reported: the lowest counts. */
function severalReported(setting: Setting): void {
  const { draw, isRealTime } = setting;
  const { source } = staged(setting, {
    reportsItemFailures: true,
    ...(draw.percent(50) ? {} : { maximumRetryAttempts: draw.int(1, 3) }),
    ...(draw.percent(25) ? { bisects: true as const } : {}),
  });
  const records = goodRecords(setting, draw.int(1, 2), KEY);
  const reported = draw.int(2, 3);
  for (let k = 0; k < reported; k++)
    records.push(recordWith(setting, ['report', 'ok'], KEY), ...goodRecords(setting, draw.int(0, 1), KEY));
  sendAt(setting, 0, source, records);
  if (!isRealTime && draw.percent(40)) sendAt(setting, draw.int(5, 20), source, goodRecords(setting, 2, KEY));
}

/** In a tumbling window, results without a state. */
function stateless(setting: Setting): void {
  const { draw, isRealTime } = setting;
  const { source } = staged(setting, {
    tumblingWindowSeconds: isRealTime ? 3 : draw.of([5, 10, 30]),
    batchSize: draw.int(1, 3),
    maximumRetryAttempts: draw.int(1, 3),
  });
  const result = { do: 'ok' as const, value: { batchItemFailures: [] } };
  sendAt(setting, 0, source, [
    ...goodRecords(setting, draw.int(0, 2), KEY),
    recordWith(setting, draw.percent(50) ? [result, 'ok'] : [result], KEY),
    ...goodRecords(setting, draw.int(1, 2), KEY),
  ]);
}

/** The destination is deleted; then a batch is discarded, and more records come. */
function destinationGone(setting: Setting): void {
  const { draw, steps } = setting;
  const onFailure = setting.queue({ name: 'sfailed' });
  const { source } = staged(setting, {
    onFailure,
    batchSize: draw.int(1, 2),
    maximumRetryAttempts: draw.int(0, 1),
  });
  steps.push({ atSeconds: 0, do: 'remove', resource: onFailure });
  sendAt(setting, 2, source, [recordWith(setting, ['throw'], KEY)]);
  sendAt(setting, draw.int(3, setting.isRealTime ? 4 : 9), source, goodRecords(setting, draw.int(1, 3), KEY));
}

/** Two functions read a table, of which one fails for a while. */
function twoReaders(setting: Setting): void {
  const { draw, isRealTime } = setting;
  setting.functions.push(
    { name: 'f', timeoutSeconds: isRealTime ? 1 : 3 },
    { name: 'g', timeoutSeconds: isRealTime ? 1 : 3 },
  );
  setting.tables.push({ name: 'trail' });
  for (const owner of ['f', 'g'])
    setting.mappings.push({
      name: owner === 'f' ? 's' : 's2',
      source: 'table:trail',
      function: owner,
      startingPosition: 'TRIM_HORIZON',
      ...(owner === 'f' ? { batchSize: 1 } : {}),
      maximumRetryAttempts: isRealTime ? 1 : 3,
    });
  const first = draw.percent(50) ? recordWith(setting, ['throw', 'ok']) : recordWith(setting, ['ok']);
  sendAt(setting, 0, 'table:trail', [first, ...goodRecords(setting, draw.int(2, 4))]);
}

/** No capacity for longer than the retries would last: throttles are no retries. */
function throttled(setting: Setting): void {
  const { draw, steps, isRealTime } = setting;
  const { source } = staged(setting, {
    maximumRetryAttempts: draw.int(0, 2),
    ...(setting.capabilities.has('destinations') ? { onFailure: setting.queue({ name: 'sfailed' }) } : {}),
  });
  const reserve = (atSeconds: number, ReservedConcurrentExecutions: number) =>
    steps.push({
      atSeconds,
      do: 'request',
      operation: 'PutFunctionConcurrency',
      input: { FunctionName: 'f', ReservedConcurrentExecutions },
    });
  const settled = isRealTime ? 1 : 6;
  reserve(0, 0);
  sendAt(setting, settled, source, goodRecords(setting, draw.int(1, 3), KEY));
  const isBack = settled + (isRealTime ? 4 : draw.of([20, 60, 300]));
  reserve(isBack, 5);
  sendAt(setting, isBack + 1, source, goodRecords(setting, draw.int(1, 2), KEY));
}

/** A mapping is made at a time that is past by then: with records from before that time, and since. */
function fromThatTimeOn(setting: Setting): void {
  const { draw, steps, isRealTime } = setting;
  const source = 'stream:trail';
  setting.functions.push({ name: 'f', timeoutSeconds: isRealTime ? 1 : 3 });
  setting.streams.push({ name: 'trail' });
  if (draw.percent(50)) sendAt(setting, 0, source, goodRecords(setting, draw.int(1, 2), KEY));
  // Timestamps may be cut to whole seconds.
  const startingAtSeconds = isRealTime ? 2 : draw.int(2, 60);
  const sentAtSeconds = startingAtSeconds + 2;
  sendAt(setting, sentAtSeconds, source, goodRecords(setting, draw.int(1, 3), KEY));
  steps.push({
    atSeconds: sentAtSeconds + 1,
    do: 'request',
    operation: 'CreateEventSourceMapping',
    input: {
      EventSourceArn: source,
      FunctionName: 'f',
      StartingPosition: 'AT_TIMESTAMP',
      StartingPositionTimestamp: startingAtSeconds,
    },
    mapping: 's',
  });
}

/** One shard fails for minutes, the others have records of their own. */
function shardsApart(setting: Setting): void {
  const { draw } = setting;
  const { source } = staged(
    setting,
    draw.percent(50)
      ? { maximumRetryAttempts: 10 }
      : { maximumRecordAgeSeconds: draw.of([900, 1_800]), batchSize: 1 },
    draw.int(2, 4),
  );
  sendAt(setting, 0, source, [recordWith(setting, ['throw'], KEY)]);
  for (const atSeconds of [draw.int(1, 10), draw.int(20, 60)])
    sendAt(setting, atSeconds, source, goodRecords(setting, draw.int(3, 5)));
}

/** Retries without a bound: the record leaves the stream after a day. */
function expiring(setting: Setting): void {
  const { source } = staged(setting, {
    batchSize: 1,
    ...(setting.capabilities.has('destinations') ? { onFailure: setting.queue({ name: 'sfailed' }) } : {}),
  });
  sendAt(setting, 0, source, [recordWith(setting, ['throw'], KEY)]);
  // So much later something follows: it waits for that day.
  sendAt(setting, setting.draw.of([600, 1_200]), source, goodRecords(setting, 1, KEY));
}

/** A window gathers records of different age; during the retries the first of them grows too old. */
function oldAmongYoung(setting: Setting): void {
  const { draw } = setting;
  const { source } = staged(setting, {
    batchSize: 100,
    windowSeconds: draw.int(28, 32),
    maximumRecordAgeSeconds: 60,
    ...(setting.capabilities.has('destinations') && draw.percent(60)
      ? { onFailure: setting.queue({ name: 'sfailed' }) }
      : {}),
  });
  sendAt(setting, 0, source, [recordWith(setting, ['throw'], KEY)]);
  sendAt(setting, draw.int(15, 25), source, [
    ...goodRecords(setting, draw.int(0, 2), KEY),
    recordWith(setting, draw.percent(50) ? ['ok'] : ['throw', 'ok'], KEY),
  ]);
  // Until then it is watched what becomes of them.
  sendAt(setting, 200, source, goodRecords(setting, 1, KEY));
}
