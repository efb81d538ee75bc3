import { STREAMS } from '../../engine/capabilities.ts';
import { defineRule, guide } from '../../engine/rule.ts';
import type { MappingView, View } from '../../engine/view.ts';
import { mayBeWindowed } from '../mappings/settings.ts';
import { once } from '../memo.ts';
import { hasFailed } from './answer.ts';
import { excuseOf } from './calm.ts';
import { firstLate, firstMissing } from './lateness.ts';
import { activeMappings, streamMappings } from './subjects.ts';

const KINESIS = guide('with-kinesis');
const TABLES = guide('with-ddb');

/** Whether nothing but polling decides when its batches start. */
const isCalm = (mapping: MappingView, view: View): boolean =>
  mapping.spec !== undefined &&
  mapping.source.resharded.length === 0 &&
  !mayBeWindowed(mapping) &&
  excuseOf(mapping, view) === undefined &&
  !mapping.batches.some(hasFailed);

/** AWS, with-ddb.html: more functions than two on a shard of a table may be throttled. */
const READERS_OF_TABLE = 2;

const calm = once((view: View): readonly MappingView[] => {
  const all = activeMappings(view);
  if (all.length === 0) return all;
  return all.filter(
    (mapping) =>
      (mapping.source.kind === 'kinesis' || mapping.source.mappings.length <= READERS_OF_TABLE) &&
      isCalm(mapping, view),
  );
});

export const poll01 = defineRule({
  id: 'STR-POLL-01',
  level: 'SHOULD',
  invariant:
    'A new record reaches the function about as fast as polling allows: once a second, for tables four times.',
  sources: [KINESIS, TABLES],
  needs: [STREAMS],
  note: 'A target’s pollSeconds says how late it may be.',
  subjects: calm,
  check: (mapping, _view, tolerances) => firstLate(mapping.batches, mapping, tolerances),
});

/** Mappings of tables that have two, of which nothing holds up either. */
const twoReaders = (view: View): readonly MappingView[] => {
  const all = streamMappings(view);
  if (all.length < 2) return NO_READERS;
  return all.filter(
    ({ source }) =>
      source.kind === 'dynamodb' &&
      source.mappings.length === READERS_OF_TABLE &&
      source.mappings.every((mapping) => isCalm(mapping, view)),
  );
};

const NO_READERS: readonly MappingView[] = [];

export const ddb02 = defineRule({
  id: 'STR-DDB-02',
  level: 'SHOULD',
  invariant: 'Two functions can read the stream of a table, and neither is held up.',
  sources: [
    TABLES,
    { page: 'amazondynamodb/latest/developerguide/Streams.Lambda.html', evidence: 'current' },
  ],
  needs: ['dynamodb'],
  note: 'More than two (of a global table one) may be throttled: that is not judged.',
  subjects: twoReaders,
  check: (mapping, view, tolerances) =>
    firstLate(mapping.batches, mapping, tolerances) ??
    firstMissing(mapping.source.records, mapping.batches, mapping, view),
});
