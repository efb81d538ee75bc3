/** One documented number or choice, with the rule that says so. */
export interface PolicyEntry {
  readonly value: unknown;
  readonly rule: string;
  readonly says: string;
}
