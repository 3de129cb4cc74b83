// Templates as they are now, for the change feed.
import { Controller } from '@nestjs/common';
import type { Resources, ResourcesQuery } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import { recurrenceResources as operations } from '../../contract/index.js';
import { TEMPLATE_COLUMNS, toTemplate, type TemplateRow } from '../persistence/templates.store.js';
import { nextStarts } from './next-occurrences.js';

const TEMPLATES = {
  name: 'recurrence.template_resources',
  text: `SELECT ${TEMPLATE_COLUMNS} FROM recurrence.template t
    WHERE t.id = ANY($1::uuid[]) AND t.workspace_id = $2 AND ($3::uuid[] IS NULL OR t.list_id = ANY($3::uuid[]))
      AND t.deleted_at IS NULL`,
};

@Controller()
export class ResourcesController {
  constructor(private readonly database: Database) {}

  @Operation(operations.templateResources)
  async templateResources({ ids, workspace_id, list_ids }: ResourcesQuery): Promise<Resources> {
    const rows = await this.database.query<TemplateRow>(TEMPLATES, [ids, workspace_id, list_ids]);
    const next = await nextStarts(this.database, { listIds: list_ids }, rows);
    return { items: rows.map((row) => toTemplate(row, next.get(row.id))) };
  }
}
