/** Which family each scenario of a campaign belongs to, and which traits it has. */
import type { Capability } from '../../engine/capabilities.ts';
import type { Scenario } from '../../engine/scenario.ts';
import { type Arbitrary, randomOf } from '../fc.ts';
import { pollingArbitrary } from './scenario.ts';
import { FAMILY_NEEDS, type Family, TRAITS, type Trait, traitsFor } from './traits.ts';

export type AnyFamily = 'calls' | Family;
export const ANY_FAMILY: readonly AnyFamily[] = ['calls', 'sqs', 'streams', 'kafkaMq', 'mixed', 'rights'];

/** How many of 26 scenarios belong to each. */
const SHARES: Readonly<Record<AnyFamily, number>> = {
  calls: 10,
  sqs: 6,
  streams: 6,
  kafkaMq: 2,
  mixed: 1,
  rights: 1,
};

/** The families by turns, evenly spread. */
export function turnsOf(families: readonly AnyFamily[]): readonly AnyFamily[] {
  const places = families.flatMap((family) => {
    const share = SHARES[family];
    return Array.from({ length: share }, (_, k) => ({ family, at: (k + 0.5) / share }));
  });
  places.sort((a, b) => a.at - b.at || ANY_FAMILY.indexOf(a.family) - ANY_FAMILY.indexOf(b.family));
  return places.map(({ family }) => family);
}

/** The families that a target can run. */
export const familiesFor = (
  capabilities: ReadonlySet<Capability>,
  isRealTime: boolean,
): readonly AnyFamily[] =>
  ANY_FAMILY.filter((family) => {
    if (family === 'calls') return true;
    const has = (need: Capability) => capabilities.has(need);
    if (family === 'rights') return traitsFor(family, capabilities, isRealTime).length > 0;
    return family === 'mixed' ? FAMILY_NEEDS.mixed.every(has) : FAMILY_NEEDS[family].some(has);
  });

/** So many sets of traits are drawn for each family of a campaign. */
const SETS = 48;
/** Keeps them apart from what else is drawn before the first scenario. */
const BEFORE_THE_FIRST = -2;

/** The arbitraries of a family: one for each set of traits, by turns. */
export function arbitrariesOf(
  family: Family,
  seed: number,
  capabilities: ReadonlySet<Capability>,
  isRealTime: boolean,
): readonly Arbitrary<Scenario>[] {
  const random = randomOf(seed ^ (FAMILY_SALT[family] ?? 0), BEFORE_THE_FIRST);
  const sets = Array.from({ length: SETS }, () => new Set<Trait>());
  for (const trait of traitsFor(family, capabilities, isRealTime)) {
    const count = Math.max(1, Math.round((TRAITS[trait].percent * SETS) / 100));
    const rest = [...sets];
    for (let k = 0; k < count; k++) rest.splice(random.nextInt(0, rest.length - 1), 1)[0]?.add(trait);
  }
  return sets.map((traits) => pollingArbitrary({ family, traits, capabilities, isRealTime }));
}

const FAMILY_SALT: Readonly<Record<Family, number>> = {
  sqs: 0x51,
  streams: 0x52,
  kafkaMq: 0x53,
  mixed: 0x54,
  rights: 0x55,
};
