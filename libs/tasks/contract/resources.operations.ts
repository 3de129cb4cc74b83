import { IdsField, internal, operations, resources, UuidField } from '@mono/contract';

export const MAX_LIST_TITLES = 1_000;

export class ListTitlesQuery {
  @UuidField({ description: 'The workspace.' })
  workspace_id: string;

  @IdsField({ description: 'Lists.', maxItems: MAX_LIST_TITLES })
  list_ids: string[];
}

export class ListTitles {
  /** In the order of `list_ids`; null for lists that do not exist. */
  titles: (string | null)[];
}

export const tasksResources = operations(
  'tasks',
  {},
  {
    taskResources: resources('List tasks by id'),
    listResources: resources('List lists by id'),
    /** Those in the trash, too. */
    listTitles: internal({
      summary: 'Get the titles of lists',
      body: ListTitlesQuery,
      reply: ListTitles,
      reads: true,
      route: 'local-first',
    }),
  },
);
