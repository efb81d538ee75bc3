/** Kinesis data streams. */
import type { RecordSpec } from '../../../../engine/sourceSpec.ts';
import type { World } from '../../world.ts';
import { dataBytesOf, kinesisBytes } from './record.ts';
import { StreamSource } from './stream.ts';

/** AWS, Kinesis API_PutRecord.html: data and partition key together, unless the stream is set to take more. */
const RECORD_MOST_BYTES = 1_048_576;

export class KinesisStream extends StreamSource {
  protected override take(world: World, spec: RecordSpec, record: string, step: number): string | undefined {
    const key = spec.key ?? record;
    const dataBytes = dataBytesOf(spec, record);
    if (dataBytes + Buffer.byteLength(key) > RECORD_MOST_BYTES) return 'ValidationException';
    const bytes = kinesisBytes(dataBytes, key);
    const { sequence, shard } = this.append(world, spec, record, key, undefined, bytes);
    const at = world.seconds;
    world.recorder.push({
      kind: 'sent',
      at,
      requestedAt: at,
      step,
      record,
      resource: this.ref,
      id: sequence,
      shard: shard.id,
    });
    return undefined;
  }
}
