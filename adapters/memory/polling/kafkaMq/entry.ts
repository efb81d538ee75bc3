/** A record of a topic, or a message of a broker's queue. */

import { documentOf, type FilterDocument } from '../../../../engine/filterPattern.ts';
import type { SeenRecord } from '../../../../engine/history.ts';
import { filler, isFiller, type Json } from '../../../../engine/json.ts';
import { type RecordSpec, textOf } from '../../../../engine/sourceSpec.ts';
import { base64Bytes } from '../../sizes.ts';

export class LogEntry {
  readonly record: string;
  readonly spec: RecordSpec;
  /** Partition of the topic; 0 of a broker. */
  readonly partition: number;
  /** Offset in the partition, or the number of a message. */
  readonly offset: number;
  /** `TOPIC-PARTITION`; undefined of a broker. */
  readonly shard: string | undefined;
  /** Milliseconds of the clock. */
  readonly arrivedAt: number;
  deliveries = 0;

  constructor(
    record: string,
    spec: RecordSpec,
    partition: number,
    offset: number,
    shard: string | undefined,
    arrivedAt: number,
  ) {
    this.record = record;
    this.spec = spec;
    this.partition = partition;
    this.offset = offset;
    this.shard = shard;
    this.arrivedAt = arrivedAt;
  }

  get text(): string {
    return textOf(this.spec, this.record);
  }

  /** The data as the event has it: base64. */
  data(): Json {
    const { body } = this.spec;
    return isFiller(body) ? filler(base64Bytes(body.$filler) + 2) : Buffer.from(this.text).toString('base64');
  }

  document(): FilterDocument {
    return documentOf(this.shard === undefined ? 'mq' : 'kafka', this.text);
  }

  seen(): SeenRecord {
    const id = this.shard === undefined ? `ID:${this.offset}` : String(this.offset);
    return this.shard === undefined
      ? { record: this.record, id }
      : { record: this.record, id, shard: this.shard };
  }
}

const FRAME_BYTES = 420;

/** About the bytes of the record's JSON text, and never less. */
export function entryBytesOf({ spec, text }: LogEntry): number {
  const bytes = isFiller(spec.body) ? spec.body.$filler : Buffer.byteLength(text);
  return FRAME_BYTES + base64Bytes(bytes);
}
