/** Writes the entries and the steps of a history, one line of the notation after the other. */
import type { Delivered, Ended, Entry, Metric, Started } from '../../../engine/history.ts';
import type { Json } from '../../../engine/json.ts';
import { asObject } from '../../../engine/record.ts';
import {
  OPERATIONS,
  type Operation,
  OUTCOMES,
  type Outcome,
  type Scenario,
  type Step,
} from '../../../engine/scenario.ts';
import type { MappingSpec, RecordSpec, SendStep } from '../../../engine/sourceSpec.ts';
import { failureEntry } from './failureRecords.ts';
import { eventOf } from './payloads.ts';
import { type Placed, Places, placeIn, seenAs, shardId } from './places.ts';
import { type Line, lineOf, type Result, resourceOf } from './words.ts';

/** Seconds that an attempt takes where no line says so, and a request until its answer. */
const TAKES_SECONDS = 0.1;

export class Writer {
  readonly entries: Entry[] = [];
  readonly steps: Step[] = [];
  private readonly scenario: Scenario;
  private readonly recordSpecs: Readonly<Record<string, Partial<RecordSpec>>>;
  private readonly places = new Places();
  private readonly receives = new Map<string, number>();
  /** Mappings that requests made, and where from. */
  private readonly made = new Map<string, string>();
  private lastRequestId: string | undefined;
  private attempts = 0;
  private now = 0;

  constructor(scenario: Scenario, recordSpecs: Readonly<Record<string, Partial<RecordSpec>>>) {
    this.scenario = scenario;
    this.recordSpecs = recordSpecs;
  }

  read(text: string): void {
    const line = lineOf(text);
    this.now = line.at ?? this.now;
    const write = VERBS[line.verb];
    if (write === undefined) throw new Error(`"${text}" is no line of the notation`);
    write(this, line);
  }

  private mapping({ said }: Line): MappingSpec {
    const name = said.of ?? 'm';
    const declared = this.scenario.mappings?.find((mapping) => mapping.name === name);
    const source = this.made.get(name);
    if (declared !== undefined) return declared;
    if (source === undefined) throw new Error(`there is no mapping "${name}"`);
    return { name, source, function: 'f' };
  }

  private placed(record: string): Placed {
    const placed = this.places.of(record);
    if (placed === undefined) throw new Error(`"${record}" was not sent`);
    return placed;
  }

  private sourceOf(line: Line): string {
    return line.said.to === undefined ? this.mapping(line).source : resourceOf(line.said.to);
  }

  send(line: Line): void {
    const step = this.sendStep(line);
    for (const spec of step.records) {
      const { record } = spec;
      const placed = this.places.place(record, spec, step.to, this.now, line.said.on);
      const { shard, kind, id } = placed;
      const entry = { kind: 'sent', at: this.now, requestedAt: this.now, step: this.steps.length } as const;
      const where = { record, resource: step.to, ...(kind === 'dynamodb' ? {} : { id }) };
      this.entries.push(
        shard === undefined || kind === 'dynamodb' ? { ...entry, ...where } : { ...entry, ...where, shard },
      );
    }
    this.steps.push(step);
  }

  private sendStep(line: Line): SendStep {
    const to = this.sourceOf(line);
    const records = line.words.map((word): RecordSpec => {
      const [record = '', group] = word.split('/');
      const spec: RecordSpec = { record, plan: ['ok'], ...this.recordSpecs[record] };
      if (group !== undefined) spec[to.startsWith('queue:') ? 'group' : 'key'] = group;
      return spec;
    });
    return { atSeconds: this.now, do: 'send', to, records };
  }

  unsent(line: Line): void {
    const [record = '', error = 'Error'] = line.words;
    const step = this.sendStep({ ...line, words: [record] });
    this.entries.push({
      kind: 'unsent',
      at: this.now,
      step: this.steps.length,
      record,
      resource: step.to,
      error,
    });
    this.steps.push(step);
  }

