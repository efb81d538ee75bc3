/** A history as rows of a timeline: what a reader follows, event by event. Text and pictures are drawn from it. */
import type { Entry, History, Rejected, Requested, SeenRecord, Started } from '../engine/history.ts';
import { isFiller, type Json } from '../engine/json.ts';
import { asObject, DeliveryRoles, recordIn } from '../engine/record.ts';
import { isSuccess, type Outcome } from '../engine/scenario.ts';

/** One line of a timeline. */
export interface Row {
  readonly at: number;
  /** The event it belongs to; empty for what belongs to none. */
  readonly event: string;
  /** What happened: `attempt 1`, `accepted 202`. */
  readonly text: string;
  /** Whether it went well, where that can be said. */
  readonly went?: 'well' | 'badly';
  readonly outcome?: string;
  readonly detail: string;
  /** A sum that was read when all was over. */
  readonly isMetric?: true;
  /** Positions of the history's entries that it tells. */
  readonly entries: readonly number[];
}

/** Tells a history as rows in time order; an attempt or an accepted call with its answer is one row. */
export function timelineOf(history: History): Row[] {
  return new Teller(history).rows();
}

class Teller {
  private readonly history: History;
  private readonly roles: DeliveryRoles;
  private readonly answers = new Map<string, number>();
  private readonly ends = new Map<string, number>();
  private readonly attempts = new Map<string, number>();
  private readonly eventOfCall = new Map<string, string>();
  private readonly operationOfCall = new Map<string, string>();
  private readonly told = new Set<number>();

  constructor(history: History) {
    this.history = history;
    this.roles = new DeliveryRoles(history.scenario);
    history.entries.forEach((entry, position) => {
      if (entry.kind === 'answered' || entry.kind === 'rejected') this.answers.set(entry.call, position);
      if (entry.kind === 'ended') this.ends.set(entry.attempt, position);
    });
  }

  rows(): Row[] {
    const rows: Row[] = [];
    this.history.entries.forEach((entry, position) => {
      const row = this.told.has(position) ? undefined : this.row(entry, position);
      if (row !== undefined) rows.push(row);
    });
    return rows;
  }

  private row(entry: Entry, position: number): Row | undefined {
    const base = { at: entry.at, event: '', detail: '', entries: [position] };
    switch (entry.kind) {
      case 'requested':
        return this.requested(entry, position);
      case 'answered': {
        const { functionError } = entry;
        const result = preview(entry.payload ?? entry.body);
        const well = { went: 'well', outcome: result } as const;
        const badly = { went: 'badly', outcome: functionError ?? '', detail: result } as const;
        const row = { ...base, event: this.eventOf(entry.call), text: `answered ${entry.status}` };
        return { ...row, ...(functionError === undefined ? well : badly) };
      }
      case 'rejected': {
        const operation = this.operationOfCall.get(entry.call);
        const { detail, ...row } = refusal(entry);
        const whose = operation === undefined ? detail : `${operation}: ${detail}`;
        return { ...base, ...row, event: this.eventOf(entry.call), detail: whose };
      }
      case 'hungUp':
        return { ...base, event: this.eventOf(entry.call), text: 'the caller hung up' };
      case 'streamed':
        return {
          ...base,
          event: this.eventOf(entry.call),
          text: entry.event,
          detail: [entry.errorCode, entry.errorDetails].filter((part) => part !== undefined).join(' '),
        };
      case 'started':
        return this.started(entry, position);
      case 'ended':
        // Told with its start; an end without one is told by itself.
        return { ...base, text: `attempt ${entry.attempt} ended`, ...ending(entry.outcome) };
      case 'throttled':
        return { ...base, event: entry.event, text: 'throttled', went: 'badly' };
      case 'delivered': {
        const role = this.roles.of(entry);
        const isRecord = role === 'record' || role === 'batchRecord';
        const detail = isRecord ? recordDetail(entry.resource, entry.body) : preview(entry.body);
        const event = entry.event ?? entry.record ?? '';
        return { ...base, event, text: `${ROLES[role]} → ${entry.resource}`, detail };
      }
      case 'state':
        return { ...base, text: `${entry.function} is ${entry.state}` };
      case 'removed':
        return { ...base, text: `${entry.resource} is gone` };
      case 'sent':
        return { ...base, event: entry.record, text: `sent → ${entry.resource}`, detail: entry.shard ?? '' };
      case 'unsent':
        return {
          ...base,
          event: entry.record,
          text: `refused by ${entry.resource}`,
          went: 'badly',
          outcome: entry.error,
        };
      case 'mapping':
        return { ...base, text: `mapping ${entry.mapping} is ${entry.state}` };
      case 'remaining':
        return {
          ...base,
          text: `${entry.resource} still holds ${entry.count}`,
          detail: (entry.records ?? []).join(', '),
        };
      case 'resharded':
        return {
          ...base,
          text: `${entry.parents.join(', ')} → ${entry.children.join(', ')}`,
          detail: entry.resource,
        };
      case 'permission':
        return {
          ...base,
          text: `${entry.function} may ${entry.isAllowed ? '' : 'no longer '}use ${entry.resource}`,
        };
      case 'metric':
        return {
          ...base,
          text: `${entry.name} ${entry.value}`,
          detail: `metric of ${entry.function}`,
          isMetric: true,
        };
      case 'declined':
        return { ...base, text: `declined: ${entry.capability ?? 'a setting'}`, detail: entry.error };
      case 'closed':
        return {
          ...base,
          text: entry.isComplete ? 'nothing more can happen' : 'observation closed',
        };
    }
  }

