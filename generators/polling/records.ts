/** Records with their bodies and plans: bursts and trickles, poison, texts, what fits a filter and what does not. */
import type { Json } from '../../engine/json.ts';
import type { RecordBehaviour, RecordSpec } from '../../engine/sourceSpec.ts';
import { REPORTED_AS } from '../../engine/sourceSpec.ts';
import type { Setting } from './setting.ts';

/** What bounds the retries of a record that always fails. */
export interface Bounds {
  /** Something ends it: a dead-letter queue, a number of retries, an age. */
  readonly areBounded: boolean;
  readonly timeoutSeconds: number;
  /** The handler is asked for batch responses. */
  readonly reports: boolean;
}

/** What the handler does on account of one record. */
export function planOf(setting: Setting, bounds: Bounds): RecordSpec['plan'] {
  const { draw } = setting;
  if (draw.percent(45)) return [calm(setting, bounds)];
  if (bounds.areBounded && setting.uses('poison', 35)) return [failing(setting, bounds)];
  const plan: RecordBehaviour[] = [failing(setting, bounds)];
  while (plan.length < 3 && draw.percent(30)) plan.push(failing(setting, bounds));
  return [...plan, calm(setting, bounds)] as RecordSpec['plan'];
}

function calm(setting: Setting, { timeoutSeconds }: Bounds): RecordBehaviour {
  const { draw } = setting;
  if (setting.uses('sleeps', 40)) {
    const longest = Math.max(0.2, timeoutSeconds - 0.6);
    return {
      do: 'ok',
      afterSeconds: draw.seconds(0.1, setting.isRealTime ? Math.min(0.4, longest) : longest),
    };
  }
  if (setting.uses('values', 30)) return { do: 'ok', value: draw.of<Json>(SUCCESSES) };
  return 'ok';
}

/** Results that mean success, of a batch response and otherwise. */
const SUCCESSES: readonly [Json, ...Json[]] = [
  null,
  {},
  { batchItemFailures: null },
  { batchItemFailures: [] },
  { done: true },
];

function failing(setting: Setting, { reports, timeoutSeconds }: Bounds): RecordBehaviour {
  const { draw } = setting;
  if (reports && setting.uses('malformed', 30)) return { do: 'report', as: draw.of(REPORTED_AS) };
  if ((reports || setting.traits.has('unasked')) && draw.percent(50)) return 'report';
  if (setting.uses('timeouts', 25) && timeoutSeconds <= 3) return 'timeout';
  if (setting.uses('exits', 20)) return 'exit';
  if (setting.uses('unserializable', 20)) return 'unserializable';
  return setting.traits.has('throws') ? 'throw' : reports ? 'report' : 'throw';
}

/** Kinds that filters speak of. */
export const KINDS = ['a', 'b', 'c'] as const;

/** Texts: no JSON, nearly JSON, a number written as few would write it. */
const TEXTS = ['plain text', 'another text', 'a', '{"n":300.0', '{"n":300.0,"kind":"a"}', '[1,2]'] as const;

/** A body; with filters one that some pattern may speak of. */
export function bodyOf(setting: Setting, record: string): Pick<RecordSpec, 'body' | 'text'> {
  const { draw } = setting;
  if (setting.uses('texts', 35)) return { text: draw.of(TEXTS) };
  if (setting.uses('large', 50)) return { body: { $filler: draw.of([200_000, 900_000, 1_000_000]) } };
  if (!setting.traits.has('filters')) return draw.percent(80) ? {} : { body: { record, note: 'x' } };
  return {
    body: {
      record,
      kind: draw.of(KINDS),
      n: draw.of([1, 100, 300]),
      at: { place: draw.of(['eu-1', 'us-2']) },
    },
  };
}

/** Filter patterns on the data under `key`: each operator of the language. */
export function filtersFor(setting: Setting, key: string): Json[] {
  const { draw } = setting;
  const on = (pattern: Json): Json => ({ [key]: pattern });
  const one = (): Json =>
    on(
      draw.of<Json>([
        { kind: ['a'] },
        { kind: ['a', 'b'] },
        { kind: ['none'] },
        { kind: ['A'] },
        { kind: [{ 'anything-but': ['a'] }] },
        { kind: [{ prefix: 'b' }] },
        { kind: [{ suffix: 'c' }] },
        { kind: [{ 'equals-ignore-case': 'A' }] },
        { n: [300] },
        { n: [3, 300] },
        { n: [{ numeric: ['>', 50, '<=', 300] }] },
        { n: [{ numeric: ['=', 100] }] },
        { missing: [{ exists: false }] },
        { kind: [{ exists: true }] },
        { at: { place: [{ prefix: 'eu-' }] }, kind: ['a', 'b', 'c'] },
        { at: [{ exists: true }] },
        { $or: [{ kind: ['c'] }, { n: [1] }] },
        { kind: [null, '', 'b'] },
      ]),
    );
  // What a pattern on something else than the data does is contradictory.
  if (key === 'body' && draw.percent(4))
    return [{ messageAttributes: { Title: { stringValue: ['The Whistler'] } } }];
  // A key twice: the last one counts.
  if (draw.percent(5)) return [`{"${key}":{"kind":["a"],"kind":["b"]}}`];
  const filters = [one()];
  while (filters.length < 4 && draw.percent(30)) filters.push(one());
  return filters;
}

/** A few records for one sending. */
export function recordsOf(
  setting: Setting,
  bounds: Bounds,
  place: (record: string) => Partial<RecordSpec>,
): RecordSpec[] {
  const { draw } = setting;
  const count = setting.uses('crowds', 50) ? draw.int(6, 14) : draw.int(1, 4);
  const specs: RecordSpec[] = [];
  for (let k = 0; k < count; k++) {
    const record = setting.nextRecord();
    specs.push({ record, ...bodyOf(setting, record), ...place(record), plan: planOf(setting, bounds) });
  }
  return specs;
}

/** Many records that are handled well, one right after the other. */
export function smoothCrowd(setting: Setting, place: (record: string) => Partial<RecordSpec>): RecordSpec[] {
  const { draw } = setting;
  const isLarge = setting.traits.has('large');
  const isFiltered = setting.traits.has('filters') && !isLarge && !setting.isRealTime;
  return Array.from({ length: isFiltered ? draw.int(18, 24) : draw.int(9, 14) }, () => {
    const record = setting.nextRecord();
    const body = isLarge ? { body: { $filler: 1_000_000 } } : bodyOf(setting, record);
    return { record, ...body, ...place(record), plan: ['ok'] };
  });
}
