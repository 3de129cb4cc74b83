// Which things match a filter now, as the change feed asks their owner.
import { EnumField, ObjectField, TextField, TimeZoneField, UuidField } from '../validation/fields.js';
import { IdsField } from '../validation/items-field.js';
import type { Principal } from '../context/call-context.js';
import { internal, type ModuleContext, type OperationDraft } from './operation.js';

export const MAX_MATCHED_THINGS = 500;
/** Code points of a filter. */
export const MAX_FILTER_TEXT = 2_000;

/** The caller decides about `me`, the zone, personal filters, and the lists in reach. */
export class FilterCaller {
  @EnumField({ description: 'The kind.', values: ['api_key', 'user'] })
  kind: 'api_key' | 'user';

  @UuidField({ description: 'The id.' })
  id: string;

  @IdsField({
    description: 'The lists to which it is limited; null: all.',
    minItems: 0,
    maxItems: 10_000,
    nullable: true,
  })
  list_ids: string[] | null;
}

/** The text of a filter, or the id of a saved one. */
export class FilterToMatch {
  @TextField({ description: 'The text.', max: MAX_FILTER_TEXT, nullable: true })
  filter: string | null;

  @UuidField({ description: 'The saved filter.', nullable: true })
  filter_id: string | null;

  @TimeZoneField({ description: 'The zone of its dates; null: that of the caller.', nullable: true })
  timezone: string | null;

  @ObjectField(() => FilterCaller, { description: 'The caller.' })
  caller: FilterCaller;
}

export class MatchingQuery {
  @UuidField({ description: 'The workspace.' })
  workspace_id: string;

  @ObjectField(() => FilterToMatch, { description: 'The filter.' })
  filter: FilterToMatch;

  @IdsField({ description: 'The ids of the things.', minItems: 0, maxItems: MAX_MATCHED_THINGS })
  ids: string[];
}

/** The reason why a filter cannot be used: `validation_error`, `filter_not_found`, `filter_not_usable`. */
export interface FilterFaultOf {
  code: string;
  /** For `validation_error` the issue of the field. */
  message: string;
}

export class Matching {
  fault: FilterFaultOf | null;
  /** The ids of those that match now and that the caller reaches, in any order. */
  ids: string[];
}

/** `changesOf(type, { matching: … })` names it. The feed has verified the scope of the caller. */
export function matching(summary: string): OperationDraft<MatchingQuery, Matching, ModuleContext> {
  return internal({ summary, body: MatchingQuery, reply: Matching, reads: true, route: 'local-first' });
}

/** @throws TypeError for the system, which has no filters. */
export function filterCallerOf({ kind, id, listIds }: Principal): FilterCaller {
  if (kind === 'system') throw new TypeError('The system has no filters.');
  return { kind, id, list_ids: listIds ? [...listIds] : null };
}
