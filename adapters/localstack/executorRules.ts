/**
 * Rules about what an attempt looks like from outside. Where LocalStack runs in a container, its own runtime decides
 * that; in process mode our executor does (process/lambda_conformance_localstack), so that nothing can be held
 * against LocalStack, nor be said for it.
 */
const DECIDED = {
  'which ends of an attempt are function errors': ['SYNC-ERRHDR-01'],
  'the payload of a result and of an error': ['SYNC-PAYLOAD-01', 'SYNC-PAYLOAD-02'],
  'how long a result may be': ['SYNC-RESPSIZE-01'],
  'when an attempt is ended for its timeout': ['SYNC-TIMEOUT-01'],
} as const;

/** By rule, the reason for which LocalStack, or the fork of that name, is not judged by it in process mode. */
export const executorRules = (name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(DECIDED).flatMap(([what, ids]) =>
      ids.map((id) => [id, `decided by the suite's own executor, not by ${name}: ${what}`]),
    ),
  );
