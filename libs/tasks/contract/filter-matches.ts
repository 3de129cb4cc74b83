// Which changes of tasks concern filters, as other modules ask: for a webhook, and for a reader of the change feed.
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import {
  FilterToMatch,
  InstantField,
  IntegerField,
  internal,
  matching,
  objectRule,
  ObjectsField,
  operations,
  Rule,
  UuidField,
  type Changes,
  type FieldOptions,
  type FilterFaultOf,
} from '@mono/contract';

export { FilterToMatch, type FilterFaultOf } from '@mono/contract';

export const MAX_MATCHED_FILTERS = 200;
export const MAX_MATCHED_CHANGES = 500;

function ChangesField(options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    Rule('changes', objectRule),
    ApiProperty({ type: 'object', additionalProperties: true, description: options.description }),
  );
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
    matchTasks: matching('Match tasks with a filter'),
  },
);
