// The pieces of statements that are put together from conditions.
import { readSearch } from '@mono/contract/search-text';

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

export function literals(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ');
}

/** Whether a task `t` has the words of a search, as hasWords of ../domain/filter/matches.ts has it. */
export function wordsMatch(within: Within, q: string): string[] {
  const { required, phrases, excluded } = readSearch(q);
  const phrase = (text: string): string =>
    `t.search @@ phraseto_tsquery('simple'::regconfig, tasks.search_text(${within.parameters.add(text)}::text))`;
  if (required === '' && excluded.length === 0) return ['false'];
  const conditions = [...phrases.map(phrase), ...excluded.map((text) => `NOT (${phrase(text)})`)];
  if (required === '') return conditions;
  const words = `${within.parameters.add(required)}::text`;
  return [`t.search @@ tasks.search_query(${words})`, keysMatch(within, 'search_query_within', words), ...conditions];
}
