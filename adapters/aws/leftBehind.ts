import { TargetError } from '../../engine/target.ts';
import type { Journal } from './journal.ts';
import type { Removal } from './removal.ts';

/** Closing has removed what it could; its message says what is still there, why, and what to do. */
export class LeftBehind extends TargetError {}

/** The error that tells what is still in the journal after a removal; undefined where nothing is. */
export function leftBehind(journal: Journal, { failed }: Removal): LeftBehind | undefined {
  const count = journal.remaining().length;
  if (count === 0) return undefined;
  const [first = 'nobody answered'] = failed;
  const others = count === 1 ? '' : `, and ${count - 1} more`;
  const sentence = `${count} resource${count === 1 ? '' : 's'} could not be removed (${first}${others})`;
  return new LeftBehind(`${sentence}: \`lambda-conformance sweep\` tries again.`);
}