  batch(line: Line): void {
    const { name: mapping, source } = this.mapping(line);
    const attempt = `b${++this.attempts}`;
    const records = line.words.map((word) => (word === '?' ? undefined : this.placed(word)));
    const counts = records.map((placed) => this.receive(placed?.record, line));
    const known = records.filter((placed) => placed !== undefined);
    const shard = line.said.on === undefined ? {} : { shard: placeIn(source, line.said.on) };
    const event = asObject(eventOf(this.scenario, source, known, counts));
    const started: Started = {
      kind: 'started',
      at: this.now,
      attempt,
      function: this.mapping(line).function,
      version: line.said.version ?? '$LATEST',
      requestId: `r-${attempt}`,
      payload: { ...event, ...asObject(JSON.parse(line.said.with ?? '{}') as Json) },
      planned: outcomeOf(line.result),
      mapping,
      records: records.map((placed, place) =>
        placed === undefined
          ? { id: `unknown-${place}`, ...shard }
          : { ...seenAs(placed, counts[place] ?? 1), ...shard },
      ),
    };
    this.lastRequestId = started.requestId;
    this.entries.push(started);
    this.end(started, line.result);
  }

  /** How often a message was received, with this time. */
  private receive(record: string | undefined, { said }: Line): number {
    if (record === undefined) return 1;
    const count = said.count === undefined ? (this.receives.get(record) ?? 0) + 1 : Number(said.count);
    this.receives.set(record, count);
    return count;
  }

  private end({ attempt, planned }: Started, result: Result | undefined): void {
    const [word, ...rest] = result?.words ?? [];
    if (word === 'unseen' || planned === 'timeout') return;
    const at = result?.at ?? this.now + TAKES_SECONDS;
    const ended: Ended = { kind: 'ended', at, attempt, outcome: planned };
    const value = returned(word, rest, (id) => this.places.of(id));
    this.entries.push(value === undefined ? ended : { ...ended, result: value });
  }

  redriven(line: Line): void {
    for (const record of line.words) {
      const { resource: source, spec } = this.placed(record);
      const queue = this.scenario.queues?.find(({ name }) => source === `queue:${name}`);
      const resource = line.said.to === undefined ? queue?.redrive?.to : resourceOf(line.said.to);
      if (resource === undefined) throw new Error(`${source} has no dead-letter queue`);
      const body = spec.body ?? spec.text ?? { record };
      const arrival: Delivered = { kind: 'delivered', at: this.now, resource, record, body };
      this.entries.push(arrival);
    }
  }

  failed(line: Line): void {
    const { name: mapping, onFailure, source } = this.mapping(line);
    const count = Number(line.words.at(-1));
    const condition = line.words.at(-2) ?? '';
    const records = line.words.slice(0, -2).map((record) => this.placed(record));
    const resource = line.said.to === undefined ? onFailure : resourceOf(line.said.to);
    if (resource === undefined) throw new Error(`the mapping ${mapping} has no on-failure destination`);
    const payload = eventOf(this.scenario, source, records, []);
    const requestId = this.lastRequestId;
    this.entries.push(
      failureEntry({ at: this.now, mapping, resource, records, condition, count, requestId, payload }),
    );
  }

  arrived({ words: [text = '{}'], said }: Line): void {
    const resource = resourceOf(said.to ?? '');
    this.entries.push({ kind: 'delivered', at: this.now, resource, body: JSON.parse(text) as Json });
  }

  left(line: Line): void {
    const resource = line.said.in === undefined ? this.mapping(line).source : resourceOf(line.said.in);
    const records = line.words;
    this.entries.push({ kind: 'remaining', at: this.now, resource, count: records.length, records });
  }

  state(line: Line): void {
    const { name: mapping } = this.mapping(line);
    this.entries.push({ kind: 'mapping', at: this.now, mapping, state: line.words[0] ?? '' });
  }

  metric(line: Line): void {
    const [name = '', value = '0'] = line.words;
    const { name: mapping, function: owner } = this.mapping(line);
    const known = name as Metric['name'];
    this.entries.push({
      kind: 'metric',
      at: this.now,
      function: owner,
      mapping,
      name: known,
      value: Number(value),
    });
  }

  removed({ words: [word = ''] }: Line): void {
    const resource = resourceOf(word);
    this.entries.push({ kind: 'removed', at: this.now, resource });
    this.steps.push({ atSeconds: this.now, do: 'remove', resource });
  }

