import type { FunctionSpec, Scenario } from '../../engine/scenario.ts';

/** A place of a scenario that is no function. */
export interface Place {
  readonly kind: 'queue' | 'topic' | 'bus' | 'bucket';
  readonly ref: string;
  readonly fifo: boolean;
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
  const of = (kind: Place['kind'], list: readonly { name: string; fifo?: true }[] = []): Place[] =>
    list.map(({ name, fifo }) => ({ kind, ref: `${kind}:${name}`, fifo: fifo === true }));
  return [
    ...of('queue', scenario.queues),
    ...of('topic', scenario.topics),
    ...of('bus', scenario.buses),
    ...of('bucket', scenario.buckets),
  ];
}

/** What distinguishes resources once they are made; names do not, and neither does what a lease sets. */
function keyOf(places: readonly Place[], functions: readonly FunctionSpec[]): string {
  return JSON.stringify([
    places.map(({ kind, fifo }) => [kind, fifo]),
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
  return scenario.steps.every((step) => {
    if (step.do === 'remove') return !refs.has(step.resource);
    if (step.do !== 'request' || step.operation.startsWith('Get') || step.operation === 'Invoke') return true;
    const target = step.input['FunctionName'];
    return typeof target !== 'string' || !names.has(target);
  });
}
