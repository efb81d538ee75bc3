/** The keys that a schema allows at a place: zod tells which key is wrong, but not which would be right. */
import type { z } from 'zod';

type Schema = z.core.$ZodType;

/** The keys of the object at `path`, of each kind of object that `value` may be there; none where it is no object. */
export function knownKeys(schema: Schema, path: readonly PropertyKey[], value: unknown): readonly string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object': {
      const [key, ...rest] = path;
      if (key === undefined) return Object.keys(def.shape);
      const inner = Object.hasOwn(def.shape, key) ? def.shape[String(key)] : undefined;
      return inner === undefined ? [] : knownKeys(inner, rest, member(value, key));
    }
    case 'array': {
      const [index, ...rest] = path;
      return index === undefined ? [] : knownKeys(def.element, rest, member(value, index));
    }
    case 'union': {
      const tag = 'discriminator' in def ? String(def.discriminator) : undefined;
      const fits = (option: Schema) =>
        tag === undefined ||
        option._zod.propValues?.[tag]?.has(member(value, tag) as z.core.util.Primitive) === true;
      return def.options.filter(fits).flatMap((option) => knownKeys(option, path, value));
    }
    case 'optional':
    case 'default':
    case 'nullable':
      return knownKeys(def.innerType, path, value);
    default:
      return [];
  }
}

/** A member of an object or an item of an array; undefined where there is none. */
export function member(value: unknown, key: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Readonly<Record<PropertyKey, unknown>>)[key];
}
