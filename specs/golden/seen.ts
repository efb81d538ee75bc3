/** A history by what expectations of golden cases ask for. */
import type { Answered, Delivered, Entry, History, Rejected, Started } from '../../engine/history.ts';
import type { AttemptRef } from './case.ts';

/** Read once, in the order of its entries. */
export class Seen {
  readonly history: History;
  readonly answers = new Map<string | number, Answered>();
  readonly refusals = new Map<string | number, Rejected>();
  readonly requestedAt = new Map<string | number, number>();
  /** By event, and by record. */
  readonly attempts = new Map<string, Started[]>();
  readonly batches = new Map<string, Started[]>();
  readonly deliveries = new Map<string, Delivered[]>();
  readonly left = new Map<string, Extract<Entry, { kind: 'remaining' }>>();
  readonly ends = new Map<string, Entry>();

  constructor(history: History) {
    this.history = history;
    const calls = new Map<string, string | number>();
    for (const entry of history.entries) {
      switch (entry.kind) {
        case 'requested': {
          if (entry.chainedFrom !== undefined) break;
          const name = entry.event ?? entry.step;
          calls.set(entry.call, name);
          this.requestedAt.set(name, entry.at);
          break;
        }
        case 'answered':
          set(this.answers, calls.get(entry.call), entry);
          break;
        case 'rejected':
          set(this.refusals, calls.get(entry.call), entry);
          break;
        case 'started':
          this.#started(entry);
          break;
        case 'ended':
          this.ends.set(entry.attempt, entry);
          break;
        case 'sent':
          this.requestedAt.set(entry.record, entry.requestedAt);
          break;
        case 'delivered':
          push(this.deliveries, entry.resource, entry);
          break;
        case 'remaining':
          this.left.set(entry.resource, entry);
          break;
      }
    }
  }

  #started(entry: Started): void {
    if (entry.event !== undefined) push(this.attempts, entry.event, entry);
    if (entry.mapping !== undefined) push(this.batches, entry.mapping, entry);
    for (const record of new Set((entry.records ?? []).map((item) => item.record)))
      if (record !== undefined) push(this.attempts, record, entry);
  }

  attempt({ of, nth }: AttemptRef): Started | undefined {
    return this.attempts.get(of)?.[nth - 1];
  }
}

function set<K, V>(map: Map<K, V>, key: K | undefined, value: V): void {
  if (key !== undefined) map.set(key, value);
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
