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