  private requested(entry: Requested, position: number): Row | undefined {
    const step = this.history.scenario.steps[entry.step];
    if (step === undefined) return undefined;
    const answerAt = this.answers.get(entry.call);
    const answer = answerAt === undefined ? undefined : this.history.entries[answerAt];
    const base = { at: entry.at, event: '', entries: [position] };
    const merged = () => {
      if (answerAt === undefined) return base;
      this.told.add(answerAt);
      return { ...base, entries: [position, answerAt] };
    };
    if (entry.chainedFrom === undefined && step.do === 'remove') {
      return { ...base, text: `remove ${step.resource}`, detail: '' };
    }
    if (entry.chainedFrom === undefined && step.do === 'request') {
      this.operationOfCall.set(entry.call, step.operation);
      const row = { detail: inputDetail(step.input) };
      if (answer?.kind === 'answered')
        return { ...merged(), ...row, text: `${step.operation} ${answer.status}` };
      return { ...base, ...row, text: step.operation };
    }
    if (step.do !== 'invoke') return undefined;
    const event = entry.event ?? step.event;
    this.eventOfCall.set(entry.call, event);
    const type = entry.chainedFrom === undefined ? (step.type ?? 'RequestResponse') : (entry.type ?? 'Event');
    const name = entry.function ?? step.function;
    const qualifier = entry.chainedFrom === undefined ? step.qualifier : undefined;
    const to = qualifier === undefined ? name : `${name}:${qualifier}`;
    const by = entry.chainedFrom === undefined ? '' : `, by ${entry.chainedFrom}`;
    const isAlone = answer?.kind === 'answered' && type !== 'RequestResponse' && step.stream !== true;
    if (isAlone) {
      const text = `${type === 'Event' ? 'accepted' : type} ${answer.status}`;
      return { ...merged(), event, text, detail: `${to}${by}` };
    }
    const how = step.stream === true ? 'stream' : type;
    return { ...base, event, text: 'call', detail: `${how} ${to}${by}` };
  }

  private started(entry: Started, position: number): Row {
    const endAt = this.ends.get(entry.attempt);
    const end = endAt === undefined ? undefined : this.history.entries[endAt];
    if (endAt !== undefined) this.told.add(endAt);
    const entries = endAt === undefined ? [position] : [position, endAt];
    const environment = entry.environment === undefined ? [] : [`environment ${entry.environment}`];
    const seconds = end?.kind === 'ended' ? end.at - entry.at : 0;
    const lasted = seconds < SHOWN_SECONDS ? [] : [`${seconds.toFixed(2)} s`];
    const reported =
      end?.kind === 'ended' && entry.mapping !== undefined ? reportedIn(entry, end.result) : [];
    const detail = [...reported, entry.version, ...lasted, ...environment].join(', ');
    const outcome = end?.kind === 'ended' ? end.outcome : entry.planned;
    const base = { at: entry.at, entries, ...ending(outcome) };
    if (entry.mapping !== undefined) {
      const { event, text } = batchWords(entry, entry.mapping);
      return { ...base, event, text, detail };
    }
    if (entry.event === undefined && entry.about !== undefined) {
      return { ...base, event: entry.about, text: `record → function:${entry.function}`, detail };
    }
    if (entry.event === undefined)
      return { ...base, event: '', text: `attempt of ${entry.function}`, detail };
    const ordinal = (this.attempts.get(entry.event) ?? 0) + 1;
    this.attempts.set(entry.event, ordinal);
    return { ...base, event: entry.event, text: `attempt ${ordinal}`, detail };
  }

