/**
 * What went wrong with a call. The distinction that matters: did the target answer (a refusal, which rules
 * judge), or did it not (which is nobody's verdict)?
 */

/** An answer of error from something that speaks the API. */
export interface Refusal {
  readonly kind: 'refused';
  readonly status: number;
  readonly error: string;
  readonly message: string;
  readonly reason?: string;
  readonly requestId?: string;
}

/** No answer, or none in the API's language. `broken` connections may be the fault of one call only. */
export interface Silence {
  readonly kind: 'closed' | 'broken' | 'slow' | 'foreign' | 'unsent';
  readonly message: string;
  /** Of a foreign answer. */
  readonly status?: number;
}

export type Failure = Refusal | Silence;

interface SdkError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  readonly Reason?: string;
  readonly __type?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $fault?: string;
  readonly errors?: readonly { readonly code?: string }[];
}

const CLOSED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN']);

/** What the SDK's exception says about the call. */
export function failureOf(thrown: unknown): Failure {
  if (typeof thrown !== 'object' || thrown === null) return { kind: 'unsent', message: String(thrown) };
  const error = thrown as SdkError;
  const status = error.$metadata?.httpStatusCode;
  const message = firstLine(error.message ?? '');
  // An answer came (it has a status) and the SDK could not read it: a web page, say.
  if (error.name === 'SyntaxError' || (status !== undefined && error.$fault === undefined)) {
    return {
      kind: 'foreign',
      message: `status ${status ?? '?'}, not in the format of the AWS API`,
      ...(status === undefined ? {} : { status }),
    };
  }
  if (status !== undefined && error.$fault !== undefined) {
    return {
      kind: 'refused',
      status,
      error: error.name ?? 'Unknown',
      message: error.message ?? '',
      ...(error.Reason === undefined ? {} : { reason: error.Reason }),
      ...(error.$metadata?.requestId === undefined ? {} : { requestId: error.$metadata.requestId }),
    };
  }
  const code = error.code ?? error.errors?.[0]?.code;
  if (code !== undefined && CLOSED.has(code)) return { kind: 'closed', message: code };
  if (error.name === 'AbortError' || (error.name === 'TimeoutError' && code === undefined)) {
    return { kind: 'slow', message };
  }
  if (code !== undefined || error.$metadata !== undefined)
    return { kind: 'broken', message: code ?? message };
  return { kind: 'unsent', message };
}

// Names by which AWS-like services say that an operation is not there at all.
const DECLINING =
  /^(NotImplemented|UnknownOperation|InvalidAction|UnsupportedOperation|MethodNotAllowed|PathNotFound)/i;
const DECLINING_TEXT =
  /not (yet )?(been )?(implemented|supported)|unsupported|unknown (operation|action|service)|no handler|requires? (docker|a (pro|paid)|pro\b)/i;

// With these a proxy says, in its own words, that the service behind it is busy or away at the moment.
const GATEWAY: ReadonlySet<number> = new Set([502, 503, 504]);

/**
 * Whether the failure says that the target does not offer this, whatever the input: by a refusal in so many words, or
 * by an answer that is not the API's at all.
 */
export function isDecline(refusal: Failure): boolean {
  if (refusal.kind === 'foreign') return !GATEWAY.has(refusal.status ?? 0);
  if (refusal.kind !== 'refused') return false;
  if (refusal.status === 501 || refusal.status === 405) return true;
  if (DECLINING.test(refusal.error)) return true;
  // A refusal of the caller's input may well contain such words: AWS itself says "runtime not supported".
  return (refusal.status >= 500 || refusal.status === 404) && DECLINING_TEXT.test(refusal.message);
}

/** Whether what was refused is beyond the account's quotas, and would be served in another account. */
export const isOfAccount = (failure: Failure): boolean =>
  failure.kind === 'refused' &&
  (/LimitExceeded|QuotaExceeded/i.test(failure.error) || /unreserved|quota/i.test(failure.message));

/**
 * Whether a failing creation has certainly made nothing: it was refused, never arrived, or nobody is there who could
 * make it. A server's own error, and silence, may come after the deed.
 */
export function isNeverMade(failure: Failure): boolean {
  if (failure.kind === 'unsent' || failure.kind === 'closed') return true;
  if (failure.kind === 'foreign') return isRefusal(failure.status ?? 200);
  return failure.kind === 'refused' && (isRefusal(failure.status) || isDecline(failure));
}

// 501 says that it is not implemented, which is certain.
const isRefusal = (status: number): boolean => (status >= 400 && status < 500) || status === 501;

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

/** A failure as the end of a sentence for the user. */
export function describe(failure: Failure): string {
  if (failure.kind === 'refused') {
    return `${failure.error} (${failure.status})${failure.message === '' ? '' : `: ${firstLine(failure.message)}`}`;
  }
  return failure.message;
}
