/** Which function, version or alias a request names. */
import type { Json } from '../../../engine/json.ts';
import { asObject, type JsonObject } from '../../../engine/record.ts';
import type { AccountState, FunctionState } from '../account.ts';

/** A name in any of its forms, taken apart. */
export interface Named {
  readonly name: string;
  /** From the name itself (`function:f:1`) or from `Qualifier`. */
  readonly qualifier: string | undefined;
  /** The name itself carries a qualifier. */
  readonly isQualified: boolean;
  /** The name alone, without account, `function:` or qualifier. */
  readonly isBare: boolean;
}

/** Takes `FunctionName` and `Qualifier` apart: `f`, `f:1`, `function:f`, `function:f:1`, or a whole ARN. */
export function namedBy(input: JsonObject): Named {
  const given = text(input['FunctionName']) ?? '';
  const prefix = given.indexOf('function:');
  const afterPrefix = prefix < 0 ? given : given.slice(prefix + 'function:'.length);
  const [name = '', own] = afterPrefix.split(':');
  return {
    name,
    qualifier: own ?? text(input['Qualifier']),
    isQualified: own !== undefined,
    isBare: afterPrefix === given && own === undefined,
  };
}

/** Whether the function has this version or alias; `$LATEST` and no qualifier at all are always there. */
export const hasQualifier = (owner: FunctionState, qualifier: string | undefined): boolean =>
  qualifier === undefined ||
  qualifier === '$LATEST' ||
  owner.versions.includes(qualifier) ||
  owner.aliases.has(qualifier);

/** The function, unless it is not declared or has been deleted. */
export function functionNamed(account: AccountState, name: string): FunctionState | undefined {
  if (account.resources.get(`function:${name}`)?.exists === false) return undefined;
  return account.functions.get(name);
}

export const text = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

export const number = (value: Json | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined;

/** The string under `key` of an object, where there is one. */
export const textIn = (value: Json | undefined, key: string): string | undefined =>
  text(asObject(value)?.[key]);

/** AWS's `LastModified` of the event-invoke configuration, seconds of the epoch. */
export const lastModified = (atSeconds: number): number => 1_763_942_400 + Math.floor(atSeconds);
