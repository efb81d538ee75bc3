/** AWS, API_PutFunctionConcurrency.html and API_PutProvisionedConcurrencyConfig.html: the bounds of both. */
import { api, defineRule } from '../../engine/rule.ts';
import {
  provisionedLeast,
  provisionedQualifier,
  reservedGiven,
  reservedLeast,
  reservedUnqualified,
} from './constraints.ts';
import { constrained } from './faults.ts';

export const conc01 = defineRule({
  id: 'LIM-CONC-01',
  level: 'MUST',
  invariant:
    'ReservedConcurrentExecutions is 0 or more, and is set on a function, not on a version or an alias.',
  sources: [api('PutFunctionConcurrency')],
  needs: ['reserved'],
  isOfRequests: true,
  ...constrained(reservedGiven, reservedLeast, reservedUnqualified),
});

export const conc02 = defineRule({
  id: 'LIM-CONC-02',
  level: 'MUST',
  invariant: 'ProvisionedConcurrentExecutions is 1 or more, and a Qualifier is given.',
  sources: [api('PutProvisionedConcurrencyConfig')],
  needs: ['provisioned'],
  isOfRequests: true,
  ...constrained(provisionedLeast, provisionedQualifier),
});
