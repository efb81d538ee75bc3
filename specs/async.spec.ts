import { fromEnvironment } from '../library/environment.ts';
import { conformance } from '../library/vitest.ts';
import { asyncRules } from './async/index.ts';

conformance({ ...fromEnvironment(), rules: asyncRules });
