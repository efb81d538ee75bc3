/** A record of a topic, or a message of a broker's queue. */
import { documentOf, type FilterDocument } from '../../../../engine/filterPattern.ts';
import type { SeenRecord } from '../../../../engine/history.ts';
import { filler, isFiller, type Json } from '../../../../engine/json.ts';
import { type RecordSpec, textOf } from '../../../../engine/sourceSpec.ts';
import { base64Bytes } from '../../sizes.ts';

/** Bytes of a record in an event beside its data. */
const FRAME_BYTES = 420;

export class LogEntry {
  /** The scenario's record; '' where there is none: what a mapping wrote to its destination. */
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
  private knownBytes = 0;

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

  /** About the bytes of the record's JSON text in an event, and never less. */
  get bytes(): number {
    if (this.knownBytes === 0) {
      const { body } = this.spec;
      const bytes = isFiller(body) ? body.$filler : Buffer.byteLength(this.text);
      this.knownBytes = FRAME_BYTES + base64Bytes(bytes);
    }
    return this.knownBytes;
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
    const { record, shard } = this;
    const id = shard === undefined ? `ID:${this.offset}` : String(this.offset);
    if (shard === undefined) return { record, id };
    return record === '' ? { id, shard } : { record, id, shard };
  }
}
