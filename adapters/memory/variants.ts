/** The reference model, its mutants and its neighbours, ready to run. */
import type { MutantVariant, Variant } from '../../engine/selftest.ts';
import { AWS_TOLERANCES } from '../../engine/tolerances.ts';
import type { Mutant, Neighbour } from './mutant.ts';
import { simulate } from './simulate.ts';

/** Runs the model as a mutant or a neighbour says. */
export function variantOf({
  name,
  policy,
  tamper,
  tolerances,
}: Pick<Mutant & Neighbour, 'name' | 'policy' | 'tamper' | 'tolerances'>): Variant {
  const options = {
    ...(policy === undefined ? {} : { policy }),
    ...(tamper === undefined ? {} : { tamper }),
  };
  return {
    name,
    simulate: (scenario, seed) => simulate(scenario, seed, options),
    tolerances: { ...AWS_TOLERANCES, ...tolerances },
  };
}

/** The model as AWS's pages have it. */
export const reference: Variant = variantOf({ name: 'reference' });

/** The mutants that rules among these must notice, and by which of them. */
export function mutantsOf(mutants: readonly Mutant[], ids: ReadonlySet<string>): MutantVariant[] {
  const variants: MutantVariant[] = [];
  for (const mutant of mutants) {
    const breaks = mutant.breaks.filter((id) => ids.has(id));
    if (breaks.length > 0) variants.push({ ...variantOf(mutant), breaks });
  }
  return variants;
}
