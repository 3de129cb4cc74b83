// Which changes of tasks concern filters, as other modules ask: for a webhook, and for a reader of the change feed.
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import {
  Checked,
  EnumField,
  IdsField,
  InstantField,
  IntegerField,
  internal,
  ObjectField,
  ObjectsField,
  operations,
  TextField,
  TimeZoneField,
  UuidField,
  type Changes,
  type FieldOptions,
  type Principal,
} from '@mono/contract';
import { MAX_FILTER_CHARACTERS } from './task-constants.js';

export const MAX_MATCHED_FILTERS = 200;
export const MAX_MATCHED_CHANGES = 500;

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ChangesField(options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    Checked('changes', isObject, 'must be an object'),
    ApiProperty({ type: 'object', additionalProperties: true, description: options.description }),
  );
}

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
  @TextField({ description: 'The text.', max: MAX_FILTER_CHARACTERS, nullable: true })
  filter: string | null;

  @UuidField({ description: 'The saved filter.', nullable: true })
  filter_id: string | null;

  @TimeZoneField({ description: 'The zone of its dates; null: that of the caller.', nullable: true })
  timezone: string | null;

  @ObjectField(() => FilterCaller, { description: 'The caller.' })
  caller: FilterCaller;
}

/** A change of a task as its event has it. */
export class ChangeToMatch {
  @UuidField({ description: 'The task.' })
  task_id: string;

  @IntegerField({ description: 'The version after the change.', min: 1, max: 2 ** 31 - 1 })
  version: number;

  @InstantField({ description: 'When it was changed. Dates in filters are relative to it.' })
  occurred_at: string;

  @ChangesField({ description: 'Old and new values.' })
  changes: Changes;
}

export class MatchChanges {
  @UuidField({ description: 'The workspace.' })
  workspace_id: string;

  @ObjectsField(() => FilterToMatch, { description: 'The filters.', minItems: 1, maxItems: MAX_MATCHED_FILTERS })
  filters: FilterToMatch[];

  @ObjectsField(() => ChangeToMatch, { description: 'The changes.', minItems: 0, maxItems: MAX_MATCHED_CHANGES })
  changes: ChangeToMatch[];
}

export class MatchTasks {
  @UuidField({ description: 'The workspace.' })
  workspace_id: string;

  @ObjectField(() => FilterToMatch, { description: 'The filter.' })
  filter: FilterToMatch;

  @IdsField({ description: 'The tasks.', minItems: 0, maxItems: MAX_MATCHED_CHANGES })
  ids: string[];
}

/** The reason why a filter cannot be used: `validation_error`, `filter_not_found`, `filter_not_usable`. */
export interface FilterFaultOf {
  code: string;
  /** For `validation_error` the issue of the field. */
  message: string;
}

/** The answer for one filter. */
export class MatchedChanges {
  fault: FilterFaultOf | null;
  /** The places in `changes` of those whose task matches before or after. */
  matching: number[];
}

export class ChangesMatched {
  /** By the places of the filters. */
  results: MatchedChanges[];
}

export class TasksMatched {
  fault: FilterFaultOf | null;
  /** The ids of those that match now. */
  ids: string[];
}

const READS = { reads: true, timeoutMs: 20_000, route: 'local-first' } as const;

export const filterMatchesOperations = operations(
  'tasks',
  {},
  {
    matchChanges: internal({
      summary: 'Match changes of tasks with filters',
      body: MatchChanges,
      reply: ChangesMatched,
      ...READS,
    }),
    matchTasks: internal({ summary: 'Match tasks with a filter', body: MatchTasks, reply: TasksMatched, ...READS }),
  },
);

/** @throws TypeError for the system, which has no filters. */
export function filterCallerOf({ kind, id, listIds }: Principal): FilterCaller {
  if (kind === 'system') throw new TypeError('The system has no filters.');
  return { kind, id, list_ids: listIds ? [...listIds] : null };
}
