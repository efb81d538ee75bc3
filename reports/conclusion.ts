/** The one sentence to take away of a run, the same in every report. */
import { counted, grouped } from './sentences.ts';
import type { Summary } from './summary.ts';

export interface Conclusion {
  /** `open`: it is neither a pass nor a failure. */
  readonly tone: 'good' | 'bad' | 'open';
  readonly sentence: string;
}

/** What a run came to. Only a run that came to its end, and decided something, conforms. */
export function conclusionOf(summary: Summary): Conclusion {
  const { counts, ending } = summary;
  const isPart = ending === 'interrupted' || ending === 'cut off';
  const part = `${ending === 'interrupted' ? 'Interrupted' : 'Cut off'} after ${scenariosDone(summary)}`;
  if (counts.VIOLATED > 0) {
    const begun = isPart ? `${part}, and does not conform` : 'Does not conform';
    return { tone: 'bad', sentence: `${begun}: ${counted(counts.VIOLATED, 'MUST')} violated.` };
  }
  const left = counts.VACUOUS + counts.UNKNOWN + counts.ERROR;
  const open = left === 0 ? '' : `; ${counted(left, 'rule')} could not be decided`;
  const soFar = isPart ? ' so far' : '';
  if (counts.KEPT === 0) {
    const sentence = isPart ? `${part}: no rule` : 'No rule';
    return { tone: 'open', sentence: `${sentence} was found kept or violated${soFar}${open}.` };
  }
  const warned = counts.WARNED === 0 ? '' : `, ${counted(counts.WARNED, 'SHOULD')} not followed`;
  const found = `${counted(counts.KEPT, 'rule')} kept, none violated${soFar}${warned}${open}.`;
  return isPart
    ? { tone: 'open', sentence: `${part}: ${found}` }
    : { tone: 'good', sentence: `Conforms: ${found}` };
}

/** `500 of 10,000 scenarios`, or `500 scenarios` where as many were asked for as the time allows. */
export function scenariosDone({ result, asked }: Summary): string {
  if (asked === null || asked === result.scenarios) return counted(result.scenarios, 'scenario');
  return `${grouped(result.scenarios)} of ${counted(asked, 'scenario')}`;
}
