/** AWS, invocation-eventfiltering.html and with-kinesis-filtering.html: what is filtered out of a stream. */
import { STREAMS } from '../../engine/capabilities.ts';
import { changeDocument, matchesAny } from '../../engine/filterPattern.ts';
import { type Json, parsedJson } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';
import { defineRule, type Finding, guide } from '../../engine/rule.ts';
import type { Batch, ControlRequest, MappingView, RecordView, View } from '../../engine/view.ts';
import { mustBeRefused } from '../limits/answers.ts';
import { asking, CREATE_OR_UPDATE } from '../limits/asking.ts';
import { kindOf } from '../limits/mappingRequests.ts';
import { textIn } from '../limits/naming.ts';
import { firstWith, isLetThrough, lastEndOf } from '../mappings/records.ts';
import { isFiltering } from '../mappings/settings.ts';
import { once } from '../memo.ts';
import { retryDueBy, whyMissing } from './calm.ts';
import { type Failure, failuresFrom, failuresTo } from './failures.ts';
import { isBefore } from './sequence.ts';
import { streamMappings } from './subjects.ts';

const FILTERING = guide('invocation-eventfiltering');
const KINESIS = guide('with-kinesis-filtering', 'archived');

/** A record that no filter of the mapping lets through, and the next one of its shard that some filter does. */
interface Filtered {
  readonly record: RecordView;
  readonly mapping: MappingView;
  readonly next: RecordView | undefined;
}

const NONE: readonly Filtered[] = [];

const filtering = once((view: View): readonly MappingView[] => {
  const all = streamMappings(view);
  return all.length === 0 ? all : all.filter(isFiltering);
});

const filteredOut = once((view: View): readonly Filtered[] => {
  const mappings = filtering(view);
  if (mappings.length === 0) return NONE;
  const found: Filtered[] = [];
  for (const mapping of mappings) if (mapping.source.kind === 'kinesis') filteredBy(mapping, found);
  return found.length === 0 ? NONE : found;
});

function filteredBy(mapping: MappingView, found: Filtered[]): void {
  const inOrder = mapping.source.records.filter(({ sent }) => sent?.id !== undefined).slice();
  inOrder.sort((a, b) => (isBefore(a.sent?.id ?? '', b.sent?.id ?? '') ? -1 : 1));
  const next = new Map<string | undefined, RecordView>();
  for (const record of inOrder.reverse()) {
    const isThrough = isLetThrough(record, mapping);
    const shard = record.sent?.shard;
    if (isThrough === true) next.set(shard, record);
    else if (isThrough === false) found.push({ record, mapping, next: next.get(shard) });
  }
}

type Subject = Filtered | Batch;

const NO_SUBJECTS: readonly Subject[] = [];

export const filt01 = defineRule<Subject>({
  id: 'STR-FILT-01',
  level: 'MUST',
  invariant:
    'A record that no filter lets through is passed over: never delivered, never reported, and in nobody’s way.',
  sources: [FILTERING],
  needs: [STREAMS],
  note: 'Of tables what is delivered is held against the filters: what was left out is not known.',
  subjects: (view) => {
    const mappings = filtering(view);
    if (mappings.length === 0) return NO_SUBJECTS;
    const ofTables = mappings.filter(({ source }) => source.kind === 'dynamodb');
    if (ofTables.length === 0) return filteredOut(view);
    return [...filteredOut(view), ...ofTables.flatMap(({ batches }) => batches)];
  },
  check: (subject, view) => ('seen' in subject ? areLetThrough(subject) : isPassedOver(subject, view)),
});

