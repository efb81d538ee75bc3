/** AWS, lambda-concurrency.html and API_PutFunctionConcurrency.html: which reserves and provisions are refused. */
import { api, defineRule, guide } from '../../engine/rule.ts';
import { leavesUnreserved, withinReserve } from '../limits/capacity.ts';
import { provisionedPublished } from '../limits/constraints.ts';
import { constrained } from '../limits/faults.ts';

export const res04 = defineRule({
  id: 'CONC-RES-04',
  level: 'MUST',
  invariant:
    'A reserve that would leave fewer than 100 concurrent executions of the account unreserved is refused.',
  sources: [api('PutFunctionConcurrency'), guide('configuration-concurrency'), guide('lambda-concurrency')],
  needs: ['reserved'],
  isOfRequests: true,
  ...constrained(leavesUnreserved),
});

export const prov01 = defineRule({
  id: 'CONC-PROV-01',
  level: 'MUST',
  invariant: 'The provisioned concurrency of a function may not exceed its reserve, whichever is set last.',
  sources: [guide('lambda-concurrency')],
  needs: ['provisioned', 'reserved', 'versions'],
  isOfRequests: true,
  ...constrained(withinReserve),
});

export const prov04 = defineRule({
  id: 'CONC-PROV-04',
  level: 'MUST',
  invariant: 'Provisioned concurrency is for a version or an alias, and is refused for $LATEST.',
  sources: [guide('troubleshooting-invocation'), api('PutProvisionedConcurrencyConfig')],
  needs: ['provisioned'],
  isOfRequests: true,
  ...constrained(provisionedPublished),
});
