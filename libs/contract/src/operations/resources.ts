// The current representations of things, which the change feed asks their owner for.
import { IdsField } from '../validation/items-field.js';
import { UuidField } from '../validation/fields.js';
import { internal, type ModuleContext, type OperationDraft } from './operation.js';

export const MAX_RESOURCES = 100;

export class ResourcesQuery {
  @UuidField({ description: 'The workspace.' })
  workspace_id: string;

  @IdsField({ description: 'The ids of the things.', maxItems: MAX_RESOURCES })
  ids: string[];

  @IdsField({
    description: 'The lists to which the caller is limited; null: all lists.',
    minItems: 0,
    maxItems: 10_000,
    nullable: true,
  })
  list_ids: string[] | null;
}

export class Resources {
  /** As the GET of each answers; without those that do not exist, or that the caller does not reach. In any order. */
  items: { id: string }[];
}

/** `changesOf(type, { resources: … })` names it. The feed has verified the scope of the caller. */
export function resources(summary: string): OperationDraft<ResourcesQuery, Resources, ModuleContext> {
  return internal({ summary, body: ResourcesQuery, reply: Resources, reads: true, route: 'local-first' });
}