function isPassedOver({ record, mapping, next }: Filtered, view: View): Finding {
  const batch = firstWith(record, mapping);
  if (batch !== undefined)
    return {
      expected: `no attempt with ${record.id}, which no filter lets through`,
      observed: 'one',
      entries: [batch.started],
    };
  const told = failuresFrom(mapping, record.sent, view)[0] ?? failuresTo(mapping, record.sent, view)[0];
  if (told !== undefined) return isReported(record, told);
  if (next === undefined || firstWith(next, mapping) !== undefined) return;
  if (mapping.steady?.startingPosition !== 'TRIM_HORIZON')
    return { unknown: 'what follows may have been missed' };
  if (mapping.steady.maximumRecordAgeSeconds > 0) return { unknown: 'what follows may have been too old' };
  const due = retryDueBy(mapping, Math.max(next.sent?.at ?? 0, lastEndOf(mapping)), view.tolerances);
  const why =
    mapping.spec === undefined
      ? { unknown: 'the mapping was made under way' }
      : whyMissing(next, mapping, due, view);
  if (why !== undefined) return why;
  return {
    expected: `${next.id} in an attempt: ${record.id} before it is filtered out`,
    observed: 'in none',
    entries: next.sent === undefined ? [] : [next.sent],
  };
}

const isReported = (record: RecordView, { delivery }: Failure): Finding => ({
  expected: `no failure record about ${record.id}, which no filter lets through`,
  observed: 'one',
  entries: [delivery.entry],
});

/** Each change of a batch matches a filter, as the function is given it. */
function areLetThrough(batch: Batch): Finding {
  const { mapping, started } = batch;
  const filters = mapping.steady?.filters;
  if (filters === undefined) return { unknown: 'the filters were changed' };
  const records = asObject(started.payload)?.['Records'];
  if (!Array.isArray(records)) return;
  for (let place = 0; place < records.length; place++) {
    const known = batch.records[place];
    // What comes again is as it was.
    if (known !== undefined && firstWith(known, mapping) !== batch) continue;
    const change = asObject(records[place] as Json);
    const { eventName, dynamodb } = change ?? {};
    if (typeof eventName !== 'string' || dynamodb === undefined) continue;
    if (matchesAny(filters, changeDocument(eventName, dynamodb))) continue;
    return {
      expected: 'no attempt with a change that no filter lets through',
      observed: `one with ${eventName} of ${JSON.stringify(asObject(dynamodb)?.['Keys'])}`,
      entries: [started],
    };
  }
  return;
}

type TextSubject = Filtered | ControlRequest;

const NO_TEXTS: readonly TextSubject[] = [];

/** Whether what is sent is text that is no JSON. */
const isText = ({ spec: { text } }: RecordView): boolean =>
  text !== undefined && asObject(parsedJson(text)) === undefined;

/** A pattern whose data is no object, but a list of texts: `{"data": ["text"]}`. */
function isForText(pattern: string | undefined): boolean {
  const data = pattern === undefined ? undefined : asObject(parsedJson(pattern))?.['data'];
  return Array.isArray(data) && data.length > 0 && data.every((one) => typeof one === 'string');
}

const askingForText = asking(CREATE_OR_UPDATE, (request, view) => {
  const filters = asObject(request.step.input['FilterCriteria'])?.['Filters'];
  if (!Array.isArray(filters) || kindOf(request, view) !== 'kinesis') return false;
  return filters.some((filter) => isForText(textIn(filter, 'Pattern')));
});

export const filt02 = defineRule<TextSubject>({
  id: 'STR-FILT-02',
  level: 'MUST',
  invariant:
    'Data that is no JSON is dropped where the pattern for data is; a pattern for data that is text is refused.',
  sources: [KINESIS, FILTERING],
  needs: ['kinesis'],
  isOfRequests: true,
  subjects: (view) => {
    const texts = filteredOut(view).filter(({ record }) => isText(record));
    const requests = askingForText(view);
    if (texts.length === 0 && requests.length === 0) return NO_TEXTS;
    return [...texts, ...requests];
  },
  check: (subject, view) => {
    if ('step' in subject) return mustBeRefused(subject, view, 'a pattern for text on the data of a stream');
    const batch = firstWith(subject.record, subject.mapping);
    if (batch === undefined) return;
    return {
      expected: `no attempt with ${subject.record.id}: it is no JSON, and the pattern is for JSON`,
      observed: 'one',
      entries: [batch.started],
    };
  },
});