  permission({ words: [word = ''] }: Line, isAllowed: boolean): void {
    const what = { function: 'f', resource: resourceOf(word), isAllowed };
    this.entries.push({ kind: 'permission', at: this.now, ...what });
    this.steps.push({ atSeconds: this.now, do: 'permission', ...what });
  }

  reshard(line: Line): void {
    const resource = this.mapping(line).source;
    const parents = (line.words[0] ?? '').split(',').map(shardId);
    const children = (line.said.into ?? '').split(',').map(shardId);
    const action = parents.length > 1 ? 'merge' : 'split';
    this.entries.push({ kind: 'resharded', at: this.now, resource, parents, children });
    this.steps.push({ atSeconds: this.now, do: 'reshard', stream: resource, shard: 0, action });
  }

  request(line: Line): void {
    const [named = '', text = '{}'] = line.words;
    const operation = operationNamed(named);
    const call = `c${this.steps.length}`;
    const input = asObject(JSON.parse(text) as Json) ?? {};
    this.entries.push({ kind: 'requested', at: this.now, call, step: this.steps.length });
    const step = { atSeconds: this.now, do: 'request', operation, input: { ...input } } as const;
    const { as: mapping } = line.said;
    if (mapping === undefined) this.steps.push(step);
    else {
      this.made.set(mapping, String(input['EventSourceArn']));
      this.steps.push({ ...step, mapping });
    }
    if (line.result === undefined) return;
    const [status = '200', error] = line.result.words;
    const at = line.result.at ?? this.now + TAKES_SECONDS;
    this.entries.push(
      error === undefined
        ? { kind: 'answered', at, call, status: Number(status) }
        : { kind: 'rejected', at, call, status: Number(status), error },
    );
  }
}

const VERBS: Readonly<Record<string, (writer: Writer, line: Line) => void>> = {
  send: (writer, line) => writer.send(line),
  unsent: (writer, line) => writer.unsent(line),
  batch: (writer, line) => writer.batch(line),
  redriven: (writer, line) => writer.redriven(line),
  failed: (writer, line) => writer.failed(line),
  arrived: (writer, line) => writer.arrived(line),
  left: (writer, line) => writer.left(line),
  state: (writer, line) => writer.state(line),
  metric: (writer, line) => writer.metric(line),
  removed: (writer, line) => writer.removed(line),
  denied: (writer, line) => writer.permission(line, false),
  allowed: (writer, line) => writer.permission(line, true),
  split: (writer, line) => writer.reshard(line),
  merge: (writer, line) => writer.reshard(line),
  request: (writer, line) => writer.request(line),
};

/** How the handler was told to end, by the words after the colon. */
function outcomeOf(result: Result | undefined): Outcome {
  const [word = 'ok', next = 'ok'] = result?.words ?? [];
  if (word === 'report' || word === 'returns') return 'ok';
  const named = word === 'unseen' ? next : word;
  const outcome = OUTCOMES.find((known) => known === named);
  if (outcome === undefined) throw new Error(`"${named}" is no outcome of a handler`);
  return outcome;
}

/** What the handler returned; undefined where it returned nothing. */
function returned(
  word = 'ok',
  words: readonly string[] = [],
  find: (record: string) => Placed | undefined,
): Json | undefined {
  switch (word) {
    case 'ok':
      return { batchItemFailures: [] };
    case 'report':
      return { batchItemFailures: words.map((record) => ({ itemIdentifier: identifierOf(find(record)) })) };
    case 'returns':
      return JSON.parse(words.join(' ')) as Json;
    default:
      return undefined;
  }
}

/** As a batch response names the record. */
function identifierOf(placed: Placed | undefined): Json {
  if (placed?.kind !== 'kafka') return placed?.id ?? '';
  return { partition: placed.shard ?? '', offset: Number(placed.id) };
}

function operationNamed(word: string): Operation {
  const operation = OPERATIONS.find((known) => known === word);
  if (operation === undefined) throw new Error(`"${word}" is no operation`);
  return operation;
}
