/** The traffic on which a configuration is tried. */

import { defaultBatchSize } from '../engine/mappingSettings.ts';
import { DEFAULT_TIMEOUT_SECONDS, type InvokeStep } from '../engine/scenario.ts';
import { type MappingSpec, type RecordSpec, type SendStep, sourceKind } from '../engine/sourceSpec.ts';
import type { Configuration } from './configuration.ts';
import type { Expected } from './finding.ts';

/** How many records or events a trial has, as a sentence says it. */
export const counted = (count: number): string => count.toLocaleString('en');

/** One record in so many fails every time. */
export const POISON_EVERY = 100;

/** Records are sent in so many portions, a second apart. */
const PORTIONS = 10;
const KEYS = 20;

/** What the records of a trial are like. */
export interface RecordTraffic {
  /** One in `POISON_EVERY` always fails. */
  readonly hasPoison?: true;
  /** A full batch takes what it takes, also where that is longer than the function's timeout. */
  readonly mayTakeTooLong?: true;
  /** Each attempt needs nearly all the time that the function has: what is throttled meanwhile waits long. */
  readonly isSlow?: true;
  /** Before the ids, where several sources get records. */
  readonly prefix?: string;
}

/** Seconds the handler works on a full batch; no longer than just below the timeout, where that is another matter. */
function batchSeconds(
  mapping: MappingSpec,
  configuration: Configuration,
  { recordSeconds }: Expected,
  { mayTakeTooLong, isSlow }: RecordTraffic,
): number {
  const now = configuration.mappings?.find(({ name }) => name === mapping.name) ?? mapping;
  const needed = (now.batchSize ?? defaultBatchSize(sourceKind(mapping.source))) * recordSeconds;
  const timeoutSeconds =
    configuration.functions.find(({ name }) => name === mapping.function)?.timeoutSeconds ??
    DEFAULT_TIMEOUT_SECONDS;
  if (mayTakeTooLong === true) return needed;
  return isSlow === true ? timeoutSeconds * 0.9 : Math.min(needed, timeoutSeconds * 0.9);
}

/** So many records to the mapping's source. */
export function records(
  mapping: MappingSpec,
  configuration: Configuration,
  expected: Expected,
  traffic: RecordTraffic,
): SendStep[] {
  const { prefix = '' } = traffic;
  const afterSeconds = batchSeconds(mapping, configuration, expected, traffic);
  const each = Math.ceil(expected.count / PORTIONS);
  const bad = traffic.hasPoison === true ? Math.ceil(each / POISON_EVERY) : 0;
  const isFifo = configuration.queues?.some(
    ({ name, fifo }) => fifo === true && `queue:${name}` === mapping.source,
  );
  return Array.from({ length: PORTIONS }, (_, portion) => {
    const specs: RecordSpec[] = [];
    const part = Math.ceil((each - bad) / KEYS);
    for (let key = 0; key < KEYS; key++) {
      const place = { ...(isFifo === true ? { group: `g${key}` } : {}), key: `k${key}` };
      const plan: RecordSpec['plan'] = [{ do: 'ok', afterSeconds }];
      specs.push({ record: `${prefix}p${portion}r${key}`, times: part, ...place, plan });
    }
    for (let k = 0; k < bad; k++) {
      const place = { ...(isFifo === true ? { group: `g${k}` } : {}), key: `k${k % KEYS}` };
      specs.splice(Math.min(specs.length, k * 2), 0, {
        record: `${prefix}p${portion}bad${k}`,
        ...place,
        plan: ['throw'],
      });
    }
    return { atSeconds: portion, do: 'send', to: mapping.source, records: specs };
  });
}

/** So many asynchronous events for a function, one in `POISON_EVERY` of which always fails. */
export function events(functionName: string, { count }: Expected): InvokeStep[] {
  const bad = Math.ceil(count / POISON_EVERY);
  const call = { do: 'invoke', function: functionName, type: 'Event' } as const;
  const portions: InvokeStep[] = [];
  for (let done = 0; done < count - bad; done += 1_000) {
    const times = Math.min(1_000, count - bad - done);
    const index = portions.length;
    portions.push({
      atSeconds: index,
      ...call,
      event: `e${index}`,
      times,
      payload: { portion: index },
      plan: ['ok'],
    });
  }
  portions.push({
    atSeconds: 1,
    ...call,
    event: 'bad',
    times: bad,
    payload: { portion: 'bad' },
    plan: ['throw'],
  });
  return portions;
}