  private eventOf(call: string): string {
    return this.eventOfCall.get(call) ?? '';
  }
}

const ROLES = {
  record: 'record',
  deadLetter: 'dead letter',
  batchRecord: 'failure record',
  redriven: 'redriven',
} as const;

/** How many of a batch's records are named. */
const NAMED = 4;

/** A batch under its only record or, of several, under its mapping; which records, and for queues how often received. */
function batchWords({ records = [] }: Started, mapping: string): { event: string; text: string } {
  const [only, ...others] = records;
  const named = ({ record, id, receiveCount = 1 }: SeenRecord) =>
    `${record ?? id}${receiveCount > 1 ? ` (×${receiveCount})` : ''}`;
  if (only !== undefined && others.length === 0) {
    const count = (only.receiveCount ?? 1) > 1 ? `, receive ${only.receiveCount}` : '';
    return { event: only.record ?? '', text: `attempt by ${mapping}${count}` };
  }
  const more = records.length > NAMED ? ` and ${records.length - NAMED} more` : '';
  return { event: mapping, text: `batch of ${records.slice(0, NAMED).map(named).join(' ')}${more}` };
}

/** Which records an attempt that ended well reported as failed. */
function reportedIn({ records = [] }: Started, result: Json | undefined): readonly string[] {
  const failures = asObject(result)?.['batchItemFailures'];
  if (!Array.isArray(failures) || failures.length === 0) return [];
  const names = failures.map((item) => {
    const identifier = asObject(item)?.['itemIdentifier'];
    const offset = asObject(identifier)?.['offset'];
    const place = asObject(identifier)?.['partition'];
    const record = records.find(({ id, shard }) =>
      offset === undefined ? id === identifier : id === String(offset) && shard === place,
    );
    return record?.record ?? record?.id ?? `${preview(identifier)} of no record`;
  });
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return [`reports ${names.slice(0, NAMED).join(' ')}${more}`];
}

const ending = (outcome: Outcome): Pick<Row, 'went' | 'outcome'> & { went: 'well' | 'badly' } => ({
  went: isSuccess(outcome) ? 'well' : 'badly',
  outcome,
});

const refusal = (entry: Rejected) => ({
  text: `refused ${entry.status}`,
  went: 'badly' as const,
  outcome: entry.error,
  detail: entry.reason ?? entry.message ?? '',
});

function recordDetail(resource: string, body: Json): string {
  const context = asObject(recordIn(resource, body)?.['requestContext']);
  if (context === undefined) return preview(body);
  return `${String(context['condition'])}, count ${String(context['approximateInvokeCount'])}`;
}

/** The input of a control-plane request without what every one of them has. */
function inputDetail(input: Readonly<Record<string, Json>>): string {
  return Object.entries(input)
    .map(([key, value]) => (key === 'FunctionName' ? String(value) : `${key} ${preview(value)}`))
    .join(', ');
}

/** A handler that did nothing but end says nothing by how long it took. */
const SHOWN_SECONDS = 0.05;

const PREVIEW_CHARACTERS = 60;

/** The beginning of a JSON text. */
function preview(value: Json | undefined): string {
  if (value === undefined) return '';
  if (isFiller(value)) return `${value.$filler.toLocaleString('en')} bytes`;
  const text = JSON.stringify(value);
  return text.length <= PREVIEW_CHARACTERS ? text : `${text.slice(0, PREVIEW_CHARACTERS - 1)}…`;
}
