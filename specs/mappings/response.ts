/**
 * What a function's answer to a batch means. AWS, services-sqs-errorhandling.html and kinesis-create.html#partial: an
 * error fails the whole batch, whatever is configured; a batch response counts only where it is asked for.
 */
import type { Json } from '../../engine/json.ts';
import type { MappingSettings } from '../../engine/mappingSettings.ts';
import { asObject } from '../../engine/record.ts';
import type { Batch, BatchResponse } from '../../engine/view.ts';
import { mayBeWindowed } from './settings.ts';

const SUCCESS: BatchResponse = { kind: 'success' };
const FAILURE: BatchResponse = { kind: 'failure' };
const UNKNOWN: BatchResponse = { kind: 'unknown' };

/** What the answer to a batch means, as AWS's pages have it. */
export function responseOf(batch: Batch): BatchResponse {
  batch.response ??= read(batch);
  return batch.response;
}

function read(batch: Batch): BatchResponse {
  const { attempt, mapping } = batch;
  if (!attempt.succeeded) return FAILURE;
  // An emulator's timer may begin before the handler is entered: on a busy machine it runs out under the answer.
  if (attempt.mayHaveBeenKilled) return UNKNOWN;
  if (lacksState(batch)) return FAILURE;
  const asks = asksForItems(mapping.settings);
  if (asks === false) return SUCCESS;
  if (attempt.ended === undefined || asks === undefined) return UNKNOWN;
  return responseIn(attempt.ended.result, batch);
}

/** AWS, services-kinesis-windows.html: in a tumbling window a result without a state is a failure, but of the last one. */
function lacksState({ attempt, mapping, started }: Batch): boolean {
  if (attempt.ended === undefined || !mayBeWindowed(mapping)) return false;
  if (asObject(started.payload)?.['isFinalInvokeForWindow'] === true) return false;
  return asObject(attempt.ended.result)?.['state'] === undefined;
}

/** Whether partial responses are asked for, at all times that there are settings; undefined where that changed. */
function asksForItems(settings: readonly { readonly value: MappingSettings | null }[]): boolean | undefined {
  let asks: boolean | undefined;
  for (const { value } of settings) {
    if (value === null) continue;
    if (asks !== undefined && asks !== value.reportsItemFailures) return undefined;
    asks = value.reportsItemFailures;
  }
  return asks;
}

/** AWS: null, an empty object, and a null or empty list mean success; whatever else is no list of identifiers, failure. */
function responseIn(result: Json | undefined, batch: Batch): BatchResponse {
  if (result === undefined || result === null || result === '') return SUCCESS;
  const object = asObject(result);
  // What a result means that is no object at all is not said.
  if (object === undefined) return UNKNOWN;
  const failures = object['batchItemFailures'];
  if (failures === undefined || failures === null) return SUCCESS;
  if (!Array.isArray(failures)) return FAILURE;
  if (failures.length === 0) return SUCCESS;
  const failed = new Set<string>();
  const known = idsOf(batch);
  for (const item of failures as readonly Json[]) {
    const id = identifierIn(asObject(item)?.['itemIdentifier']);
    if (id === undefined || !known.has(id)) return FAILURE;
    failed.add(id);
  }
  return { kind: 'partial', failed };
}

/** The text of an identifier; undefined where it is none. Of Kafka it is `{ partition: "topic-0", offset: 5 }`. */
function identifierIn(identifier: Json | undefined): string | undefined {
  if (typeof identifier === 'string') return identifier === '' ? undefined : identifier;
  const place = asObject(identifier);
  if (place === undefined) return undefined;
  return `${String(place['partition'])} ${String(place['offset'])}`;
}

function idsOf({ seen, mapping }: Batch): ReadonlySet<string> {
  const isKafka = mapping.source.kind === 'kafka';
  return new Set(seen.map(({ id, shard }) => (isKafka ? `${shard} ${id}` : id)));
}

/** The id by which a batch response names the record at this place of the batch. */
export function identifierAt({ seen, mapping }: Batch, place: number): string {
  const record = seen[place];
  if (record === undefined) return '';
  return mapping.source.kind === 'kafka' ? `${record.shard} ${record.id}` : record.id;
}
