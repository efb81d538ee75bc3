import type { View } from '../engine/view.ts';

/**
 * A selection that several rules share: made once a view, however many rules ask for it. Rules decide one view
 * after the other, so the last one is all that has to be remembered.
 */
export function once<T>(select: (view: View) => T): (view: View) => T {
  let lastView: View | undefined;
  let last: T | undefined;
  return (view) => {
    if (view !== lastView) {
      last = select(view);
      lastView = view;
    }
    return last as T;
  };
}

/** The same for what is asked of single records, batches or mappings of a view again and again. */
export function onceEach<K, T>(select: (key: K, view: View) => T): (key: K, view: View) => T {
  const known = once(() => new Map<K, T>());
  return (key, view) => {
    const values = known(view);
    if (values.has(key)) return values.get(key) as T;
    const value = select(key, view);
    values.set(key, value);
    return value;
  };
}
