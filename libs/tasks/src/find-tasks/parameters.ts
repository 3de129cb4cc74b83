// The pieces of statements that are put together from conditions.
import { readSearch } from '@mono/contract/search-text';
import { searchConditions } from '@mono/platform';

/** Gathers a statement's parameters. */
export class Parameters {
  readonly values: unknown[] = [];

  add(value: unknown): string {
    return `$${this.values.push(value)}`;
  }
}

interface Within {
  workspaceId: string;
  parameters: Parameters;
}

/** Asks the index of all workspaces' words and tags, each of which begins with its workspace. */
export function keysMatch({ workspaceId, parameters }: Within, of: string, asked: string): string {
  const within = `${parameters.add(workspaceId)}::uuid`;
  return `tasks.search_keys(t.workspace_id, t.tags, t.search) @@ tasks.${of}(${within}, ${asked})`;
}

/** Whether a task `t` has the words of a search, as hasWords of ../domain/filter/matches.ts has it. */
export function wordsMatch(within: Within, q: string): string[] {
  const search = readSearch(q);
  const { parameters } = within;
  const add = (value: unknown): string => parameters.add(value);
  const conditions = searchConditions({ schema: 'tasks', search, add }, 't.search');
  if (search.required === '') return conditions;
  // The index knows words, but not where they are.
  return [...conditions, keysMatch(within, 'search_query_within', `${add(search.required)}::text`)];
}
