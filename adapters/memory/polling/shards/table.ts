/** DynamoDB tables with a stream. AWS, DynamoDB Streams.html: each change once, in order for each item, for a day. */
import type { RecordSpec } from '../../../../engine/sourceSpec.ts';
import type { World } from '../../world.ts';
import { type Change, type Item, itemOf, type StreamView } from './item.ts';
import { changeBytes } from './record.ts';
import { StreamSource } from './stream.ts';

/** AWS, DynamoDB Constraints.html: an item has 400 KB at most. */
const ITEM_MOST_BYTES = 409_600;

export class DynamoTable extends StreamSource {
  private readonly view: StreamView;
  /** By key. */
  private readonly items = new Map<string, Item>();

  constructor(ref: string, shards: number, view: StreamView) {
    super(ref, shards);
    this.view = view;
  }

  protected override take(world: World, spec: RecordSpec, record: string, step: number): string | undefined {
    const key = spec.key ?? record;
    const after = spec.change === 'remove' ? undefined : itemOf(spec, record, key);
    if (after !== undefined && after.bytes > ITEM_MOST_BYTES) return 'ValidationException';
    const at = world.seconds;
    world.recorder.push({ kind: 'sent', at, requestedAt: at, step, record, resource: this.ref });
    const before = this.items.get(key);
    if (after === undefined) this.items.delete(key);
    else this.items.set(key, after);
    // AWS, DynamoDB API_DeleteItem.html: to delete what is not there succeeds; it is no change, and in no stream.
    if (before === undefined && after === undefined) return undefined;
    const eventName = before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY';
    const change: Change = { eventName, view: this.view, before, after };
    const bytes = changeBytes(change, key);
    this.append(world, spec, record, key, change, bytes);
    if (world.policy.changesTwice) this.append(world, spec, record, key, change, bytes);
    return undefined;
  }
}
