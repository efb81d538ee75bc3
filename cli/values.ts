/** Parsers of flags' values; each throws a sentence that commander puts behind the flag's name. */
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import type { Level } from '../engine/rule.ts';
import type { Share } from '../engine/share.ts';

/** A whole number from 1 on. */
export function positive(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('Give a whole number from 1 on.');
  return value;
}

/** Seconds: a number above 0. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || value <= 0)
    throw new InvalidArgumentError('Give a number above 0, e.g. 0.2.');
  return value;
}

/** A seed: a whole number of at most 32 bits. */
export function seed(text: string): number {
  const value = Number(text);
  if (!/^-?\d+$/.test(text) || (value | 0) !== value)
    throw new InvalidArgumentError('Give a whole number from -2147483648 to 2147483647.');
  return value;
}

/** `1/60`, or a number: real seconds for one second of Lambda's waits, above 0 and at most 1. */
export function timeScale(text: string): number {
  const [, above = '', below = '1'] = /^(\d*\.?\d+)(?:\/(\d+))?$/.exec(text) ?? [];
  const value = Number(above) / Number(below);
  if (above === '' || !(value > 0) || value > 1)
    throw new InvalidArgumentError('Write it like 1/60: a minute of Lambda takes a second there.');
  return value;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600 };

/** `90s`, `10m`, `1h30m` as seconds. */
export function timeSeconds(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([smh])/g)];
  const seconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNIT_SECONDS[unit ?? ''] ?? 0),
    0,
  );
  if (parts.map(([part]) => part).join('') !== text || seconds <= 0)
    throw new InvalidArgumentError('Write it like 90s, 10m or 1h30m.');
  return seconds;
}

/** `2/4`: the second of four shares. */
export function shard(text: string): Share {
  const [, index, of] = /^([1-9]\d{0,4})\/([1-9]\d{0,4})$/.exec(text) ?? [];
  if (index === undefined || of === undefined || Number(index) > Number(of))
    throw new InvalidArgumentError('Write it like 1/4: the first of four shares.');
  return { index: Number(index), of: Number(of) };
}

/** A day, as `2027-01-31`. */
export function date(text: string): string {
  if (z.iso.date().safeParse(text).success) return text;
  throw new InvalidArgumentError('Write a day like 2027-01-31.');
}

/** An address on the web. */
export function link(text: string): string {
  if (z.url({ protocol: /^https?$/ }).safeParse(text).success) return text;
  throw new InvalidArgumentError('Write it like https://github.com/you/emulator/issues/12.');
}

/** A text that says something. */
export function words(text: string): string {
  if (text.trim() !== '') return text.trim();
  throw new InvalidArgumentError('Write a few words.');
}

const LEVELS: readonly Level[] = ['MUST', 'SHOULD', 'MAY'];

/** The levels from MUST down to the one that is named. */
export function levels(text: string): readonly Level[] {
  const last = LEVELS.indexOf(text.toUpperCase() as Level);
  if (last < 0) throw new InvalidArgumentError('Choose must, should or may.');
  return LEVELS.slice(0, last + 1);
}

export const REPORT_KINDS = ['md', 'junit', 'json', 'github'] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

export interface ReportRequest {
  readonly kind: ReportKind;
  readonly path: string;
}

/** `md=report.md,junit=report.xml`, added to what an earlier flag of the same name asked for. */
export function reports(text: string, earlier: readonly ReportRequest[] = []): readonly ReportRequest[] {
  const requests = text.split(',').map((part) => {
    const at = part.indexOf('=');
    const kind = part.slice(0, Math.max(0, at)) as ReportKind;
    const path = part.slice(at + 1);
    if (at < 1 || path === '' || !REPORT_KINDS.includes(kind)) {
      throw new InvalidArgumentError(`Write it like md=report.md; there are ${REPORT_KINDS.join(', ')}.`);
    }
    return { kind, path };
  });
  return [...earlier, ...requests];
}
