// Tasks and lists as they are now, for the change feed and for reports.
import { Controller } from '@nestjs/common';
import type { InputOf, Resources, ResourcesQuery } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import { tasksResources as operations, type ListTitles } from '../../contract/index.js';
import { listSelection, toList, type ListRow } from '../persistence/list-row.js';
import { endOfToday } from '../persistence/upcoming.js';
import { taskColumns, toTask, type TaskRow } from '../persistence/task-row.js';

const TASKS = {
  name: 'tasks.task_resources',
  text: `SELECT ${taskColumns('t')} FROM tasks.task t WHERE t.id = ANY($1::uuid[]) AND t.workspace_id = $2
    AND ($3::uuid[] IS NULL OR t.list_id = ANY($3::uuid[]))`,
};
/** The same for all who follow the changes: without their favorites, and with days in UTC. */
const { columns, counts } = listSelection('$4');
const LISTS = {
  name: 'tasks.list_resources',
  text: `SELECT ${columns} FROM tasks.list l ${counts}
    WHERE l.id = ANY($1::uuid[]) AND l.workspace_id = $2 AND ($3::uuid[] IS NULL OR l.id = ANY($3::uuid[]))`,
};
const TITLES = {
  name: 'tasks.list_titles',
  text: `SELECT id, title FROM tasks.list WHERE workspace_id = $1 AND id = ANY($2::uuid[])
    UNION ALL SELECT id, title FROM tasks.trash WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND kind = 'list'`,
};

@Controller()
export class ResourcesController {
  constructor(private readonly database: Database) {}

  @Operation(operations.taskResources)
  async taskResources({ ids, workspace_id, list_ids }: ResourcesQuery): Promise<Resources> {
    const rows = await this.database.query<TaskRow>(TASKS, [ids, workspace_id, list_ids]);
    return { items: rows.map(toTask) };
  }

  @Operation(operations.listResources)
  async listResources({ ids, workspace_id, list_ids }: ResourcesQuery): Promise<Resources> {
    const rows = await this.database.query<ListRow>(LISTS, [ids, workspace_id, list_ids, endOfToday('UTC')]);
    return { items: rows.map(toList) };
  }

  @Operation(operations.listTitles)
  async listTitles({ workspace_id, list_ids }: InputOf<typeof operations.listTitles>): Promise<ListTitles> {
    const rows = await this.database.query<{ id: string; title: string }>(TITLES, [workspace_id, list_ids]);
    const titles = new Map(rows.map(({ id, title }) => [id, title]));
    return { titles: list_ids.map((id) => titles.get(id) ?? null) };
  }
}
