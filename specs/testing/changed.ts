/** A history with some entry otherwise, for what no notation says. */
import type { Delivered, Entry } from '../../engine/history.ts';
import { asObject, type JsonObject } from '../../engine/record.ts';
import type { View } from '../../engine/view.ts';
import { viewOf } from '../../engine/viewOf.ts';

/** The same view, each entry as `change` gives it. */
export const changed = (view: View, change: (entry: Entry) => Entry): View =>
  viewOf({ ...view.history, entries: view.history.entries.map(change) }, view.tolerances);

/** The same view, all that was delivered as `change` gives it. */
export const redelivered = (view: View, change: (entry: Delivered) => Delivered): View =>
  changed(view, (entry) => (entry.kind === 'delivered' ? change(entry) : entry));

/** The same view, the bodies of all that was delivered with these members; undefined takes one away. */
export const withBody = (
  view: View,
  members: Readonly<Record<string, JsonObject[string] | undefined>>,
): View =>
  redelivered(view, (entry) => ({ ...entry, body: { ...asObject(entry.body), ...members } as JsonObject }));

/** The same view, the `requestContext` or `responseContext` of all records with these members. */
export const withContext = (
  view: View,
  context: 'requestContext' | 'responseContext',
  members: Readonly<Record<string, JsonObject[string] | undefined>>,
): View =>
  redelivered(view, (entry) => {
    const body = asObject(entry.body) ?? {};
    return {
      ...entry,
      body: { ...body, [context]: { ...asObject(body[context]), ...members } as JsonObject },
    };
  });
