/** Holds a history against what was recorded on AWS: each expectation is kept, broken, or cannot be seen. */
import { CAPABILITIES } from '../../engine/capabilities.ts';
import type { Answered, Delivered, Entry, History, Rejected, Started } from '../../engine/history.ts';
import type { Json } from '../../engine/json.ts';
import { asObject } from '../../engine/record.ts';
import type { Target } from '../../engine/target.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Count, Expectation, GoldenCase } from './case.ts';
import { Seen } from './seen.ts';
import { mismatch, shown } from './template.ts';

/** What became of one expectation. */
export interface Judged {
  readonly expectation: Expectation;
  readonly state: 'kept' | 'broken' | 'unseen';
  /** Half sentences: "expected … saw …". For what is unseen, `observed` says why. */
  readonly expected: string;
  readonly observed: string;
  /** The entries that it was decided by, the one that breaks it first. */
  readonly entries: readonly Entry[];
}

/**
 * Judges all expectations of a case, in their order.
 * @param letters of templates, the same in all expectations: afterwards with their values
 */
export function judge(
  golden: GoldenCase,
  history: History,
  tolerances: Tolerances,
  letters = new Map<string, Json>(),
): Judged[] {
  const seen = new Seen(history);
  const declined = history.entries.find((entry) => entry.kind === 'declined');
  return golden.expect.map((expectation) => {
    if (declined !== undefined) {
      const observed = `the target declined ${declined.capability ?? 'a setting'}: ${declined.error}`;
      return { expectation, state: 'unseen', expected: 'an answer', observed, entries: [declined] };
    }
    return { expectation, ...decide(expectation, seen, letters, tolerances) };
  });
}

type Decision = Omit<Judged, 'expectation'>;

function decide(
  expectation: Expectation,
  seen: Seen,
  letters: Map<string, Json>,
  tolerances: Tolerances,
): Decision {
  switch (expectation.expect) {
    case 'answer':
    case 'refusal':
      return decideAnswer(expectation, seen, letters);
    case 'attempts':
      return decideAttempts(expectation, seen, tolerances);
    case 'attempt': {
      const attempt = seen.attempt(expectation);
      const what = `attempt ${expectation.nth} of ${expectation.of}`;
      return attempt === undefined ? missing(what) : likeness(what, expectation.is, attempt, letters);
    }
    case 'stopped': {
      const attempt = seen.attempt(expectation);
      const what = `attempt ${expectation.nth} of ${expectation.of}`;
      if (attempt === undefined) return missing(what);
      const end = seen.ends.get(attempt.attempt);
      return outcome(end === undefined, `${what} to be stopped`, `its handler end by itself`, [
        end ?? attempt,
      ]);
    }
    case 'given':
      return decideGiven(expectation, seen, letters);
    case 'wait':
      return decideWait(expectation, seen, tolerances);
    case 'deliveries':
      return decideDeliveries(expectation, seen, letters, tolerances);
    case 'batches':
      return decideBatches(expectation, seen, tolerances);
    case 'order':
      return decideOrder(expectation.of, seen);
    case 'versions': {
      const attempts = expectation.of.flatMap((event) => seen.attempts.get(event) ?? []);
      const ran = [...new Set(attempts.map(({ version }) => version))].sort();
      const wanted = [...expectation.are].sort();
      const expected = `attempts of ${named(expectation.of)} to run ${wanted.join(' and ')}`;
      return outcome(ran.join() === wanted.join(), expected, `them run ${ran.join(' and ')}`, attempts);
    }
    case 'left': {
      const remaining = seen.left.get(expectation.in);
      const expected = `${expectation.in} to hold ${expectation.count} in the end`;
      if (remaining === undefined)
        return { state: 'unseen', expected, observed: 'the target does not show it', entries: [] };
      return outcome(remaining.count === expectation.count, expected, `it hold ${remaining.count}`, [
        remaining,
      ]);
    }
  }
}

type Of<K extends Expectation['expect']> = Extract<Expectation, { expect: K }>;

function decideAnswer(
  { expect, of, is }: Of<'answer'> | Of<'refusal'>,
  seen: Seen,
  letters: Map<string, Json>,
): Decision {
  const what = `the answer to ${callName(of, seen)}`;
  const answer = seen.answers.get(of);
  const refusal = seen.refusals.get(of);
  if (expect === 'answer') {
    if (answer !== undefined) return likeness(what, is, answer, letters);
    const observed =
      refusal === undefined ? 'none' : `${refusal.status} ${refusal.error}: ${refusal.message}`;
    return outcome(false, `${what} to be a success`, observed, refusal === undefined ? [] : [refusal]);
  }
  if (refusal !== undefined) return likeness(what, is, refusal, letters);
  const observed = answer === undefined ? 'none' : `${answer.status}`;
  return outcome(false, `${what} to be an error`, observed, answer === undefined ? [] : [answer]);
}

