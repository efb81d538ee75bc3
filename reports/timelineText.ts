/** A timeline as text, for a terminal or a log of 80 columns. */

import { type Colours, PLAIN } from './colours.ts';
import type { Row } from './timeline.ts';

export interface TextOptions {
  /** Positions of entries to be marked, the first as where it broke. */
  readonly marks?: readonly number[];
  /** Rows to show at most: those of the marked events first, and those near the marks. */
  readonly rows?: number;
  readonly columns?: number;
  readonly colours?: Colours;
}

const TEXT_COLUMNS = 24;

/** Draws rows as lines: time, event, tree, what happened, detail, marks. */
export function timelineText(all: readonly Row[], options: TextOptions = {}): string[] {
  const { marks = [], columns = 80, colours = PLAIN } = options;
  const rows = near(all, marks, options.rows ?? Number.POSITIVE_INFINITY);
  const width = Math.max(2, ...rows.map(({ event }) => event.length));
  const timeWidth = Math.max(5, ...rows.map(({ at }) => at.toFixed(2).length));
  const tree = branches(rows);
  const lines = rows.map((row, index) => {
    const first = marks[0] !== undefined && row.entries.includes(marks[0]);
    const mark = first ? '◀ here' : row.entries.some((entry) => marks.includes(entry)) ? '◀' : '';
    const sign = row.went === undefined ? '' : row.went === 'well' ? '✓ ' : '✗ ';
    const head = ` ${row.at.toFixed(2).padStart(timeWidth)}  ${row.event.padEnd(width)}  `;
    const outcome = `${sign}${row.outcome ?? ''}`.trim();
    const text = `${tree[index]}${outcome === '' ? row.text : `${row.text.padEnd(9)}  ${outcome}`}`;
    const room = columns - head.length - (mark === '' ? 0 : mark.length + 1);
    const body = cut(row.detail === '' ? text : `${text.padEnd(TEXT_COLUMNS)}  ${row.detail}`, room);
    const painted = row.went === undefined ? body : paintSign(body, row.went, colours);
    const line =
      mark === '' ? painted : `${painted}${' '.repeat(room - body.length + 1)}${colours.red(mark)}`;
    return `${colours.dim(head)}${line}`.trimEnd();
  });
  const left = all.length - rows.length;
  if (left > 0)
    lines.push(`${' '.repeat(timeWidth + 3)}(${left} more ${left === 1 ? 'line' : 'lines'} left out)`);
  return lines;
}

/** `├─` for each row of an event after its first, `└─` for its last. */
function branches(rows: readonly Row[]): string[] {
  const last = new Map<string, number>();
  rows.forEach(({ event }, index) => {
    last.set(event, index);
  });
  const seen = new Set<string>();
  return rows.map(({ event }, index) => {
    if (event === '' || !seen.has(event)) {
      seen.add(event);
      return '';
    }
    return last.get(event) === index ? '└─ ' : '├─ ';
  });
}

/** At most `most` rows: of the marked events where there are too many, and of these the ones around the marks. */
function near(rows: readonly Row[], marks: readonly number[], most: number): readonly Row[] {
  if (rows.length <= most) return rows;
  const isMarked = (row: Row) => row.entries.some((entry) => marks.includes(entry));
  const events = new Set(rows.filter(isMarked).map(({ event }) => event));
  const own = rows.filter((row) => row.event === '' || events.has(row.event));
  if (own.length <= most) return own;
  const centre = Math.max(0, own.findIndex(isMarked));
  const from = Math.max(0, Math.min(centre - Math.ceil(most * 0.7), own.length - most));
  return own.slice(from, from + most);
}

const cut = (text: string, room: number): string =>
  text.length <= room ? text : `${text.slice(0, Math.max(0, room - 1))}…`;

function paintSign(text: string, went: 'well' | 'badly', colours: Colours): string {
  return went === 'well' ? text.replace('✓', colours.green('✓')) : text.replace('✗', colours.red('✗'));
}
