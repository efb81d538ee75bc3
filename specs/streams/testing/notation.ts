/**
 * Histories of streams in a tiny language, so that a rule's test is a few lines long:
 *
 *   streamed({ mapping: { maximumRetryAttempts: 1 } }, 'r1 r2: throw', 'r1 r2: throw', 'failure r1 r2', 'r3: ok')
 *
 * One line an attempt: its records, then after a colon how it ended: `ok`, `throw`, `timeout`, or `report r2` for a
 * partial response. Before the colon may stand `@SECONDS` (its start; else a second after the one before ended),
 * `for SECONDS` (how long it ran; else 0.1) and `via NAME` (another mapping than `m`). A line `failure r1 r2` is a
 * failure record about these, with `@SECONDS`, `as CONDITION` and `count N`; a line `gone RESOURCE @SECONDS` a deletion.
 *
 * Records are those that are mentioned or described, numbered: `r2` has the second sequence number, and was written at
 * 0 s to shard 0, each with a key of its own, where the test does not say otherwise.
 */
import type { Entry, SeenRecord } from '../../../engine/history.ts';
import type { Json } from '../../../engine/json.ts';
import type { FunctionSpec, Outcome, Scenario, Step } from '../../../engine/scenario.ts';
import type { MappingSpec, RecordSpec } from '../../../engine/sourceSpec.ts';
import { AWS_TOLERANCES, type Tolerances } from '../../../engine/tolerances.ts';
import type { View } from '../../../engine/view.ts';
import { viewOf } from '../../../engine/viewOf.ts';
import { changeOf, failureRecord, kinesisOf, sequenceOf, shardOf, type Written } from './shapes.ts';

/** What is written otherwise than all records are. */
export interface Told extends Partial<Omit<RecordSpec, 'record'>> {
  readonly at?: number;
  readonly shard?: number;
  /** The source refused it, or nobody saw that it took it. */
  readonly isUnsent?: true;
}

export interface Given {
  readonly mapping?: Partial<MappingSpec>;
  /** Further mappings of the stream, by their name. */
  readonly others?: Readonly<Record<string, Partial<MappingSpec>>>;
  readonly kind?: 'kinesis' | 'dynamodb';
  readonly records?: Readonly<Record<string, Told>>;
  readonly function?: Partial<FunctionSpec>;
  readonly scenario?: Partial<Scenario>;
  /** Further steps and entries, as they stand. */
  readonly steps?: readonly Step[];
  readonly entries?: readonly Entry[];
  /** The observer left at this time; by default it saw the end of all. */
  readonly closedAt?: number;
  readonly tolerances?: Partial<Tolerances>;
}

/** An attempt of which more is told than a line can say: members of its event, and its result as it stands. */
export interface Line {
  readonly line: string;
  readonly event?: Readonly<Record<string, Json>>;
  readonly result?: Json;
}

/** The history as a view. Attempts are `a1`, `a2`, … in the order of their lines. */
export function streamed(given: Given, ...lines: readonly (string | Line)[]): View {
  const writer = new Writer(given);
  for (const line of lines) writer.take(typeof line === 'string' ? { line } : line);
  return viewOf(writer.history(), { ...AWS_TOLERANCES, ...given.tolerances });
}

class Writer {
  private readonly given: Given;
  private readonly kind: 'kinesis' | 'dynamodb';
  private readonly ref: string;
  private readonly entries: Entry[] = [];
  private readonly written = new Map<string, Written>();
  private attempts = 0;
  private now = 0;

  constructor(given: Given) {
    this.given = given;
    this.kind = given.kind ?? 'kinesis';
    this.ref = this.kind === 'kinesis' ? 'stream:s' : 'table:s';
    for (const [name, told] of Object.entries(given.records ?? {})) this.write(name, told);
  }

  private write(record: string, told: Told = {}): Written {
    const known = this.written.get(record);
    if (known !== undefined) return known;
    const { at = 0, shard = 0, isUnsent = false, ...spec } = told;
    const written: Written = { spec: { record, plan: ['ok'], ...spec }, at, shard, isUnsent };
    this.written.set(record, written);
    return written;
  }

  take({ line, event, result }: Line): void {
    const [before = '', ending] = line.split(': ');
    const words = before.split(' ');
    if (words[0] === 'failure') this.takeFailure(words.slice(1));
    else if (words[0] === 'gone') this.takeGone(words[1] ?? '', Number(words[2]?.slice(1) ?? this.now));
    else this.takeAttempt(words, ending ?? 'ok', event ?? {}, result);
  }

  private takeGone(resource: string, at: number): void {
    this.entries.push({ kind: 'removed', at, resource });
  }