function callName(of: string | number, { history }: Seen): string {
  if (typeof of === 'string') return of;
  const step = history.scenario.steps[of];
  return `step ${of}${step?.do === 'request' ? `, ${step.operation}` : ''}`;
}

function decideAttempts(
  { of, count, same = [] }: Of<'attempts'>,
  seen: Seen,
  { duplicateBudget }: Tolerances,
): Decision {
  const all: Started[] = [];
  for (const subject of of) {
    const attempts = seen.attempts.get(subject) ?? [];
    if (!fits(attempts.length, count, duplicateBudget))
      return outcome(false, `${many(count, 'attempt')} of ${subject}`, `${attempts.length}`, attempts);
    for (const field of same) {
      const [first, ...others] = attempts;
      if (first !== undefined && first[field] === undefined)
        return {
          state: 'unseen',
          expected: `one ${field}`,
          observed: 'the target does not show it',
          entries: [],
        };
      const other = others.find((attempt) => shown(attempt[field]) !== shown(first?.[field]));
      if (other !== undefined)
        return outcome(
          false,
          `all attempts of ${subject} to have the same ${field}, ${shown(first?.[field])}`,
          shown(other[field]),
          [other, ...attempts],
        );
    }
    all.push(...attempts);
  }
  return outcome(
    true,
    `${many(count, 'attempt')} of ${of.length > 1 ? 'each of ' : ''}${named(of)}`,
    'as expected',
    all,
  );
}

function decideGiven({ of, nth, is }: Of<'given'>, seen: Seen, letters: Map<string, Json>): Decision {
  const what = `${of} in attempt ${nth} that holds it`;
  const attempt = seen.attempt({ of, nth });
  if (attempt === undefined) return missing(what);
  const at = (attempt.records ?? []).findIndex(({ record }) => record === of);
  const records = asObject(attempt.payload)?.['Records'];
  const given = Array.isArray(records) ? (records[at] as Json | undefined) : attempt.payload;
  return likenessOf(what, is, given, letters, attempt);
}

function decideWait(expectation: Of<'wait'>, seen: Seen, tolerances: Tolerances): Decision {
  const { of, nth, after, leastSeconds, mostSeconds, isRetryTime } = expectation;
  const what = `attempt ${nth} of ${of}`;
  const attempt = seen.attempt(expectation);
  if (attempt === undefined) return missing(what);
  const since = after === undefined ? undefined : seen.attempt(after);
  const from = after === undefined ? seen.requestedAt.get(of) : since?.at;
  if (from === undefined)
    return missing(after === undefined ? `the call of ${of}` : `attempt ${after.nth} of ${after.of}`);
  const scale = isRetryTime === true ? tolerances.retryTimeScale : 1;
  const waited = attempt.at - from;
  const slack = 2 * tolerances.schedulingSlackSeconds + tolerances.clockSkewSeconds;
  // What it is counted from may have begun late for reasons of load: a message is hidden since it was received.
  const late = after === undefined ? 0 : tolerances.schedulingSlackSeconds;
  const least = leastSeconds === undefined ? 0 : leastSeconds * scale - tolerances.clockSkewSeconds - late;
  const most = mostSeconds === undefined ? Number.POSITIVE_INFINITY : mostSeconds * scale + slack;
  const bounds = [
    ...(leastSeconds === undefined ? [] : [`at least ${rounded(leastSeconds * scale)} s`]),
    ...(mostSeconds === undefined ? [] : [`at most ${rounded(mostSeconds * scale)} s`]),
  ].join(' and ');
  const beginning = after === undefined ? `its call` : `attempt ${after.nth} of ${after.of}`;
  return outcome(
    waited >= least && waited <= most,
    `${what} to begin ${bounds} after ${beginning}`,
    `${rounded(waited)} s`,
    since === undefined ? [attempt] : [attempt, since],
  );
}

function decideDeliveries(
  expectation: Of<'deliveries'>,
  seen: Seen,
  letters: Map<string, Json>,
  tolerances: Tolerances,
): Decision {
  const { to, about, count, each, withinSeconds } = expectation;
  const isAbout = ({ event, record, mapping }: Delivered) =>
    about === undefined || event === about || record === about || mapping === about;
  const deliveries = (seen.deliveries.get(to) ?? []).filter(isAbout);
  const what = `${many(count, 'delivery', 'deliveries')} at ${to}${about === undefined ? '' : ` about ${about}`}`;
  if (!fits(deliveries.length, count)) return outcome(false, what, `${deliveries.length}`, deliveries);
  for (const delivery of deliveries) {
    if (each !== undefined) {
      // A body whose bytes do not matter to the history is written as JSON writes it.
      const entry = { ...delivery, text: delivery.text ?? JSON.stringify(delivery.body) };
      const decision = likenessOf(`what came to ${to}`, each, entry, letters, delivery);
      if (decision.state !== 'kept') return decision;
    }
    if (withinSeconds === undefined || about === undefined) continue;
    const last = seen.attempts.get(about)?.at(-1)?.at ?? seen.requestedAt.get(about);
    if (last === undefined) return missing(`the call of ${about}`);
    const waited = delivery.at - last;
    const most = withinSeconds + 2 * tolerances.schedulingSlackSeconds + tolerances.pollSeconds;
    if (waited > most)
      return outcome(
        false,
        `what came to ${to} about ${about} to come within ${withinSeconds} s`,
        `${rounded(waited)} s`,
        [delivery],
      );
  }
  return outcome(true, what, 'as expected', deliveries);
}

