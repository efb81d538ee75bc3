/** Histories in which what an expectation speaks of is otherwise: each must break it. */
import type { Delivered, Ended, Entry, History, Started } from '../../../engine/history.ts';
import { isFiller, type Json } from '../../../engine/json.ts';
import { asObject } from '../../../engine/record.ts';
import type { Count, Expectation } from '../case.ts';
import { wordOf } from '../template.ts';

export interface Altered {
  readonly what: string;
  readonly history: History;
  /** A letter that several places have in common: any of the expectations may tell. */
  readonly letter?: string | undefined;
}

/**
 * All that can be otherwise for one expectation, each by itself.
 * @param letters values of the case's letters
 */
export function* alterations(
  expectation: Expectation,
  history: History,
  letters: ReadonlyMap<string, Json>,
): Generator<Altered> {
  const { entries } = history;
  const otherwise = (what: string, changed: readonly Entry[]): Altered => ({
    what,
    history: { ...history, entries: changed },
  });
  const replaced = (old: Entry, entry: Entry) => entries.map((one) => (one === old ? entry : one));
  switch (expectation.expect) {
    case 'answer':
    case 'refusal': {
      const kind = expectation.expect === 'answer' ? 'answered' : 'rejected';
      const asked = entries.find(
        (one) => one.kind === 'requested' && (one.event ?? one.step) === expectation.of,
      );
      const answer = entries.find(
        (one) => one.kind === kind && asked?.kind === 'requested' && one.call === asked.call,
      );
      if (answer === undefined) throw new Error('there is no answer');
      yield otherwise(
        'no answer',
        entries.filter((one) => one !== answer),
      );
      for (const { what, value, letter } of leaves(expectation.is, { ...answer } as unknown as Json, letters))
        yield { ...otherwise(what, replaced(answer, value as unknown as Entry)), letter };
      return;
    }
    case 'attempts': {
      for (const subject of expectation.of) {
        const attempts = attemptsOf(subject, entries);
        yield* counts(expectation.count, attempts, entries, () => forgedAttempt(subject), otherwise);
        for (const field of expectation.same ?? []) {
          const last = attempts.at(-1);
          if (last !== undefined)
            yield otherwise(`another ${field}`, replaced(last, { ...last, [field]: 'another' }));
        }
      }
      return;
    }
    case 'attempt': {
      const attempt = nth(expectation.of, expectation.nth, entries);
      for (const { what, value, letter } of leaves(
        expectation.is,
        { ...attempt } as unknown as Json,
        letters,
      ))
        yield { ...otherwise(what, replaced(attempt, value as unknown as Entry)), letter };
      return;
    }
    case 'stopped': {
      const attempt = nth(expectation.of, expectation.nth, entries);
      const ended: Ended = { kind: 'ended', at: attempt.at, attempt: attempt.attempt, outcome: 'ok' };
      yield otherwise('it ended', [...entries, ended]);
      yield otherwise(
        'no attempt',
        entries.filter((one) => one !== attempt),
      );
      return;
    }
    case 'given': {
      const attempt = nth(expectation.of, expectation.nth, entries);
      const at = (attempt.records ?? []).findIndex(({ record }) => record === expectation.of);
      const records = asObject(attempt.payload)?.['Records'];
      const given = Array.isArray(records) ? (records[at] as Json) : attempt.payload;
      for (const { what, value, letter } of leaves(expectation.is, given, letters)) {
        const payload = Array.isArray(records) ? { Records: records.with(at, value) } : value;
        yield { ...otherwise(what, replaced(attempt, { ...attempt, payload: payload as Json })), letter };
      }
      return;
    }
    case 'wait': {
      const attempt = nth(expectation.of, expectation.nth, entries);
      if (expectation.mostSeconds !== undefined)
        yield otherwise('later', replaced(attempt, { ...attempt, at: attempt.at + 1_000 }));
      if (expectation.leastSeconds !== undefined)
        yield otherwise('at once', replaced(attempt, { ...attempt, at: 0 }));
      yield otherwise(
        'no attempt',
        entries.filter((one) => one !== attempt),
      );
      return;
    }
    case 'deliveries': {
      const deliveries = entries.filter(
        (one): one is Delivered =>
          one.kind === 'delivered' &&
          one.resource === expectation.to &&
          (expectation.about === undefined ||
            [one.event, one.record, one.mapping].includes(expectation.about)),
      );
      const forged: Delivered = { kind: 'delivered', at: 1, resource: expectation.to, body: {} };
      yield* counts(expectation.count, deliveries, entries, () => forged, otherwise);
      for (const delivery of deliveries) {
        if (expectation.withinSeconds !== undefined)
          yield otherwise('later', replaced(delivery, { ...delivery, at: delivery.at + 1_000 }));
        if (expectation.each === undefined) continue;
        const told = { ...delivery, text: delivery.text ?? JSON.stringify(delivery.body) };
        for (const { what, value, letter } of leaves(expectation.each, told as unknown as Json, letters))
          yield { ...otherwise(what, replaced(delivery, value as unknown as Entry)), letter };
      }
      return;
    }
    case 'batches': {
      const batches = entries.filter(
        (one): one is Started => one.kind === 'started' && one.mapping === expectation.mapping,
      );
      const wanted = expectation.of?.join(' ');
      const own = batches.filter(
        ({ records = [] }) =>
          wanted === undefined || records.map(({ record }) => record).join(' ') === wanted,
      );
      yield* counts(expectation.count, own, entries, undefined, otherwise);
      const [first] = own;
      if (expectation.mostRecords === undefined || first === undefined) return;
      const records = Array.from({ length: expectation.mostRecords + 1 }, (_, k) => ({ id: `${k}` }));
      yield otherwise('a large batch', replaced(first, { ...first, records }));
      return;
    }
    case 'order': {
      const [first = '', second = ''] = expectation.of;
      const swapped = (record: string | undefined) =>
        record === first ? second : record === second ? first : record;
      yield otherwise(
        'two in each other’s place',
        entries.map((one) =>
          one.kind === 'started' && one.records !== undefined
            ? {
                ...one,
                records: one.records.map((item) => {
                  const record = swapped(item.record);
                  return record === undefined ? item : { ...item, record };
                }),
              }
            : one,
        ),
      );
      yield otherwise(
        'none came',
        entries.filter((one) => one.kind !== 'started'),
      );
      return;
    }
    case 'versions':
      for (const version of [expectation.are[0] ?? '', 'another'])
        yield otherwise(
          `all ran ${version}`,
          entries.map((one) => (one.kind === 'started' ? { ...one, version } : one)),
        );
      return;
    case 'left':
      yield otherwise(
        'one more is left',
        entries.map((one) =>
          one.kind === 'remaining' && one.resource === expectation.in
            ? { ...one, count: one.count + 1 }
            : one,
        ),
      );
  }
}

