import { ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { TargetGone } from '../../engine/target.ts';
import type { Clients } from './clients.ts';
import { describe, type Failure, failureOf } from './failures.ts';

/** A target that does not answer the smallest request within this time hangs. */
const PATIENCE_MS = 5_000;
/** In the middle of a run it may be busy with what it was asked for: payloads of megabytes, dozens of cold starts. */
export const BUSY_PATIENCE_MS = 30_000;

/** What answered at the endpoint, if anything did. */
export type Contact =
  | { readonly is: 'lambda'; readonly latencySeconds: number }
  | { readonly is: 'other' | 'nothing' | 'silent' | 'unsent'; readonly failure: Failure };

/** Asks for the list of functions; once more where the connection broke, for it may have been an old one. */
export async function contact(clients: Clients, patienceMs = PATIENCE_MS): Promise<Contact> {
  const first = await ask(clients, patienceMs);
  return first.is === 'nothing' && first.failure.kind === 'broken' ? ask(clients, patienceMs) : first;
}

async function ask(clients: Clients, patienceMs: number): Promise<Contact> {
  const before = performance.now();
  try {
    const answer = await clients.lambda.send(new ListFunctionsCommand({ MaxItems: 1 }), {
      abortSignal: AbortSignal.timeout(patienceMs),
    });
    const latencySeconds = (performance.now() - before) / 1000;
    // Some servers answer everything with an empty object; Lambda's answer has the list, even if it is empty.
    if (Array.isArray(answer.Functions)) return { is: 'lambda', latencySeconds };
    return { is: 'other', failure: { kind: 'foreign', message: 'an answer without a list of functions' } };
  } catch (thrown) {
    const failure = failureOf(thrown);
    if (failure.kind === 'closed' || failure.kind === 'broken') return { is: 'nothing', failure };
    if (failure.kind === 'slow') return { is: 'silent', failure };
    if (failure.kind === 'unsent') return { is: 'unsent', failure };
    return { is: 'other', failure };
  }
}

/** The sentence for a user whose endpoint is not, or no longer, what it should be. */
export function contactSentence(
  where: string,
  seen: Exclude<Contact, { is: 'lambda' }>,
  patienceMs = PATIENCE_MS,
): string {
  switch (seen.is) {
    case 'nothing':
      // What TLS makes of an answer in plain text.
      if (where.startsWith('https:') && describe(seen.failure) === 'EPROTO') {
        return `${where} does not speak TLS: write the endpoint as http${where.slice('https'.length)}.`;
      }
      return `Nothing answers at ${where} (${describe(seen.failure)}): start the target there, or give another --endpoint.`;
    case 'silent':
      return `${where} accepts connections but does not answer within ${patienceMs / 1000} s: see its log, or start it anew.`;
    case 'unsent':
      return `Calls to ${where} cannot be sent (${describe(seen.failure)}): check endpoint, Region and credentials.`;
    case 'other':
      return `${where} answers, but not as the Lambda API (${describe(seen.failure)}): give the --endpoint of the AWS API.`;
  }
}

/** @throws TargetGone where nothing that speaks Lambda's API answers at `where` within `patienceMs`. */
export async function requireContact(
  clients: Clients,
  where: string,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const seen = await contact(clients, patienceMs);
  if (seen.is !== 'lambda') throw new TargetGone(contactSentence(where, seen, patienceMs));
}