function decideBatches(
  { mapping, of, count, mostRecords }: Of<'batches'>,
  seen: Seen,
  { duplicateBudget }: Tolerances,
): Decision {
  const all = seen.batches.get(mapping) ?? [];
  const ids = ({ records = [] }: Started) => records.map(({ record, id }) => record ?? id).join(' ');
  const batches = of === undefined ? all : all.filter((batch) => ids(batch) === of.join(' '));
  const what = `${many(count, 'batch', 'batches')} by ${mapping}${of === undefined ? '' : ` of ${named(of)} alone`}`;
  if (!fits(batches.length, count, duplicateBudget)) {
    const listed = all.map((batch) => `[${ids(batch)}]`).join(' ');
    return outcome(false, what, `${batches.length}, of ${listed === '' ? 'none' : listed}`, all);
  }
  const large = all.find(({ records = [] }) => mostRecords !== undefined && records.length > mostRecords);
  if (large !== undefined)
    return outcome(false, `at most ${mostRecords} records in a batch`, `${large.records?.length}`, [large]);
  return outcome(true, what, 'as expected', batches);
}

function decideOrder(of: readonly string[], seen: Seen): Decision {
  const places = new Map<string, number>();
  const entries: Started[] = [];
  let place = 0;
  for (const entry of seen.history.entries) {
    if (entry.kind !== 'started') continue;
    for (const { record } of entry.records ?? []) {
      if (record === undefined || places.has(record) || !of.includes(record)) continue;
      places.set(record, place++);
      entries.push(entry);
    }
  }
  const came = [...places.keys()];
  return outcome(came.join() === of.join(), `the order ${of.join(' ')}`, came.join(' ') || 'none', entries);
}

/** Whether the entry looks like the template. */
const likeness = (
  what: string,
  template: Json,
  entry: Answered | Rejected | Started | Delivered,
  letters: Map<string, Json>,
): Decision => likenessOf(what, template, { ...entry }, letters, entry);

function likenessOf(
  what: string,
  template: Json,
  value: object | Json | undefined,
  letters: Map<string, Json>,
  entry: Entry,
): Decision {
  // Entries are JSON by their type; what is absent is no key of theirs.
  const difference = mismatch(template, value as Json | undefined, letters);
  if (difference === undefined) return outcome(true, `${what} as recorded`, 'as expected', [entry]);
  const { path, expected, observed } = difference;
  return outcome(false, `${what} to have ${path === '' ? '' : `${path}: `}${expected}`, observed, [entry]);
}

const outcome = (
  isKept: boolean,
  expected: string,
  observed: string,
  entries: readonly Entry[],
): Decision => ({ state: isKept ? 'kept' : 'broken', expected, observed, entries });

const missing = (what: string): Decision => outcome(false, what, 'none', []);

/** @param extra so many more may be seen, where there is any: delivery is at least once */
function fits(seen: number, count: Count, extra = 0): boolean {
  const { least, most = Number.POSITIVE_INFINITY } =
    typeof count === 'number' ? { least: count, most: count } : count;
  return seen >= least && seen <= most + (least > 0 ? extra : 0);
}

function many(count: Count, one: string, several = `${one}s`): string {
  if (typeof count === 'number') return `${count} ${count === 1 ? one : several}`;
  return count.most === undefined
    ? `at least ${count.least} ${several}`
    : `${count.least} to ${count.most} ${several}`;
}

const NAMED = 6;
const named = (ids: readonly string[]): string =>
  ids.length <= NAMED ? ids.join(' ') : `${ids.slice(0, NAMED).join(' ')} and ${ids.length - NAMED} more`;

const rounded = (value: number): string => String(Math.round(value * 100) / 100);

/** Why a target cannot be asked for a case at all; undefined where it can. */
export function whyUnseen(
  { needs = [], needsFullWaits }: GoldenCase,
  { capabilities, tolerances }: Target,
): string | undefined {
  const lacking = needs.filter((capability) => !capabilities.has(capability));
  if (lacking.length > 0)
    return `the target has not: ${lacking.map((name) => CAPABILITIES[name]).join('; ')}`;
  // AWS, configuration-concurrency.html: 100 must stay unreserved.
  if (needs.includes('provisioned') && tolerances.accountConcurrency < 200)
    return `the account's ${tolerances.accountConcurrency} concurrent executions are too small a number to give any away`;
  return needsFullWaits === true && tolerances.retryTimeScale < 1
    ? "the target's waits between attempts are shorter than Lambda's, and its event ages are not"
    : undefined;
}
