// The pieces of statements that are put together from conditions.

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
