/** AWS, invocation-eventfiltering.html#filtering-sqs. */

import { filterOf } from '../../engine/filterPattern.ts';
import { defineRule } from '../../engine/rule.ts';
import type { RecordView, View } from '../../engine/view.ts';
import {
  disturbance,
  documentFor,
  isLetThrough,
  lastEndOf,
  NO_RECORDS,
  pickupSeconds,
  stillHolds,
} from '../mappings/records.ts';
import { isFiltering } from '../mappings/settings.ts';
import { once } from '../memo.ts';
import { FILTERING, SQS_FILTERING } from './pages.ts';
import { delaySeconds, isChanged, messages, sqsMappings } from './subjects.ts';

/** Messages that the filters of the one mapping of their queue leave out. */
const leftOut = once((view: View): readonly RecordView[] => {
  if (!sqsMappings(view).some(isFiltering)) return NO_RECORDS;
  return messages(view).filter((record) => {
    const [mapping, other] = record.source.mappings;
    return mapping !== undefined && other === undefined && isLetThrough(record, mapping) === false;
  });
});

export const filt01 = defineRule({
  id: 'SQS-FILT-01',
  level: 'MUST',
  invariant:
    'A message that no filter lets through is deleted without an attempt, and never reaches the dead-letter queue.',
  sources: [FILTERING],
  needs: ['sqs', 'remaining'],
  subjects: leftOut,
  check: (record, view, tolerances) => {
    const { source, batches, redriven, sent } = record;
    const [batch] = batches;
    if (batch !== undefined)
      return {
        expected: `no attempt with ${record.id}, which no filter lets through`,
        observed: 'one',
        entries: [batch.started],
      };
    const [arrival] = redriven;
    const [mapping] = source.mappings;
    if (arrival !== undefined)
      return {
        expected: `${record.id}, which no filter lets through, deleted`,
        observed: 'redriven',
        entries: [arrival.entry],
      };
    if (mapping === undefined || sent === undefined) return;
    const isHeld = stillHolds(source, record.id);
    if (isHeld === undefined) return { unknown: 'nobody looked what the queue still holds' };
    if (!isHeld) return;
    const disturbed = disturbance(mapping, view);
    if (disturbed !== undefined) return { unknown: disturbed };
    if (isChanged(source, view)) return { unknown: 'the queue was changed' };
    const visibility = source.visibilityTimeoutSeconds[0]?.value ?? 0;
    const due =
      Math.max(sent.at + delaySeconds(record, view), lastEndOf(mapping)) +
      visibility +
      pickupSeconds(mapping, tolerances);
    if ((source.remaining?.at ?? 0) < due) return { unknown: 'the observer left before it was due' };
    return {
      expected: `${record.id}, which no filter lets through, deleted`,
      observed: 'it is still in the queue',
      entries: source.remaining === undefined ? [sent] : [source.remaining, sent],
    };
  },
});

type Format = 'json' | 'text';

/** A JSON value that is neither an object nor a list: the page does not say which of the two it counts as. */
const SCALAR = /^\s*(?:"|-?\d|(?:true|false|null)\s*$)/;

/** The format of a message's body; undefined where the page leaves it open. */
function formatOf(record: RecordView): Format | undefined {
  const body = documentFor(record)?.['body'];
  if (body === undefined) return undefined;
  if (typeof body !== 'string') return 'json';
  return SCALAR.test(body) ? undefined : 'text';
}

/** The format of the bodies that a pattern speaks of: of an object its members, of a text the text itself. */
function formatIn(pattern: string): Format | undefined {
  const [node, other] = filterOf(pattern)?.all ?? [];
  if (node === undefined || other !== undefined || node.kind === 'or' || node.key !== 'body')
    return undefined;
  return node.kind === 'inner' ? 'json' : 'text';
}

/** Messages whose body is of another format than all patterns are for. */
const misfits = (view: View): readonly RecordView[] =>
  leftOut(view).filter((record) => {
    const filters = record.source.mappings[0]?.steady?.filters ?? [];
    const format = formatOf(record);
    // Where the mapping had several settings, none says what it is for.
    if (format === undefined || filters.length === 0) return false;
    return filters.every((pattern) => {
      const wanted = formatIn(pattern);
      return wanted !== undefined && wanted !== format;
    });
  });

export const filt02 = defineRule({
  id: 'SQS-FILT-02',
  level: 'MUST',
  invariant:
    'A body of the other format than the pattern’s is dropped: text where JSON is wanted, JSON where text is.',
  sources: [SQS_FILTERING],
  needs: ['sqs'],
  note: 'That bodies of the pattern’s own format are filtered is the affair of POLL-FILT-01 to 05.',
  subjects: misfits,
  check: (record) => {
    const [batch] = record.batches;
    if (batch === undefined) return;
    return {
      expected:
        formatOf(record) === 'text'
          ? `${record.id}, a text where JSON is wanted, dropped`
          : `${record.id}, JSON where a text is wanted, dropped`,
      observed: 'an attempt with it',
      entries: [batch.started],
    };
  },
});

const OTHER_KEYS = /^\{\s*"(?!body"|\$or")/;

/** Mappings with a filter on something else than the body. */
export const filt03 = defineRule({
  id: 'SQS-FILT-03',
  level: 'MAY',
  invariant: 'What a filter on other keys than body does.',
  sources: [SQS_FILTERING, FILTERING],
  needs: ['sqs'],
  isContradictory: true,
  note: 'The page says that only body is supported, and its table speaks of filters on metadata alone.',
  subjects: (view) =>
    sqsMappings(view).filter(
      ({ steady }) => steady?.filters.some((pattern) => OTHER_KEYS.test(pattern)) === true,
    ),
  observe: ({ batches }) => (batches.length > 0 ? 'messages are let through' : 'nothing is let through'),
});
