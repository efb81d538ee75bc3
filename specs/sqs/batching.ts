/** AWS, services-sqs-configure.html: batch sizes, windows, and the order of a standard queue. */
import { defineRule } from '../../engine/rule.ts';
import type { Batch, MappingView, View } from '../../engine/view.ts';
import { NO_BATCHES } from '../mappings/records.ts';
import { CONFIGURE, CREATE_MAPPING, MAPPINGS, PARAMETERS, SQS, STANDARD_QUEUES } from './pages.ts';
import { isFifo, queueOf, sqsBatches, sqsMappings } from './subjects.ts';

/** AWS, API_CreateEventSourceMapping.html. */
const DEFAULT_BATCH_SIZE = 10;

/** Mappings that name no batch size, and are never given one. */
const byDefault = (view: View): readonly MappingView[] =>
  sqsMappings(view).filter(
    ({ spec, settings }) =>
      settings.every(({ value }) => value === null || value.batchSize === DEFAULT_BATCH_SIZE) &&
      spec?.batchSize === undefined,
  );

export const batch01 = defineRule({
  id: 'SQS-BATCH-01',
  level: 'MUST',
  invariant: 'A batch has 10 messages at most where no BatchSize is given.',
  sources: [CREATE_MAPPING, CONFIGURE, PARAMETERS],
  needs: ['sqs'],
  note: 'The largest values are LIM-ESM-01’s affair, the window that large batches need LIM-ESM-03’s.',
  subjects: byDefault,
  check: ({ batches, name }) => {
    for (const { seen, started } of batches) {
      if (seen.length <= DEFAULT_BATCH_SIZE) continue;
      return {
        expected: `at most 10 messages in a batch of ${name}`,
        observed: `${seen.length}`,
        entries: [started],
      };
    }
    return;
  },
});

/** Batches below their size, of mappings with a window, whose messages are all in an attempt for the first time. */
const inWindows = (view: View): readonly Batch[] => {
  const all = sqsBatches(view);
  if (all.length === 0) return NO_BATCHES;
  return all.filter((batch) => {
    const { mapping, seen, records } = batch;
    const { steady } = mapping;
    if (steady === undefined || steady.windowSeconds === 0 || seen.length >= steady.batchSize) return false;
    return records.every((record) => record?.sent !== undefined && record.batches[0] === batch);
  });
};

export const batch03 = defineRule({
  id: 'SQS-BATCH-03',
  level: 'MAY',
  invariant:
    'With a window and little traffic an attempt may start up to 20 s late, also where the window is shorter.',
  sources: [SQS],
  needs: ['sqs'],
  subjects: inWindows,
  observe: ({ records, attempt, mapping }, view, tolerances) => {
    const delaySeconds = queueOf(mapping.source, view)?.delaySeconds ?? 0;
    let thereAt = Number.POSITIVE_INFINITY;
    for (const record of records)
      thereAt = Math.min(thereAt, (record?.sent?.at ?? 0) + (record?.spec.delaySeconds ?? delaySeconds));
    const waited = attempt.startedAt - thereAt;
    const windowSeconds = mapping.steady?.windowSeconds ?? 0;
    if (waited <= windowSeconds + tolerances.pollSeconds) return 'within the window';
    return waited <= windowSeconds + tolerances.windowLateSeconds ? 'up to 20 s after the window' : 'later';
  },
});

export const ord01 = defineRule({
  id: 'SQS-ORD-01',
  level: 'MAY',
  invariant:
    'Attempts of a standard queue may see messages in any order, twice, and regrouped after an error.',
  sources: [STANDARD_QUEUES, SQS, MAPPINGS],
  needs: ['sqs'],
  subjects: (view) =>
    sqsMappings(view).filter(({ source, batches }) => batches.length > 0 && !isFifo(source, view)),
  observe: ({ batches, source }) => {
    const places = new Map(source.records.map(({ id }, place) => [id, place]));
    let last = -1;
    for (const { records } of batches) {
      for (const record of records) {
        const place = record === undefined ? -1 : (places.get(record.id) ?? -1);
        if (place < last) return 'out of order';
        last = Math.max(last, place);
      }
    }
    return 'in order';
  },
});
