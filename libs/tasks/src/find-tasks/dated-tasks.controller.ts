// The one-off tasks of a list that have a due date, along an index of them alone.
import { Controller } from '@nestjs/common';
import { fittingItems, type InputOf } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import { datedTasksOperations, OPEN_STATUSES, type DatedTask, type DatedTasks } from '../../contract/index.js';
import { literals } from '../persistence/literals.js';
import { IS_FROM_TEMPLATE } from '../persistence/task-records.js';

const PART = `SELECT t.id, t.title, t.description, t.status, t.priority, t.tags, t.due_at, t.due_on::text AS due_on, t.timezone,
    t.completed_at, t.version, t.created_at, t.updated_at
  FROM tasks.task t
  WHERE t.workspace_id = $1 AND t.list_id = $2 AND t.template_id IS NULL AND t.due_instant IS NOT NULL AND NOT ${IS_FROM_TEMPLATE}`;
const ORDER = 'ORDER BY t.due_instant DESC, t.id DESC LIMIT $3';

const OPEN = {
  name: 'tasks.dated_open',
  text: `${PART} AND t.status IN (${literals(OPEN_STATUSES)}) ${ORDER}`,
};
const DONE = { name: 'tasks.dated_done', text: `${PART} AND t.status = 'done' ${ORDER}` };

@Controller()
export class DatedTasksController {
  constructor(private readonly database: Database) {}

  @Operation(datedTasksOperations.findDatedTasks)
  async findDatedTasks({
    workspace_id,
    list_id,
    which,
    limit,
  }: InputOf<typeof datedTasksOperations.findDatedTasks>): Promise<DatedTasks> {
    const read = (statement: typeof OPEN, most: number): Promise<DatedTask[]> =>
      this.database.query<DatedTask>(statement, [workspace_id, list_id, most]);
    const rows = await read(OPEN, limit + 1);
    if (which === 'all' && rows.length <= limit) rows.push(...(await read(DONE, limit + 1 - rows.length)));
    const items = fittingItems(rows.slice(0, limit));
    return { items, more: items.length < rows.length };
  }
}
