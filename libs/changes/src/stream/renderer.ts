// Turns rows of a feed into server-sent events for the callers that see the same of it.
import type { Change, FeedRow } from '../../contract/index.js';
import type { FeedView } from '../feed/feed-views.js';
import type { FilterReader } from '../feed/filter-reader.js';
import { withResources, type Reach, type ResourceReader } from '../feed/resource-reader.js';
import { merged, seenChange } from '../feed/seen-change.js';
import { encodeToken } from '../feed/token.js';
import type { Batch } from './feed-source.js';

export interface Chunk {
  bytes: Buffer;
  /** A stream that has it continues from here. */
  reached: number;
}

/** A chunk is as large as fits, and has at least one event. */
const CHUNK_BYTES = 32 * 1_024;

/** Owners of things, as a renderer asks them. */
export interface Readers {
  resources: ResourceReader;
  filters: FilterReader;
}

interface Seen {
  position: number;
  change: Change;
}

export class Renderer {
  private readonly open: ReadonlySet<string>;
  private readonly listed: ReadonlySet<string>;
  private readonly lists: ReadonlySet<string>;
  private readonly own: ReadonlySet<string>;
  private readonly personal: ReadonlySet<string>;

  constructor(
    readonly view: FeedView,
    private readonly readers: Readers,
  ) {
    const { open, listed, lists, own, personal } = view.visible;
    this.open = new Set(open);
    this.listed = new Set(listed);
    this.lists = new Set(lists);
    this.own = new Set(own);
    this.personal = new Set(personal);
  }

  /** Whether users with the same rights see different events of it. */
  isPersonal({ rows }: Batch): boolean {
    return rows.some(({ type }) => this.own.has(type) || this.personal.has(type));
  }

  /** @throws UnavailableError where things are included or filtered; DomainError of a filter that cannot be used. */
  async render({ rows, reached }: Batch, userId: string | null): Promise<Chunk[]> {
    const { scope, visible } = this.view;
    const caller = { ...visible, userId, workspaceId: scope.workspaceId };
    const seen = rows
      .filter((row) => this.isVisible(row, userId))
      .map((row) => ({ position: row.position, change: seenChange(row, caller) }));
    const shown = this.view.collapses ? collapsed(seen) : seen;
    const matching = this.view.filter ? await this.filtered(shown) : shown;
    return this.chunksOf(this.view.reach ? await this.completed(matching, this.view.reach) : matching, reached);
  }

  tokenOf(position: number): string {
    return encodeToken(position, this.view.scope);
  }

  private async filtered(seen: readonly Seen[]): Promise<Seen[]> {
    const changes = seen.map(({ change }) => change);
    return placed(seen, changes.map(await this.readers.filters.read(changes, this.view)));
  }

  private async completed(seen: readonly Seen[], reach: Reach): Promise<Seen[]> {
    const changes = seen.map(({ change }) => change);
    return placed(seen, withResources(changes, await this.readers.resources.read(changes, reach)));
  }

  private isVisible(row: FeedRow, userId: string | null): boolean {
    const { type, list_id: listId, from_list_id: fromId, thing_id: id, keys } = row;
    if (this.personal.has(type) && keys['user_id'] !== userId) return false;
    if (this.open.has(type)) return true;
    if (this.listed.has(type)) return this.lists.has(listId ?? '') || this.lists.has(fromId ?? '');
    if (!this.own.has(type)) return false;
    const isTheirs = (place: string | null): boolean => place === userId || place === this.view.scope.workspaceId;
    return [id, listId, fromId].some((place) => place !== null && isTheirs(place));
  }

  /** Collapsed changes are whole only together, so that nothing continues between them. */
  private chunksOf(seen: readonly Seen[], reached: number): Chunk[] {
    const { collapses } = this.view;
    const chunks: Chunk[] = [];
    let text = '';
    for (const [index, { position, change }] of seen.entries()) {
      const isLast = index === seen.length - 1;
      const place = isLast ? reached : position;
      if (isLast || !collapses) text += `id: ${this.tokenOf(place)}\n`;
      text += `event: change\ndata: ${JSON.stringify(change)}\n\n`;
      if (!isLast && (collapses || text.length < CHUNK_BYTES)) continue;
      chunks.push({ bytes: Buffer.from(text), reached: place });
      text = '';
    }
    return chunks;
  }
}

/** These changes at the places of those that they were made of. */
function placed(seen: readonly Seen[], changes: readonly Change[]): Seen[] {
  return seen.map(({ position, change }, index) => ({ position, change: changes[index] ?? change }));
}

/** Each thing once, where its last change is. */
function collapsed(seen: readonly Seen[]): Seen[] {
  const things = new Map<string, Seen>();
  for (const { position, change } of seen) {
    const key = `${change.type}/${change.thing_id}`;
    const known = things.get(key);
    things.delete(key);
    things.set(key, { position, change: known ? merged(known.change, change) : change });
  }
  return [...things.values()];
}
