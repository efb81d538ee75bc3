/** AWS, invocation-recursion.html: a loop through a queue, of which a mapping leads back to the function. */
import { settled } from '../../engine/configuration.ts';
import { defineRule, guide } from '../../engine/rule.ts';
import type { Tolerances } from '../../engine/tolerances.ts';
import type { Attempt, ChainedRecord, MappingView, View } from '../../engine/view.ts';
import { disturbance, lastEndOf, pickupSeconds } from '../mappings/records.ts';
import { once } from '../memo.ts';
import { queueOf, retentionSeconds } from '../sqs/subjects.ts';
import { CERTAINLY_A_LOOP, CERTAINLY_NO_LOOP } from './recursion.ts';

/** A message that a handler sent on, where it says something about the end of loops. */
interface Hop {
  readonly message: ChainedRecord;
  /** The mapping that reads it. */
  readonly mapping: MappingView;
  /** How many attempts of the mapping's function were before it in the chain. */
  readonly earlier: number;
}

const NONE: readonly Hop[] = [];

/** No chain is followed further back. */
const MOST_HOPS = 64;

/** Late messages of chains with an attempt, and those that were stopped. */
const hops = once((view: View): readonly Hop[] => {
  if (view.chainedRecords.length === 0) return NONE;
  const byId = new Map(view.chainedRecords.map((message) => [message.id, message]));
  const found: Hop[] = [];
  for (const message of view.chainedRecords) {
    const [mapping, ...others] = view.sources.get(message.sent.resource)?.mappings ?? [];
    if (mapping === undefined || others.length > 0) continue;
    const { recursiveLoop } = mapping.function;
    if (settled(recursiveLoop, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY) !== 'Terminate') continue;
    const earlier = earlierOf(message, mapping.function.name, byId);
    if (message.batches.length > 0 ? earlier >= CERTAINLY_A_LOOP : earlier > CERTAINLY_NO_LOOP)
      found.push({ message, mapping, earlier });
  }
  return found;
});

/** Goes back from message to attempt to message, and counts the attempts of the function: those that are certain. */
function earlierOf(
  message: ChainedRecord,
  functionName: string,
  byId: ReadonlyMap<string, ChainedRecord>,
): number {
  const root = rootOf(message.id);
  let count = 0;
  let current: ChainedRecord | undefined = message;
  for (let hop = 0; hop < MOST_HOPS && current?.from !== undefined; hop++) {
    if (current.from.function.name === functionName) count++;
    current = byId.get(sentOnBy(current.from, root) ?? '');
  }
  return count;
}

/** The message of the chain that an attempt held. With duplicates a chain has branches: of several it cannot be told. */
function sentOnBy({ started }: Attempt, root: string): string | undefined {
  const ofChain = started.records?.filter(({ record }) => rootOf(record ?? '') === root) ?? [];
  return ofChain.length === 1 ? ofChain[0]?.record : undefined;
}

const rootOf = (id: string): string => {
  const dot = id.indexOf('.');
  return dot < 0 ? id : id.slice(0, dot);
};

export const recur04 = defineRule({
  id: 'ASYNC-RECUR-04',
  level: 'MUST',
  invariant:
    'A message that would extend a loop starts no attempt, and goes to the queue’s dead-letter queue after maxReceiveCount receives.',
  sources: [guide('invocation-recursion')],
  needs: ['recursion', 'sqs', 'redrive'],
  note: 'About 16: nothing is said of a message that is stopped before the 12th invocation, or runs before the 21st.',
  subjects: hops,
  check: ({ message, mapping, earlier }, view, tolerances) => {
    const [batch] = message.batches;
    if (batch !== undefined) {
      return {
        expected: `no attempt with ${message.id}: ${mapping.function.name} was in its chain ${earlier} times`,
        observed: 'an attempt',
        entries: [batch.started],
      };
    }
    if (message.redriven.length > 0) return;
    const why = excuseOf(message, mapping, view, tolerances);
    if (why !== undefined) return { unknown: why };
    return {
      expected: `${message.id}, which would extend a loop, in the dead-letter queue`,
      observed: 'neither an attempt nor there',
      entries: [message.sent],
    };
  },
});

/** Why a stopped message may not be in the dead-letter queue; undefined where nothing excuses it. */
function excuseOf(
  { sent }: ChainedRecord,
  mapping: MappingView,
  view: View,
  tolerances: Tolerances,
): string | undefined {
  const { source } = mapping;
  const redrive = queueOf(source, view)?.redrive;
  if (redrive === undefined) return 'its queue has no dead-letter queue';
  if (view.removed.has(redrive.to)) return 'the dead-letter queue was deleted';
  if ((view.sources.get(redrive.to)?.mappings.length ?? 0) > 0)
    return 'the dead-letter queue is read by a mapping';
  const why = disturbance(mapping, view);
  if (why !== undefined) return why;
  const [visibility, ...changes] = source.visibilityTimeoutSeconds;
  if (visibility === undefined || changes.length > 0) return 'the visibility timeout was changed';
  // What does not run may be looked at less and less often: the same grace as for what fails.
  const aReceive = visibility.value + pickupSeconds(mapping, tolerances);
  const due =
    Math.max(sent.at, lastEndOf(mapping)) +
    (redrive.maxReceiveCount + 1) * aReceive +
    tolerances.pollingRetrySeconds;
  if (due > sent.requestedAt + retentionSeconds(source, view)) return 'it may have been too old';
  return view.watchedUntil < due ? 'the observer left before it was due there' : undefined;
}
