/**
 * The items of a table. A record of a scenario is put as the item `{ id, record, body }`: its key, its own id, and the
 * text that is sent, all of them strings. With `change: 'remove'` the item of that key is deleted instead. Every put
 * of a scenario changes its item, since `record` differs.
 */
import { filler, isFiller, type Json } from '../../../../engine/json.ts';
import { type RecordSpec, type TableSpec, textOf } from '../../../../engine/sourceSpec.ts';

export type StreamView = NonNullable<TableSpec['view']>;

/** An item as a table holds it. */
export interface Item {
  /** In DynamoDB's JSON. */
  readonly image: Json;
  /** Bytes of names and values, as DynamoDB counts them. */
  readonly bytes: number;
  /** Bytes of its JSON text, and never less. */
  readonly textBytes: number;
}

/** A change of an item, as its stream record has it. */
export interface Change {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly view: StreamView;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

const NAMES_BYTES = 'id'.length + 'record'.length + 'body'.length;
const IMAGE_FRAME_BYTES = 64;

/** The item that a record is put as. */
export function itemOf(spec: RecordSpec, record: string, key: string): Item {
  const { body } = spec;
  const rest = NAMES_BYTES + Buffer.byteLength(key) + record.length;
  if (isFiller(body)) {
    // The text of a filler is a JSON string: its quotes are written `\"`.
    const image: Json = { id: { S: key }, record: { S: record }, body: { S: filler(body.$filler + 4) } };
    return { image, bytes: rest + body.$filler, textBytes: IMAGE_FRAME_BYTES + 2 * rest + body.$filler };
  }
  const text = textOf(spec, record);
  const bytes = rest + Buffer.byteLength(text);
  const image: Json = { id: { S: key }, record: { S: record }, body: { S: text } };
  return { image, bytes, textBytes: IMAGE_FRAME_BYTES + 2 * bytes };
}

const showsOld = (view: StreamView): boolean => view === 'OLD_IMAGE' || view === 'NEW_AND_OLD_IMAGES';
const showsNew = (view: StreamView): boolean => view === 'NEW_IMAGE' || view === 'NEW_AND_OLD_IMAGES';

/** The images that the view type shows. AWS, DynamoDB API_StreamSpecification.html. */
export function shownOf(change: Change): { readonly before?: Item; readonly after?: Item } {
  const shown: { before?: Item; after?: Item } = {};
  if (change.before !== undefined && showsOld(change.view)) shown.before = change.before;
  if (change.after !== undefined && showsNew(change.view)) shown.after = change.after;
  return shown;
}

/** What a stream record has under `dynamodb`, but for its time and its sequence number. */
export function imagesOf(change: Change, key: string, honoursView: boolean): Record<string, Json> {
  const { before, after } = honoursView ? shownOf(change) : change;
  const images: Record<string, Json> = { Keys: { id: { S: key } } };
  if (after !== undefined) images['NewImage'] = after.image;
  if (before !== undefined) images['OldImage'] = before.image;
  images['SizeBytes'] = 'id'.length + Buffer.byteLength(key) + (before?.bytes ?? 0) + (after?.bytes ?? 0);
  images['StreamViewType'] = change.view;
  return images;
}
