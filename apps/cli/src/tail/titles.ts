// The titles of things, looked up by the operation that gets one.
import type { AnyOperation } from '@mono/contract';
import { FEATURES } from '@mono/server/features';

/** Beyond, all are looked up again. */
const MOST = 10_000;
const TIMEOUT_MS = 2_000;

interface Named {
  title?: unknown;
  name?: unknown;
}

export class Titles {
  private readonly known = new Map<string, string>();
  private readonly getters = new Map<string, AnyOperation>();

  constructor(private readonly get: (path: string, signal: AbortSignal) => Promise<unknown>) {
    const operations = FEATURES.flatMap(({ operations: maps = [] }) => maps.flatMap((map) => Object.values(map)));
    for (const operation of operations) this.getters.set(operation.key, operation);
  }

  /** @param isCurrent whether the known title may have changed. @returns undefined for what has no title, or is gone. */
  async of(type: string, id: string, isCurrent: boolean): Promise<string | undefined> {
    const key = `${type}/${id}`;
    const known = this.known.get(key);
    if (isCurrent && known !== undefined) return known;
    const title = (await this.lookUp(type, id)) ?? known;
    if (this.known.size >= MOST) this.known.clear();
    if (title !== undefined) this.known.set(key, title);
    return title;
  }

  private async lookUp(type: string, id: string): Promise<string | undefined> {
    const http = this.getters.get(getterOf(type))?.http;
    if (!http || Object.keys(http.params).join() !== 'id') return undefined;
    try {
      const path = http.path.replace(':id', encodeURIComponent(id));
      const { title, name } = ((await this.get(path, AbortSignal.timeout(TIMEOUT_MS))) ?? {}) as Named;
      return [title, name].find((text) => typeof text === 'string');
    } catch {
      // The line shows the id.
      return undefined;
    }
  }
}

/** `calendar_feed`: `getCalendarFeed`. */
function getterOf(type: string): string {
  return `get_${type}`.replaceAll(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