  private takeFailure(words: readonly string[]): void {
    const at = secondsIn(words, '@') ?? this.now + 0.5;
    const names = recordsIn(words);
    const mapping = textAfter(words, 'via') ?? 'm';
    const body = failureRecord(
      this.kind,
      names.map((name) => this.write(name)),
      textAfter(words, 'as') ?? 'RetryAttemptsExhausted',
      Number(textAfter(words, 'count') ?? 1),
    );
    const resource = this.given.mapping?.onFailure ?? 'queue:failed';
    this.entries.push({ kind: 'delivered', at, resource, mapping, body });
  }

  private takeAttempt(
    words: readonly string[],
    ending: string,
    event: Readonly<Record<string, Json>>,
    result: Json | undefined,
  ): void {
    const attempt = `a${++this.attempts}`;
    const at = secondsIn(words, '@') ?? this.now + 1;
    const records = recordsIn(words).map((name) => this.write(name));
    const [outcome = 'ok', ...reported] = ending.split(' ');
    const planned = (outcome === 'report' ? 'ok' : outcome) as Outcome;
    this.entries.push({
      kind: 'started',
      at,
      attempt,
      function: 'f',
      version: '$LATEST',
      requestId: `r-${attempt}`,
      planned,
      mapping: textAfter(words, 'via') ?? 'm',
      records: records.map((record) => this.seen(record)),
      payload: { Records: records.map((record) => this.shapeOf(record)), ...event },
    });
    const until = at + Number(textAfter(words, 'for') ?? 0.1);
    this.now = planned === 'timeout' ? at + 3 : until;
    if (planned === 'timeout') return;
    const failures = reported.map((name) => ({ itemIdentifier: sequenceOf(this.write(name)) }));
    const answer = result ?? (outcome === 'report' ? { batchItemFailures: failures } : undefined);
    const ended: Entry = { kind: 'ended', at: until, attempt, outcome: planned };
    this.entries.push(answer === undefined ? ended : { ...ended, result: answer });
  }

  private seen(record: Written): SeenRecord {
    const seen = { record: record.spec.record, id: sequenceOf(record) };
    return this.kind === 'kinesis' ? { ...seen, shard: shardOf(record) } : seen;
  }

  private shapeOf(record: Written): Json {
    return this.kind === 'kinesis' ? kinesisOf(record) : changeOf(record);
  }

  history() {
    const { given, ref } = this;
    const steps: Step[] = [...(given.steps ?? [])];
    const all = [...this.written.values()].sort((a, b) => (sequenceOf(a) < sequenceOf(b) ? -1 : 1));
    for (const record of all) {
      const { at, isUnsent, spec } = record;
      const where = this.kind === 'kinesis' ? { id: sequenceOf(record), shard: shardOf(record) } : {};
      if (!isUnsent)
        this.entries.push({
          ...{ kind: 'sent', at, requestedAt: at, step: steps.length },
          ...{ record: spec.record, resource: ref, ...where },
        });
      steps.push({ atSeconds: at, do: 'send', to: ref, records: [spec] });
    }
    const entries = [...this.entries, ...(given.entries ?? [])].sort((a, b) => a.at - b.at);
    const last = entries.at(-1)?.at ?? 0;
    entries.push(
      given.closedAt === undefined
        ? { kind: 'closed', at: last, isComplete: true }
        : { kind: 'closed', at: given.closedAt },
    );
    return { scenario: this.scenario(steps), entries };
  }

  private scenario(steps: Step[]): Scenario {
    const { given, ref } = this;
    const common = { source: ref, function: 'f', startingPosition: 'TRIM_HORIZON' } as const;
    const others = Object.entries(given.others ?? {});
    return {
      scenario: 1,
      functions: [{ name: 'f', timeoutSeconds: 3, ...given.function }],
      queues: [{ name: 'failed' }],
      ...(this.kind === 'kinesis' ? { streams: [{ name: 's', shards: 4 }] } : { tables: [{ name: 's' }] }),
      mappings: [
        { name: 'm', ...common, ...given.mapping },
        ...others.map(([name, spec]) => ({ name, ...common, ...spec })),
      ],
      ...given.scenario,
      steps,
    };
  }
}

const recordsIn = (words: readonly string[]): string[] => words.filter((word) => /^r\d+$/.test(word));

function textAfter(words: readonly string[], keyword: string): string | undefined {
  const place = words.indexOf(keyword);
  return place < 0 ? undefined : words[place + 1];
}

function secondsIn(words: readonly string[], mark: string): number | undefined {
  const word = words.find((one) => one.startsWith(mark));
  return word === undefined ? undefined : Number(word.slice(mark.length));
}
