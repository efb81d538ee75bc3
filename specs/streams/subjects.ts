/** What the rules on streams speak of: mappings of Kinesis streams and of tables, and their batches. */
import type { Batch, MappingView, RecordView, View } from '../../engine/view.ts';
import { NO_BATCHES, NO_MAPPINGS } from '../mappings/records.ts';
import { once } from '../memo.ts';

const isOfStream = ({ source: { kind } }: MappingView): boolean => kind === 'kinesis' || kind === 'dynamodb';

/** The mappings of streams, of both kinds. */
export const streamMappings = once((view: View): readonly MappingView[] => {
  if (view.mappings.size === 0) return NO_MAPPINGS;
  let found: MappingView[] | undefined;
  for (const mapping of view.mappings.values()) {
    if (!isOfStream(mapping)) continue;
    found ??= [];
    found.push(mapping);
  }
  return found ?? NO_MAPPINGS;
});

/** Of these: those with attempts. */
export const activeMappings = once((view: View): readonly MappingView[] => {
  const all = streamMappings(view);
  return all.length === 0 ? all : all.filter(({ batches }) => batches.length > 0);
});

/** Of these: those of Kinesis streams. The records of a table do not show their shard. */
export const kinesisMappings = once((view: View): readonly MappingView[] => {
  const all = activeMappings(view);
  return all.length === 0 ? all : all.filter(({ source }) => source.kind === 'kinesis');
});

/** Of these: those of tables. */
export const tableMappings = once((view: View): readonly MappingView[] => {
  const all = activeMappings(view);
  return all.length === 0 ? all : all.filter(({ source }) => source.kind === 'dynamodb');
});

/** The batches of streams. */
export const streamBatches = once((view: View): readonly Batch[] => {
  const all = activeMappings(view);
  const [first] = all;
  if (first === undefined) return NO_BATCHES;
  return all.length === 1 ? first.batches : all.flatMap(({ batches }) => batches);
});

/** What is to be processed in order, whatever the shard: partition key of Kinesis, key of a table's item. */
export const keyOf = ({ spec, id }: RecordView): string => spec.key ?? id;

/** Whether a record is certainly one of the stream: of a table, that an item was put. A deletion may find none. */
export const isCertainlyInStream = ({ source, sent, spec }: RecordView): boolean =>
  sent !== undefined && (source.kind === 'kinesis' || spec.change === undefined);

/** The factor of a mapping all the time; undefined where it changed. */
export function steadyFactor({ settings }: MappingView): number | undefined {
  let factor: number | undefined;
  for (const { value } of settings) {
    if (value === null) continue;
    if (factor !== undefined && factor !== value.parallelizationFactor) return undefined;
    factor = value.parallelizationFactor;
  }
  return factor;
}

/** How many attempts of the mapping held the record. */
export function attemptsWith({ batches }: RecordView, mapping: MappingView): number {
  let count = 0;
  for (const batch of batches) if (batch.mapping === mapping) count++;
  return count;
}
