import { type HandledRecord, handleBatch } from '../../../engine/batchHandler.ts';
import type { SeenRecord } from '../../../engine/history.ts';
import type { Json } from '../../../engine/json.ts';
import { asObject } from '../../../engine/record.ts';
import type { BehaviourObject, Outcome, Scenario } from '../../../engine/scenario.ts';
import { recordBehaviourAt } from '../../../engine/sourceSpec.ts';
import type { StartedReport } from '../collector.ts';
import { PREFIX } from '../names.ts';
import { seenOf, textOfItem, type WireEventOfMapping } from './wireBatch.ts';
import { type WireMapping, WireMappings } from './wireMappings.ts';
import { type WireRecord, WireRecords } from './wireRecords.ts';

/** An attempt by a mapping, as it is being observed. */
export interface WireBatch {
  readonly mapping: WireMapping | undefined;
  readonly seen: readonly SeenRecord[];
  /** Undefined in the place of one that cannot be told. */
  readonly records: readonly (WireRecord | undefined)[];
  readonly isFinal: boolean;
  /** In a tumbling window. */
  readonly isInWindow: boolean;
  readonly behaviour: BehaviourObject & { readonly outcome: Outcome };
  readonly startedAt: number;
  readonly timeoutSeconds: number;
  endedAt: number | undefined;
  succeeded: boolean;
}

/** A question of a probe waits no longer for the answer to a send or a request. */
const HOLD_MS = 5_000;

/** What is seen of sources and mappings while a scenario runs. */
export class Polling {
  readonly records: WireRecords;
  readonly mappings: WireMappings;
  readonly batches: WireBatch[] = [];
  /** How many failure records came, by mapping. */
  readonly failureRecords = new Map<string, number>();
  /** When a step last did something that mappings may have to react to. */
  lastStirAt = 0;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(scenario: Scenario) {
    this.records = new WireRecords(scenario);
    this.mappings = new WireMappings(scenario);
  }

  /** `work` sends records or makes mappings: who asks about a batch meanwhile is answered after it. */
  async during<T>(work: Promise<T>): Promise<T> {
    const over = Promise.resolve(work).catch(() => undefined);
    this.#underWay.add(over);
    try {
      return await work;
    } finally {
      this.#underWay.delete(over);
    }
  }

  /** When what is under way has been answered; undefined: nothing is. */
  quiet(): Promise<unknown> | undefined {
    if (this.#underWay.size === 0) return undefined;
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise((resolve) => {
      timer = setTimeout(resolve, HOLD_MS);
    });
    return Promise.race([Promise.all(this.#underWay), enough]).finally(() => clearTimeout(timer));
  }

  /** Whether the event comes from a source of another scenario, whose late attempt it is. */
  isForeign({ source }: WireEventOfMapping): boolean {
    return source.includes(PREFIX);
  }

  /** A handler was entered with an event of a mapping. */
  started(
    event: WireEventOfMapping,
    functionName: string,
    report: Pick<StartedReport, 'arn' | 'version'>,
    at: number,
    timeoutSeconds: number,
  ): WireBatch {
    const { kind, source } = event;
    const mapping = this.mappings.of(source, functionName, report);
    const readsAll = mapping?.settings.startingPosition === 'TRIM_HORIZON';
    const seen: SeenRecord[] = [];
    const records: (WireRecord | undefined)[] = [];
    for (const item of event.records) {
      const who = seenOf(kind, item);
      const record =
        kind === 'dynamodb'
          ? this.records.ofChange(source, item, mapping?.name ?? '', readsAll)
          : this.records.of(source, who.id, textOfItem(kind, item), who.shard);
      records.push(record);
      seen.push(record === undefined ? who : { record: record.id, ...who });
    }
    const batch: WireBatch = {
      mapping,
      seen,
      records,
      isFinal: event.isFinal,
      isInWindow: event.state !== undefined,
      behaviour: behaviourOf(event, mapping, records, seen, timeoutSeconds),
      startedAt: at,
      timeoutSeconds,
      endedAt: undefined,
      succeeded: false,
    };
    this.batches.push(batch);
    return batch;
  }

  /** The record that a message in a queue is, where it came there from another queue. */
  redriven(
    deadLetterQueue: string,
    scenario: Scenario,
    messageId: string | undefined,
    body: string,
  ): WireRecord | undefined {
    for (const { name, redrive } of scenario.queues ?? []) {
      if (redrive?.to !== deadLetterQueue) continue;
      const record = this.records.of(`queue:${name}`, messageId ?? '', body);
      if (record === undefined || record.ref === deadLetterQueue) continue;
      record.isRedriven = true;
      return record;
    }
    return undefined;
  }

  /** The mapping that a failure record in the scenario's words is about; undefined where it is none. */
  failed(body: Json | undefined): WireMapping | undefined {
    const record = asObject(body);
    const info = asObject(record?.['KinesisBatchInfo']) ?? asObject(record?.['DDBStreamBatchInfo']);
    const source = info?.['streamArn'];
    if (typeof source !== 'string') return undefined;
    const arn = String(asObject(record?.['requestContext'])?.['functionArn'] ?? '');
    const mapping = this.mappings.of(source, arn.split(':')[6] ?? '', { arn });
    if (mapping !== undefined)
      this.failureRecords.set(mapping.name, (this.failureRecords.get(mapping.name) ?? 0) + 1);
    return mapping;
  }
}

function behaviourOf(
  { kind, isFinal, state }: WireEventOfMapping,
  mapping: WireMapping | undefined,
  records: readonly (WireRecord | undefined)[],
  seen: readonly SeenRecord[],
  timeoutSeconds: number,
): WireBatch['behaviour'] {
  // A handler that is written for tumbling windows returns a state, whatever the target gives it.
  const hasWindow = (mapping?.settings.tumblingWindowSeconds ?? 0) > 0;
  const before = state ?? (hasWindow ? {} : undefined);
  if (isFinal && mapping !== undefined) {
    const behaviour = recordBehaviourAt(mapping.finalPlan, ++mapping.finals);
    return handleBatch([{ behaviour, identifier: '' }], timeoutSeconds, before);
  }
  const handled: HandledRecord[] = records.map((record, place) => ({
    behaviour: record === undefined ? { do: 'ok' } : recordBehaviourAt(record.spec.plan, ++record.deliveries),
    // AWS, services-sqs-errorhandling.html, services-kinesis-batchfailurereporting.html: message id, sequence number.
    identifier: seen[place]?.id ?? `${kind} without an id`,
  }));
  return handleBatch(handled, timeoutSeconds, before);
}
