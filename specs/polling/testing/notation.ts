/**
 * Histories of the polling model in a tiny language, for queues, streams, tables, Kafka and Amazon MQ alike:
 *
 *   polled(
 *     { mapping: { batchSize: 2 }, queue: { visibilityTimeoutSeconds: 5 } },
 *     'send r1 r2 @0',
 *     'batch r1 r2 @1: throw @1.5',
 *     'batch r1 r2 @6: ok',
 *     'left @20',
 *   )
 *
 * There is a function `f`, and a mapping `m` that reads what is given of `queue` (`queue:q`, where nothing else is),
 * `stream` (`stream:s`), `table` (`table:t`), `kafkaTopic` (`kafka:k`) or `brokerQueue` (`broker:b`). A line has a time,
 * `@SECONDS`, or that of the line before. `r1..r3` is `r1 r2 r3`. JSON is written without blanks. The lines:
 *
 *   send r1 r2/a [to queue/other] [on SHARD]   taken by the source; `/a` is a message group, or a partition key.
 *                                              More of a record (body, text, attributes, …) stands in `records`.
 *   unsent r1 ERROR [to …]                     refused by the source
 *   batch r1 r2 [of m] [on SHARD] [version 1] [count 3] [with JSON]: OUTCOME [@END]
 *                                              an attempt. `?` is a record that cannot be told, `on` the shard where no
 *                                              record says it, `count` the receive count of all its messages, `with`
 *                                              what else its event has. OUTCOME: `ok` (an empty batch response),
 *                                              `report r1` (a batch response), `returns JSON`, any outcome of a handler,
 *                                              or `unseen OUTCOME` where its end was not seen. It ends 0.1 s later where
 *                                              no END is given; a `timeout` tells nobody of its end.
 *   redriven r1 [to queue/dead]                arrived at the dead-letter queue of its queue
 *   failed r1..r2 CONDITION COUNT [of m] [to queue/other]   a failure record about these, at the mapping's destination
 *   arrived JSON to queue/own                  something else arrived at a queue
 *   left r1 r2 [in queue/q]                    what the source still held when the observer looked; `left` alone: nothing
 *   state Enabled [of m]                       as GetEventSourceMapping told it
 *   metric NAME VALUE [of m]
 *   removed queue/dead                         deleted
 *   denied queue/q, allowed queue/q            the function's role lost, or got back, the right to it
 *   split 0 into 1,2    merge 1,2 into 3       shards, of the mapping's stream
 *   request OPERATION JSON [as NAME]: STATUS [ERROR] [@END]   a control-plane request; without a colon, no answer is seen.
 *                                              `as` names the mapping that CreateEventSourceMapping makes.
 */
import type { Entry, History } from '../../../engine/history.ts';
import type { FunctionSpec, Scenario, Step } from '../../../engine/scenario.ts';
import type {
  BrokerQueueSpec,
  KafkaTopicSpec,
  MappingSpec,
  QueueSpec,
  RecordSpec,
  StreamSpec,
  TableSpec,
} from '../../../engine/sourceSpec.ts';
import { AWS_TOLERANCES, type Tolerances } from '../../../engine/tolerances.ts';
import type { View } from '../../../engine/view.ts';
import { viewOf } from '../../../engine/viewOf.ts';
import { Writer } from './writer.ts';

/** What is declared, and how the observer watched. */
export interface Given {
  /** The mapping `m`. */
  readonly mapping?: Partial<MappingSpec>;
  /** Further ones, each with its name; of the source of `m` where they name none. */
  readonly mappings?: readonly (Partial<MappingSpec> & { readonly name: string })[];
  readonly function?: Partial<FunctionSpec>;
  readonly queue?: Partial<QueueSpec>;
  readonly stream?: Partial<StreamSpec>;
  readonly table?: Partial<TableSpec>;
  readonly kafkaTopic?: Partial<KafkaTopicSpec>;
  readonly brokerQueue?: Partial<BrokerQueueSpec>;
  /** What is special about a record, by its id. */
  readonly records?: Readonly<Record<string, Partial<RecordSpec>>>;
  /** Anything else: further functions, queues, … */
  readonly scenario?: Partial<Scenario>;
  /** The observer left at this time; by default it saw the end of all. */
  readonly closedAt?: number;
  readonly tolerances?: Partial<Tolerances>;
}

/** A history in the notation above, indexed. */
export const polled = (given: Given, ...lines: string[]): View =>
  viewOf(polledHistory(given, ...lines), { ...AWS_TOLERANCES, ...given.tolerances });

/** A history in the notation above. Throws where a line is no line of it. */
export function polledHistory(given: Given, ...lines: string[]): History {
  const scenario = scenarioOf(given);
  const writer = new Writer(scenario, given.records ?? {});
  for (const line of lines) writer.read(line);
  const entries: Entry[] = writer.entries.toSorted((a, b) => a.at - b.at);
  const last = entries.at(-1)?.at ?? 0;
  entries.push(
    given.closedAt === undefined
      ? { kind: 'closed', at: last, isComplete: true }
      : { kind: 'closed', at: given.closedAt },
  );
  const steps: Step[] = [...writer.steps, ...(given.scenario?.steps ?? [])];
  return { scenario: { ...scenario, steps }, entries };
}

function scenarioOf(given: Given): Scenario {
  const { queue, stream, table, kafkaTopic, brokerQueue, scenario: more = {} } = given;
  const source = sourceOf(given);
  const m: MappingSpec = { name: 'm', source, function: 'f', ...given.mapping };
  const declared: Scenario = {
    scenario: 1,
    ...more,
    functions: [{ name: 'f', timeoutSeconds: 3, ...given.function }, ...(more.functions ?? [])],
    queues: [{ name: 'q', ...queue }, ...(more.queues ?? [])],
    mappings: [m, ...(given.mappings ?? []).map((other) => ({ source: m.source, function: 'f', ...other }))],
    steps: [],
  };
  if (stream !== undefined) declared.streams = [{ name: 's', ...stream }, ...(more.streams ?? [])];
  if (table !== undefined) declared.tables = [{ name: 't', ...table }, ...(more.tables ?? [])];
  if (kafkaTopic !== undefined)
    declared.kafkaTopics = [{ name: 'k', on: 'msk', ...kafkaTopic }, ...(more.kafkaTopics ?? [])];
  if (brokerQueue !== undefined)
    declared.brokerQueues = [{ name: 'b', engine: 'activeMq', ...brokerQueue }, ...(more.brokerQueues ?? [])];
  return declared;
}

function sourceOf({ queue, stream, table, kafkaTopic, brokerQueue }: Given): string {
  if (stream !== undefined) return `stream:${stream.name ?? 's'}`;
  if (table !== undefined) return `table:${table.name ?? 't'}`;
  if (kafkaTopic !== undefined) return `kafka:${kafkaTopic.name ?? 'k'}`;
  if (brokerQueue !== undefined) return `broker:${brokerQueue.name ?? 'b'}`;
  return `queue:${queue?.name ?? 'q'}`;
}
