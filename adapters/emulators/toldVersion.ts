import { z } from 'zod';

/** Where an instance that runs already tells its version: a path, and the member of the JSON that answers there. */
export interface VersionPlace {
  readonly path: string;
  readonly member: string;
}

/** The version that the instance at `url` tells of itself; the empty string where it tells none: reports say so then. */
export async function toldVersion(url: string, { path, member }: VersionPlace): Promise<string> {
  try {
    const answer = await fetch(new URL(path, url), { signal: AbortSignal.timeout(5_000) });
    if (!answer.ok) return '';
    return z.looseObject({ [member]: z.string() }).parse(await answer.json())[member] ?? '';
  } catch {
    return '';
  }
}
