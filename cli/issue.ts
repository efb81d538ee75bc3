import type { z } from 'zod';

/** What is wrong with a file's content, and where: `steps[3].event: two steps have the event id "e1"`. */
export function issueOf(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'it does not fit the format';
  const { path, message } = deepest(issue);
  const where = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  return `${where === '' ? '' : `${where}: `}${message.replace(/\.$/, '')}`;
}

/** Of a value that may be one of several things: what is wrong with the one that it fits best. */
function deepest(issue: z.core.$ZodIssue): Pick<z.core.$ZodIssue, 'path' | 'message'> {
  if (issue.code !== 'invalid_union') return issue;
  let best: Pick<z.core.$ZodIssue, 'path' | 'message'> = issue;
  for (const [first] of issue.errors) {
    if (first === undefined) continue;
    const inner = deepest(first);
    const path = [...issue.path, ...inner.path];
    if (path.length > best.path.length) best = { path, message: inner.message };
  }
  return best;
}
