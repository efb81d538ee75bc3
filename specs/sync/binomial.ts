/**
 * A bound on how improbable a share is: the probability that `hits` of `trials` independent draws with chance
 * `share`, or still more extremely few or many, is at most 2 exp(-trials * KL(hits/trials || share)) by Chernoff's
 * bound. Exact up to the factor 2 where all or none of the draws hit.
 *
 * @returns the bound, 0..1; 0 where `share` is 0 or 1 and a draw went the other way
 */
export function improbability(hits: number, trials: number, share: number): number {
  if (trials === 0) return 1;
  const seen = hits / trials;
  const divergence = term(seen, share) + term(1 - seen, 1 - share);
  return Math.min(1, 2 * Math.exp(-trials * divergence));
}

function term(seen: number, share: number): number {
  return seen === 0 ? 0 : seen * Math.log(seen / share);
}
