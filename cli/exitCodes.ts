/** What the command's exit code says. */
export const EXIT = {
  /** It conforms, or what was asked for was done. */
  ok: 0,
  /** A MUST is violated. */
  violated: 1,
  /** The command was used wrongly: a flag, a file, a name. */
  usage: 2,
  /** The harness or the target failed, or the run did not come to its end. */
  failed: 3,
  /** `--strict`, and rules are left that were not decided; or no rule at all was decided. */
  undecided: 4,
  /** Stopped at once by a second Ctrl-C, as shells write it. */
  stopped: 130,
} as const;
