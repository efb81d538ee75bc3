/**
 * The seed of what a simulated target leaves to chance in scenario number `index`: a 32-bit integer that differs
 * between neighbours (the finaliser of MurmurHash3, public domain).
 */
export function targetSeed(campaignSeed: number, index: number): number {
  let hash = (campaignSeed ^ Math.imul(index + 1, 0x9e3779b1)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
