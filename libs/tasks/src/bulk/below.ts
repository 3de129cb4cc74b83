// The trees below tasks: which subtasks go along, and which of the tasks is above which.
import type { Executor, Statement } from '@mono/platform';

interface Member {
  id: string;
  parent_id: string | null;
}

const TREES: Statement = {
  name: 'tasks.bulk_trees',
  text: `WITH RECURSIVE tree AS (
      SELECT id, parent_id, list_id FROM tasks.task WHERE id = ANY($1::uuid[]) AND workspace_id = $2
      UNION SELECT c.id, c.parent_id, c.list_id FROM tree p JOIN tasks.task c ON c.parent_id = p.id
      WHERE c.workspace_id = $2 AND ($3::boolean OR c.list_id = p.list_id)
    ) SELECT id, parent_id FROM tree`,
};

export class Below {
  private readonly members: ReadonlyMap<string, Member>;

  private constructor(
    private readonly roots: ReadonlySet<string>,
    members: readonly Member[],
  ) {
    this.members = new Map(members.map((member) => [member.id, member]));
  }

  /** For tasks that nothing goes along with. */
  static only(tasks: readonly Member[]): Below {
    return new Below(new Set(tasks.map(({ id }) => id)), tasks);
  }

  /** @param elsewhere whether also along subtasks in other lists. */
  static async read(on: Executor, workspaceId: string, roots: readonly string[], elsewhere: boolean): Promise<Below> {
    return new Below(new Set(roots), await on.query<Member>(TREES, [roots, workspaceId, elsewhere]));
  }

  /** The number of those that are not among the tasks themselves. */
  get subtasks(): number {
    return this.members.size - this.roots.size;
  }

  /** The highest of the tasks above, else the task itself. */
  topOf(id: string): string {
    return this.ancestry(id).findLast((above) => this.roots.has(above)) ?? id;
  }

  depthOf(id: string): number {
    return this.ancestry(id).length;
  }

  /** From the task up, as far as the trees reach. */
  private ancestry(id: string): string[] {
    const line: string[] = [];
    for (let at = this.members.get(id); at; at = this.members.get(at.parent_id ?? '')) line.push(at.id);
    return line;
  }
}
