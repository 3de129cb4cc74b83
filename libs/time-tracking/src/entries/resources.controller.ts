// Entries as they are now, for the change feed.
import { Controller } from '@nestjs/common';
import type { Resources, ResourcesQuery } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import { timeTrackingResources as operations } from '../../contract/index.js';
import { readEntriesByIds } from '../persistence/entry-reads.js';
import { toEntry } from '../persistence/entry-rows.js';
import { readSettings } from '../persistence/settings-rows.js';

@Controller()
export class ResourcesController {
  constructor(private readonly database: Database) {}

  @Operation(operations.entryResources)
  async entryResources({ ids, workspace_id, list_ids }: ResourcesQuery): Promise<Resources> {
    const reach = { workspaceId: workspace_id, listIds: list_ids ?? undefined };
    const [rows, settings] = await Promise.all([
      readEntriesByIds(this.database, reach, ids),
      readSettings(this.database, workspace_id),
    ]);
    return { items: rows.map((row) => toEntry(row, settings)) };
  }
}
