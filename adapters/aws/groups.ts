import type { FunctionSpec, Scenario } from '../../engine/scenario.ts';
import type { QueueSpec, StreamSpec, TableSpec } from '../../engine/sourceSpec.ts';

/** A place of a scenario that is no function. */
export interface Place {
  readonly kind: 'queue' | 'topic' | 'bus' | 'bucket' | 'stream' | 'table';
  readonly ref: string;
  readonly fifo: boolean;
  /** It is made for this scenario and removed after it: what is left in it, or comes late, is nobody else's. */
  readonly isOwn?: true;
  /** Nobody but mappings takes anything out of it: with what it is to be made. */
  readonly source?: QueueSpec | StreamSpec | TableSpec;
}

/**
 * Resources that are made, pooled and thrown away together: a function's dead-letter target is part of its
 * configuration from CreateFunction on, so the two cannot be lent apart.
 */
export interface Group {
  /** Two groups with the same key are interchangeable. */
  readonly key: string;
  readonly places: readonly Place[];
  readonly functions: readonly FunctionSpec[];
}

/** Splits a scenario's resources into the smallest groups that can be lent apart. */
export function groupsOf(scenario: Scenario): Group[] {
  const places = placesOf(scenario);
  const bound = new Map<string, { places: Place[]; functions: FunctionSpec[] }>();
  for (const place of places) bound.set(place.ref, { places: [place], functions: [] });
  const groups = new Set(bound.values());
  for (const spec of scenario.functions) {
    const target = spec.deadLetter === undefined ? undefined : bound.get(spec.deadLetter);
    if (target === undefined) groups.add({ places: [], functions: [spec] });
    else target.functions.push(spec);
  }
  return [...groups].map((group) => ({ ...group, key: keyOf(group.places, group.functions) }));
}

function placesOf(scenario: Scenario): Place[] {
  const { queues = [], streams = [], tables = [] } = scenario;
  const of = (kind: Place['kind'], list: readonly { name: string; fifo?: true }[] = []): Place[] =>
    list.map(({ name, fifo }) => ({ kind, ref: `${kind}:${name}`, fifo: fifo === true }));
  const read = readRefs(scenario);
  const deadLetterQueues = new Set(queues.map(({ redrive }) => redrive?.to));
  const fed = new Set(scenario.steps.map((step) => (step.do === 'send' ? step.to : undefined)));
  const queue = (spec: QueueSpec): Place => {
    const ref = `queue:${spec.name}`;
    const place = { kind: 'queue', ref, fifo: spec.fifo === true } as const;
    if (read.has(ref)) return { ...place, isOwn: true, source: spec };
    // What comes to a dead-letter queue is seen by looking into it, and so is what becomes of it.
    if (deadLetterQueues.has(ref)) return { ...place, isOwn: true };
    return fed.has(ref) ? { ...place, isOwn: true, source: spec } : place;
  };
  return [
    ...queues.map(queue),
    ...of('topic', scenario.topics),
    ...of('bus', scenario.buses),
    ...of('bucket', scenario.buckets),
    ...of('stream', streams).map((place, index) => ownSource(place, streams[index])),
    ...of('table', tables).map((place, index) => ownSource(place, tables[index])),
  ];
}

const ownSource = (place: Place, source: StreamSpec | TableSpec | undefined): Place =>
  source === undefined ? place : { ...place, isOwn: true, source };

/** The sources that a mapping reads, or may read once a request has made it. */
export function readRefs({ mappings = [], steps }: Scenario): ReadonlySet<string> {
  const read = new Set(mappings.map(({ source }) => source));
  for (const step of steps) {
    if (step.do !== 'request' || step.operation !== 'CreateEventSourceMapping') continue;
    read.add(String(step.input['EventSourceArn']));
  }
  return read;
}

/** What distinguishes resources once they are made; names do not, and neither does what a lease sets. */
function keyOf(places: readonly Place[], functions: readonly FunctionSpec[]): string {
  return JSON.stringify([
    places.map(({ kind, fifo, isOwn, ref, source }) =>
      isOwn === true ? [kind, fifo, ref, source ?? null] : [kind, fifo],
    ),
    functions.map((spec) => [
      spec.timeoutSeconds,
      spec.versions ?? 0,
      spec.aliases ?? [],
      spec.provisioned ?? [],
      spec.deadLetter !== undefined,
      // A function whose state Pending is to be seen has to be new.
      spec.fresh === true ? spec.name : '',
    ]),
  ]);
}

/** Whether a group may be lent again after the scenario: not if one of the steps changed what it is. */
export function isReusable(group: Group, scenario: Scenario): boolean {
  const names = new Set(group.functions.map(({ name }) => name));
  const refs = new Set([
    ...group.places.map(({ ref }) => ref),
    ...[...names].map((name) => `function:${name}`),
  ]);
  if (group.functions.some(({ fresh }) => fresh === true)) return false;
  if (group.places.some(({ isOwn }) => isOwn === true)) return false;
  return scenario.steps.every((step) => {
    if (step.do === 'remove') return !refs.has(step.resource);
    if (step.do !== 'request' || step.operation.startsWith('Get') || step.operation === 'Invoke') return true;
    // Mappings are removed after each scenario, whatever was asked for about them.
    if (step.operation.endsWith('EventSourceMapping')) return true;
    if (step.operation === 'SetQueueAttributes') return !refs.has(String(step.input['QueueUrl']));
    const target = step.input['FunctionName'];
    return typeof target !== 'string' || !names.has(target);
  });
}
