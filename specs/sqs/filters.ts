/** AWS, invocation-eventfiltering.html#filtering-sqs. */
import { defineRule } from '../../engine/rule.ts';
import type { MappingView, RecordView, View } from '../../engine/view.ts';
import {
  disturbance,
  isLetThrough,
  lastEndOf,
  NO_RECORDS,
  pickupSeconds,
  stillHolds,
} from '../mappings/records.ts';
import { once } from '../memo.ts';
import { FILTERING, SQS_FILTERING } from './pages.ts';
import { isChanged, messages, sqsMappings } from './subjects.ts';

const filters = ({ settings }: MappingView): boolean =>
  settings.some(({ value }) => value !== null && value.filters.length > 0);

/** Messages that the filters of all mappings of their queue leave out. */
const leftOut = once((view: View): readonly RecordView[] => {
  if (!sqsMappings(view).some(filters)) return NO_RECORDS;
  return messages(view).filter(({ source, ...record }) => {
    const whole = { source, ...record };
    return (
      source.mappings.length === 1 &&
      source.mappings.every((mapping) => isLetThrough(whole, mapping) === false)
    );
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
    const spec = view.history.scenario.queues?.find(({ name }) => `queue:${name}` === source.ref);
    const delaySeconds = record.spec.delaySeconds ?? spec?.delaySeconds ?? 0;
    const visibility = source.visibilityTimeoutSeconds[0]?.value ?? 0;
    const due =
      Math.max(sent.at + delaySeconds, lastEndOf(mapping)) + visibility + pickupSeconds(mapping, tolerances);
    if ((source.remaining?.at ?? 0) < due) return { unknown: 'the observer left before it was due' };
    return {
      expected: `${record.id}, which no filter lets through, deleted`,
      observed: 'it is still in the queue',
      entries: source.remaining === undefined ? [sent] : [source.remaining, sent],
    };
  },
});

const isJson = (text: string | undefined): boolean => text === undefined || /^\s*[{[]/.test(text);

/** Of a plain text and a pattern for JSON, or the other way round. */
export const filt02 = defineRule({
  id: 'SQS-FILT-02',
  level: 'MUST',
  invariant:
    'A body of the other format than the pattern’s is dropped: text where JSON is wanted, JSON where text is.',
  sources: [SQS_FILTERING],
  needs: ['sqs'],
  subjects: (view) => leftOut(view).filter(({ spec }) => !isJson(spec.text)),
  check: (record) => {
    const [batch] = record.batches;
    if (batch === undefined) return;
    return {
      expected: `${record.id}, a text where JSON is wanted, dropped`,
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
