import { fromEnvironment } from '../library/environment.ts';
import { conformance } from '../library/vitest.ts';
import { syncRules } from './sync/index.ts';

conformance({ ...fromEnvironment(), rules: syncRules });
