/**
 * A rule: one sentence of AWS's pages, the subjects it speaks of, and the check. Data plus a few lines; no clock,
 * no input or output, no target's name.
 */
import type { Need } from './capabilities.ts';
import type { Entry } from './history.ts';
import type { Tolerances } from './tolerances.ts';
import type { View } from './view.ts';

export type Level = 'MUST' | 'SHOULD' | 'MAY';

/**
 * How well a page is known: `current` page read, `model` of the API read, `archived` copy read, `excerpt` read,
 * `unread` (known by reference only).
 */
export type Evidence = 'current' | 'model' | 'archived' | 'excerpt' | 'unread';

/** A page that says so. Pages are written below `https://docs.aws.amazon.com/`, other addresses whole. */
export interface Source {
  readonly page: string;
  readonly evidence: Evidence;
}

/** A broken rule on one subject, as data: sentences are made in reports. */
export interface Breach {
  /** What AWS's page lets one expect, e.g. `at most 3 attempts`. */
  readonly expected: string;
  /** What was seen, e.g. `4 attempts`. */
  readonly observed: string;
  /** The entries that show it, for marking in the timeline; the first is where it broke. */
  readonly entries: readonly Entry[];
}

/** Not decidable from what was seen, with the reason. */
export interface Unknown {
  readonly unknown: string;
}

/** `undefined` = kept. */
export type Finding = undefined | Breach | Unknown;

export const isUnknown = (finding: Breach | Unknown): finding is Unknown => 'unknown' in finding;

interface Common<S> {
  /** For ever: never renumbered nor reused. */
  readonly id: string;
  readonly level: Level;
  /** One sentence in the field's terms. */
  readonly invariant: string;
  readonly sources: readonly Source[];
  /** What a target must be able to do or show for the rule to be decidable there. */
  readonly needs?: readonly Need[];
  /** It can be decided by requests to the control plane and their answers: no handler has to run for it. */
  readonly isOfRequests?: true;
  /** AWS's pages do not say: what was seen is reported, not judged. */
  readonly isSilent?: true;
  /** AWS's pages disagree: the rule tolerates all of them. */
  readonly isContradictory?: true;
  /** What a reader must know beyond the sentence. */
  readonly note?: string;
  /** What it speaks of in one history; none: it says nothing there. */
  readonly subjects: (view: View) => readonly S[];
}

/** A rule that judges. */
export interface Judging<S> extends Common<S> {
  readonly check: (subject: S, view: View, tolerances: Tolerances) => Finding;
}

/** A rule that only reports what it saw (`MAY`, or a silent point): a short label for each subject. */
export interface Observing<S> extends Common<S> {
  readonly observe: (subject: S, view: View, tolerances: Tolerances) => string;
}

/** A rule whose subjects' type is its own affair. */
export type Rule = Omit<Common<unknown>, 'subjects'> & {
  /** Whether it judges, or reports what it saw. */
  readonly judges: boolean;
  /** What it speaks of in one history. Rules that share this function are decided on one selection. */
  readonly subjects: (view: View) => readonly unknown[];
  /** Decides all subjects of one history, linear in their number; `selected` are they, where they are known already. */
  readonly decide: (view: View, judge: Judge, selected?: readonly unknown[]) => void;
};

/** All that a target must be able to do or show for the rule to be decidable there. */
export const needsOf = ({
  needs = [],
  isOfRequests,
}: Pick<Rule, 'needs' | 'isOfRequests'>): readonly Need[] => [
  ...new Set<Need>([isOfRequests === true ? 'controlPlane' : 'invoke', ...needs]),
];

/** Takes what a rule found, subject by subject. */
export interface Judge {
  kept(): void;
  broken(breach: Breach): void;
  unknown(reason: string): void;
  observed(label: string): void;
}

/** Makes a rule of its sentence, its subjects and its check (or, for a rule that only reports, its observation). */
export function defineRule<S>(definition: Judging<S> | Observing<S>): Rule {
  const { subjects } = definition;
  if ('check' in definition) {
    const { check } = definition;
    return {
      ...definition,
      judges: true,
      decide: (view, judge, selected = subjects(view)) => {
        for (const subject of selected as readonly S[]) {
          const finding = check(subject, view, view.tolerances);
          if (finding === undefined) judge.kept();
          else if (isUnknown(finding)) judge.unknown(finding.unknown);
          else judge.broken(finding);
        }
      },
    };
  }
  const { observe } = definition;
  return {
    ...definition,
    judges: false,
    decide: (view, judge, selected = subjects(view)) => {
      for (const subject of selected as readonly S[]) judge.observed(observe(subject, view, view.tolerances));
    },
  };
}

/** The current developer guide, as a source: `guide('invocation-async-error-handling')`. */
export const guide = (page: string, evidence: Evidence = 'current'): Source => ({
  page: `lambda/latest/dg/${page.includes('#') ? page.replace('#', '.html#') : `${page}.html`}`,
  evidence,
});

/** The API reference, as a source: `api('Invoke')`. Read in the form of the API's model. */
export const api = (operation: string, evidence: Evidence = 'model'): Source => ({
  page: `lambda/latest/api/API_${operation}.html`,
  evidence,
});

/** The whole address of a source's page. */
export const sourceUrl = ({ page }: Source): string =>
  page.startsWith('https://') ? page : `https://docs.aws.amazon.com/${page}`;
