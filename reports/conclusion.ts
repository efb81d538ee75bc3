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
    const beyond =
      counts.KNOWN === 0 ? '' : ` beyond the ${counted(counts.KNOWN, 'rule')} known to be broken`;
    return { tone: 'bad', sentence: `${begun}: ${counted(counts.VIOLATED, 'MUST')} violated${beyond}.` };
  }
  const left = counts.VACUOUS + counts.UNKNOWN + counts.ERROR;
  const open = left === 0 ? '' : `; ${counted(left, 'rule')} could not be decided`;
  const soFar = isPart ? ' so far' : '';
  if (counts.KEPT + counts.KNOWN === 0) {
    const sentence = isPart ? `${part}: no rule` : 'No rule';
    return { tone: 'open', sentence: `${sentence} was found kept or violated${soFar}${open}.` };
  }
  const warned = counts.WARNED === 0 ? '' : `, ${counted(counts.WARNED, 'SHOULD')} not followed`;
  // A target that breaks what is known does not conform, but nothing is worse than it was.
  const violated = counts.KNOWN === 0 ? 'none' : `${grouped(counts.KNOWN)} known to be broken, none newly`;
  const found = `${counted(counts.KEPT, 'rule')} kept, ${violated} violated${soFar}${warned}${open}.`;
  if (isPart) return { tone: 'open', sentence: `${part}: ${found}` };
  return { tone: 'good', sentence: `${counts.KNOWN === 0 ? 'Conforms' : 'Nothing new'}: ${found}` };
}

/** `500 of 10,000 scenarios`, or `500 scenarios` where as many were asked for as the time allows. */
export function scenariosDone({ result, asked }: Summary): string {
  if (asked === null || asked === result.scenarios) return counted(result.scenarios, 'scenario');
  return `${grouped(result.scenarios)} of ${counted(asked, 'scenario')}`;
}