/** One too few and one too many, as far as the count has bounds. */
function* counts(
  count: Count,
  own: readonly Entry[],
  entries: readonly Entry[],
  forged: (() => Entry) | undefined,
  otherwise: (what: string, changed: readonly Entry[]) => Altered,
): Generator<Altered> {
  const least = typeof count === 'number' ? count : count.least;
  const most = typeof count === 'number' ? count : count.most;
  if (least > 0) {
    const kept = new Set(own.slice(0, least - 1));
    yield otherwise(
      `${least - 1} of them`,
      entries.filter((one) => kept.has(one) || !own.includes(one)),
    );
  }
  if (most === undefined) return;
  const example = own[0] ?? forged?.();
  if (example === undefined) throw new Error('there is nothing to have one more of');
  const more = Array.from({ length: most + 1 - own.length }, () => ({ ...example }));
  yield otherwise(`${most + 1} of them`, [...entries, ...more]);
}

const forgedAttempt = (subject: string): Started => ({
  kind: 'started',
  at: 1,
  attempt: 'forged',
  function: 'f',
  version: '$LATEST',
  requestId: 'forged',
  event: subject,
  payload: null,
  planned: 'ok',
});

const attemptsOf = (subject: string, entries: readonly Entry[]): Started[] =>
  entries.filter(
    (one): one is Started =>
      one.kind === 'started' &&
      (one.event === subject || (one.records ?? []).some(({ record }) => record === subject)),
  );

function nth(subject: string, ordinal: number, entries: readonly Entry[]): Started {
  const attempt = attemptsOf(subject, entries)[ordinal - 1];
  if (attempt === undefined) throw new Error(`there is no attempt ${ordinal} of ${subject}`);
  return attempt;
}

interface Leaf {
  readonly what: string;
  readonly value: Json | undefined;
  readonly letter: string | undefined;
}

const OTHER: Json = { strange: true };

/** The value with one place otherwise that the template speaks of; `undefined` where it is not there at all. */
function* leaves(
  template: Json,
  value: Json | undefined,
  letters: ReadonlyMap<string, Json>,
  path = '',
): Generator<Leaf> {
  const leaf = (what: string, changed: Json | undefined, letter?: string): Leaf => ({
    what: `${path} ${what}`,
    value: changed,
    letter,
  });
  const word = wordOf(template);
  switch (word?.word) {
    case '$absent':
      yield leaf('is there', 'stray');
      return;
    case '$any':
      yield leaf('is not there', undefined);
      return;
    case '$as':
      yield leaf('is not there', undefined);
      yield leaf('is another', 'another', String(word.said));
      return;
    case '$unlike':
      yield leaf('is not there', undefined);
      yield leaf('is the same', letters.get(String(word.said)));
      return;
    case '$text':
    case '$number':
    case '$oneOf':
      yield leaf('is something else', OTHER);
      return;
    case '$only': {
      const object = asObject(value) ?? {};
      yield leaf('has a stray key', { ...object, stray: 1 });
      yield* ofKeys(asObject(word.said) ?? {}, object, letters, path);
      return;
    }
  }
  if (Array.isArray(template)) {
    const list = Array.isArray(value) ? (value as readonly Json[]) : [];
    yield leaf('has one more', [...list, 1]);
    for (const [index, item] of template.entries())
      for (const { what, value: changed, letter } of leaves(item, list[index], letters, `${path}[${index}]`))
        yield {
          what,
          value: changed === undefined ? list.toSpliced(index, 1) : list.with(index, changed),
          letter,
        };
    return;
  }
  const keys = asObject(template);
  if (keys === undefined || isFiller(template)) yield leaf('is something else', OTHER);
  else yield* ofKeys(keys, asObject(value) ?? {}, letters, path);
}

function* ofKeys(
  keys: { readonly [key: string]: Json },
  object: { readonly [key: string]: Json },
  letters: ReadonlyMap<string, Json>,
  path: string,
): Generator<Leaf> {
  if (Object.keys(keys).length === 0)
    yield { what: `${path} is no object`, value: 'text', letter: undefined };
  for (const [key, item] of Object.entries(keys))
    for (const { what, value, letter } of leaves(item, object[key], letters, `${path}.${key}`)) {
      const changed: { [key: string]: Json } = { ...object };
      if (value === undefined) delete changed[key];
      else changed[key] = value;
      yield { what, value: changed, letter };
    }
}
