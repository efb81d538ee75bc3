/** The share of a campaign that one of several runs takes: every n-th scenario, from the i-th on. */
export interface Share {
  /** From 1 on. */
  readonly index: number;
  readonly of: number;
}

/** Whether a scenario, by its place in the campaign from 0 on, is of a share; all are where there are no shares. */
export function holds(share: Share | undefined, place: number): boolean {
  return share === undefined || place % share.of === share.index - 1;
}

/** How many of the first `scenarios` of a campaign a share has. */
export function sizeOfShare(share: Share | undefined, scenarios: number): number {
  return share === undefined ? scenarios : Math.max(0, Math.ceil((scenarios - share.index + 1) / share.of));
}
