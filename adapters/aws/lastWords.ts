import { TargetGone } from '../../engine/target.ts';
import { pause } from './steps.ts';

/** A port closes a moment before its process is gone. */
const LAST_WORDS_SECONDS = 0.2;

/** What was `thrown` about a target that is gone, with its last words where it left any. */
export async function withLastWords(
  thrown: unknown,
  lastWords: (() => string | undefined) | undefined,
): Promise<unknown> {
  if (!(thrown instanceof TargetGone) || lastWords === undefined) return thrown;
  await pause(LAST_WORDS_SECONDS, new AbortController().signal);
  const words = lastWords();
  return words === undefined ? thrown : new TargetGone(`${thrown.message} Its last words: ${words}`);
}
