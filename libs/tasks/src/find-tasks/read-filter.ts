// Reads the filter of a query as its caller means it now: dates in the caller's zone, lists and members by their names.
import { Inject, Injectable } from '@nestjs/common';
import { membersOperations } from '@mono/auth/contract';
import { Bus } from '@mono/bus';
import { clientOf, InvalidInputError, zoneOf, type CallContext } from '@mono/contract';
import { Database, type Executor } from '@mono/platform';
import type { FilterNode } from '../domain/filter/filter.js';
import { FilterError } from '../domain/filter/filter-error.js';
import { namesIn, requireNames, type Meaning, type Names } from '../domain/filter/meaning.js';
import { parseFilter } from '../domain/filter/parse-filter.js';
import { UUID } from '../domain/filter/values.js';
import { reaches } from '../domain/reach.js';

export interface Filter {
  node: FilterNode;
  meaning: Meaning;
}

/** Pages of members that are looked through for a name. */
const MEMBER_PAGES = 10;
const MEMBER_PAGE = 200;
const MAX_EXPECTED = 8;
/** Completions of one kind. */
const MAX_NAMES = 20;

@Injectable()
export class ReadFilter {
  constructor(
    private readonly bus: Bus,
    @Inject(Database) private readonly database: Executor,
  ) {}

  /** @throws InvalidInputError that names the place of the fault. */
  async of(
    context: CallContext,
    { filter, timezone }: { filter?: string | undefined; timezone?: string | undefined },
  ): Promise<Filter | undefined> {
    return filter === undefined ? undefined : this.read(context, { filter, timezone });
  }

  /** @throws InvalidInputError that names the place of the fault. */
  async read(
    context: CallContext,
    { filter, timezone }: { filter: string; timezone?: string | undefined },
  ): Promise<Filter> {
    const { kind, id } = context.principal;
    const { node, names } = await this.resolve(context, filter, kind === 'user' ? [id] : []);
    const zone = timezone ?? zoneOf(context.principal);
    return { node, meaning: { ...names, clock: { nowMs: Date.now(), zone } } };
  }

  /** For a filter that others will read, too: `me` stands for each of them. @throws InvalidInputError as `read`. */
  async requireValid(context: CallContext, filter: string): Promise<void> {
    await this.resolve(context, filter, [context.principal.id]);
  }

  private async resolve(
    context: CallContext,
    filter: string,
    me: string[],
  ): Promise<{ node: FilterNode; names: Names }> {
    try {
      const { node } = parseFilter(filter);
      const names = { lists: await this.listsOf(context, node), members: await this.membersOf(context, node, me) };
      requireNames(node, names);
      return { node, names };
    } catch (error) {
      throw error instanceof FilterError ? asInvalidInput(error) : error;
    }
  }

  /** The titles of lists that begin with the prefix, in any case. */
  async listsStartingWith({ principal }: CallContext, prefix: string, limit = MAX_NAMES): Promise<string[]> {
    const rows = await this.database.query<{ title: string }>(
      `SELECT DISTINCT title FROM tasks.list
       WHERE workspace_id = $1 AND starts_with(lower(title), lower($2)) AND ($3::uuid[] IS NULL OR id = ANY($3)) ORDER BY 1 LIMIT $4`,
      [principal.workspaceId, prefix, principal.listIds ?? null, limit],
    );
    return rows.map(({ title }) => title);
  }

  /** The names of members that begin with the prefix, in any case. */
  async membersStartingWith(context: CallContext, prefix: string, limit = MAX_NAMES): Promise<string[]> {
    const members = await this.findMembers(context);
    const wanted = prefix.toLowerCase();
    return members.flatMap(({ name }) => (name.toLowerCase().startsWith(wanted) ? name : [])).slice(0, limit);
  }

  private async listsOf({ principal }: CallContext, node: FilterNode): Promise<Names['lists']> {
    const texts = namesIn(node, 'list').map(({ text }) => text);
    if (texts.length === 0) return new Map();
    const lower = texts.map((text) => text.toLowerCase());
    // By its id, a list is found without reading all titles.
    const areIds = lower.every((text) => UUID.test(text));
    const rows = await this.database.query<{ id: string; title: string }>(
      {
        name: areIds ? 'tasks.lists_by_id' : 'tasks.lists_by_name',
        text: `SELECT id, title FROM tasks.list WHERE workspace_id = $1
          AND ${areIds ? 'id = ANY($2::uuid[])' : '(id::text = ANY($2::text[]) OR lower(title) = ANY($2::text[]))'}`,
      },
      [principal.workspaceId, lower],
    );
    const near = rows.filter(({ id }) => reaches(principal, id));
    return byText(texts, (text) =>
      near.filter(({ id, title }) => id === text || title.toLowerCase() === text).map(({ id }) => id),
    );
  }

  private async membersOf(context: CallContext, node: FilterNode, me: string[]): Promise<Names['members']> {
    const texts = namesIn(node, 'assignee').map(({ text }) => text);
    const named = texts.filter((text) => text.toLowerCase() !== 'me' && !UUID.test(text));
    const members = named.length === 0 ? [] : await this.findMembers(context);
    return byText(texts, (text) => {
      if (text === 'me') return me;
      if (UUID.test(text)) return [text];
      const found = members.filter(({ name, email }) => [name.toLowerCase(), email?.toLowerCase()].includes(text));
      return found.map(({ id }) => id);
    });
  }

  private async findMembers(context: CallContext): Promise<{ id: string; name: string; email?: string }[]> {
    const client = clientOf(this.bus, membersOperations);
    const members = [];
    let cursor: string | undefined;
    for (let page = 0; page < MEMBER_PAGES; page += 1) {
      const found = await client.findMembers({ limit: MEMBER_PAGE, ...(cursor !== undefined && { cursor }) }, context);
      members.push(...found.items);
      if (found.page.next_cursor === null) break;
      cursor = found.page.next_cursor;
    }
    return members;
  }
}

function byText(texts: readonly string[], find: (text: string) => string[]): Map<string, string[]> {
  return new Map(texts.map((text) => [text, find(text.toLowerCase())]));
}

function asInvalidInput({ message, span, expected }: FilterError): InvalidInputError {
  const some = expected.length > MAX_EXPECTED ? [...expected.slice(0, MAX_EXPECTED), '…'] : expected;
  const hint = some.length === 0 ? '' : ` Expected: ${some.join(', ')}.`;
  return new InvalidInputError([
    { field: 'filter', code: 'wrong_format', issue: `character ${span.start + 1}: ${message}${hint}` },
  ]);
}
