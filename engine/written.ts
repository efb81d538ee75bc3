/** What is sent for a record: its text as it stands on the wire, and what that takes. */
import { hash } from 'node:crypto';
import { recurring } from './recurring.ts';
import { type RecordSpec, textOf } from './sourceSpec.ts';

export class Written {
  readonly text: string;
  readonly bytes: number;
  /** How many characters JSON writes more where the text is a part of it, for quotes, backslashes and control characters. */
  readonly escapes: number;
  private digest: string | undefined = undefined;

  constructor(text: string) {
    this.text = text;
    this.bytes = Buffer.byteLength(text);
    this.escapes = escapesIn(text);
  }

  /** The digest of the text, in hexadecimal. */
  get md5(): string {
    this.digest ??= hash('md5', this.text);
    return this.digest;
  }
}

function escapesIn(text: string): number {
  let more = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34 || code === 92) more++;
    else if (code < 32) more += 5;
  }
  return more;
}

/** To count bytes and to digest costs more than all else that is done with a record; most are `{"record":"r1"}`. */
const ofText = recurring((text) => new Written(text));
const ofId = recurring((id) => new Written(textOf(PLAIN, id)));
const PLAIN: RecordSpec = { record: '', plan: [] };

/** What is sent for the record `id`. */
export function writtenOf(spec: RecordSpec, id: string): Written {
  const isPlain = spec.body === undefined && spec.text === undefined;
  return isPlain ? ofId(id) : ofText(textOf(spec, id));
}
