import { fromEnvironment } from '../library/environment.ts';
import { conformance } from '../library/vitest.ts';
import { kafkaMqRules } from './kafkaMq/index.ts';
import { mappingRules } from './mappings/index.ts';
import { permissionRules } from './permissions/index.ts';
import { sqsRules } from './sqs/index.ts';
import { streamRules } from './streams/index.ts';

conformance({
  ...fromEnvironment(),
  rules: [...mappingRules, ...sqsRules, ...streamRules, ...kafkaMqRules, ...permissionRules],
});
