import { fromEnvironment } from '../library/environment.ts';
import { conformance } from '../library/vitest.ts';
import { limitRules } from './limits/index.ts';

conformance({ ...fromEnvironment(), rules: limitRules });
