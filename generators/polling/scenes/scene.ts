/** What scenes are made of. A scene is a short scenario about one idea, which chance alone would seldom bring about. */
import type { Json } from '../../../engine/json.ts';
import type { RecordBehaviour, RecordSpec } from '../../../engine/sourceSpec.ts';
import type { Setting } from '../setting.ts';

export type Scene = (setting: Setting) => void;

/** Plays one of the scenes. */
export function playOne(setting: Setting, scenes: readonly [Scene, ...Scene[]]): void {
  setting.draw.of(scenes)(setting);
}

/** One record, with its own id. */
export const recordWith = (
  setting: Setting,
  plan: readonly [RecordBehaviour, ...RecordBehaviour[]],
  place: Partial<RecordSpec> = {},
): RecordSpec => ({ record: setting.nextRecord(), ...place, plan: [...plan] });

/** So many records that are handled well. */
export const goodRecords = (setting: Setting, count: number, place: Partial<RecordSpec> = {}): RecordSpec[] =>
  Array.from({ length: count }, () => recordWith(setting, ['ok'], place));

export function sendAt(
  setting: Setting,
  atSeconds: number,
  to: string,
  records: readonly RecordSpec[],
): void {
  setting.steps.push({ atSeconds, do: 'send', to, records: [...records] });
}

export function updateAt(
  setting: Setting,
  atSeconds: number,
  mapping: string,
  input: Record<string, Json>,
): void {
  setting.steps.push({
    atSeconds,
    do: 'request',
    operation: 'UpdateEventSourceMapping',
    input: { UUID: `mapping:${mapping}`, ...input },
  });
}
