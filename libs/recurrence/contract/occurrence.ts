// Occurrences of a template and their exceptions.
import { ApiProperty } from '@nestjs/swagger';
import {
  DurationField,
  EnumField,
  InstantField,
  MomentField,
  IntegerField,
  ObjectField,
  PageInfo,
  PartialType,
  PickType,
  TextField,
  UuidField,
} from '@mono/contract';
import { OriginalStartField, TASK_STATUSES, type TaskStatus } from '@mono/tasks/contract';
import { RulePatch } from './rule.js';
import { OCCURRENCE_NOTES, type OccurrenceNote } from './rule-constants.js';
import { SubtasksField, Template } from './template.js';
import type { TemplateSubtaskInput } from './template-subtask.js';
import {
  CHANGE_SCOPES,
  EXCEPTION_KINDS,
  OCCURRENCE_STATES,
  type ChangeScope,
  type ExceptionKind,
  type OccurrenceState,
} from './template-constants.js';

const originalStart = {
  description:
    'Identifies the occurrence: its start by the rule, in local time (with `interval`: a UTC instant). Moving the occurrence does not change it.',
  example: '2026-05-04T09:00:00',
};
const at = { description: 'Start of the occurrence.', example: '2026-05-04T07:00:00.000Z' };

/** The fields of an occurrence's task that may differ from its template. */
export class OccurrenceFields extends PartialType(
  PickType(Template, ['list_id', 'title', 'description', 'priority', 'tags', 'assignee_id', 'estimated_duration']),
) {}

export class Occurrence {
  @TextField({ ...originalStart, min: 1 })
  original_start: string;

  @InstantField(at)
  at: string;

  @EnumField({
    description: 'Adjustment of the start to the calendar, if any.',
    values: OCCURRENCE_NOTES,
    enumName: 'OccurrenceNote',
    nullable: true,
    example: null,
  })
  note: OccurrenceNote | null;

  @EnumField({
    description: 'State of the occurrence.',
    values: OCCURRENCE_STATES,
    enumName: 'OccurrenceState',
    example: 'materialised',
  })
  state: OccurrenceState;

  @ApiProperty({
    type: Boolean,
    description: 'Whether the occurrence was moved: `at` is not its start by the rule.',
    example: false,
  })
  moved: boolean;

  @ApiProperty({ type: Boolean, description: 'Whether its task differs from the template.', example: false })
  edited: boolean;

  @UuidField({ description: 'Task of the occurrence; null before it is created.', nullable: true, example: null })
  task_id: string | null;

  @EnumField({
    description: 'Status of the task.',
    values: TASK_STATUSES,
    enumName: 'TaskStatus',
    nullable: true,
    example: 'todo',
  })
  task_status: TaskStatus | null;

  @UuidField({ description: 'Template of the occurrence.' })
  template_id: string;
}

export class OccurrenceQuery {
  @MomentField({
    description:
      'Start of the period, inclusive; a date is the beginning of that day in the zone of the caller. Default: now.',
    optional: true,
  })
  from?: string;

  @MomentField({ description: 'End of the period, exclusive. Default: one year after `from`.', optional: true })
  to?: string;

  @IntegerField({
    description: 'Maximum number of items per page.',
    min: 1,
    max: 500,
    default: 100,
    optional: true,
    fromQuery: true,
  })
  limit?: number;

  @TextField({
    description: 'Cursor of the previous page: its `page.next_cursor`.',
    min: 1,
    max: 4_096,
    optional: true,
  })
  cursor?: string;
}

export class OccurrencePage {
  @ApiProperty({ type: [Occurrence] })
  items: Occurrence[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

export class CreateException {
  @OriginalStartField(originalStart)
  original_start: string;

  @EnumField({
    description: '`skip` drops the occurrence, `move` changes its start, `edit` changes fields of its task.',
    values: EXCEPTION_KINDS,
    example: 'edit',
  })
  kind: ExceptionKind;

  @InstantField({ description: 'New start; with `move` only.', optional: true })
  at?: string;

  @ObjectField(() => OccurrenceFields, {
    description: 'Fields that differ from the template; required with `edit`, allowed with `move`.',
    optional: true,
  })
  fields?: OccurrenceFields;
}

export class OccurrenceException {
  @OriginalStartField(originalStart)
  original_start: string;

  @EnumField({
    description: 'Kind of the exception: `skip` before `move` before `edit`.',
    values: EXCEPTION_KINDS,
    example: 'edit',
  })
  kind: ExceptionKind;

  @InstantField({ description: 'New start; null if the occurrence is not moved.', nullable: true, example: null })
  at: string | null;

  @ApiProperty({ type: OccurrenceFields, description: 'Fields that differ from the template.' })
  fields: OccurrenceFields;

  @UuidField({ description: 'Task of the occurrence; null without a task.', nullable: true, example: null })
  task_id: string | null;

  @UuidField({ description: 'Template of the occurrence.' })
  template_id: string;

  @ApiProperty({
    type: Boolean,
    description: 'Whether the rule still has this occurrence. If not, the exception has no effect.',
    example: true,
  })
  fits: boolean;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    description: 'Version, raised by one with each change of this exception.',
    example: 1,
  })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  updated_at: string;
}

export class ExceptionQuery extends PickType(OccurrenceQuery, ['limit', 'cursor']) {}

export class ExceptionPage {
  @ApiProperty({ type: [OccurrenceException] })
  items: OccurrenceException[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

/** JSON Merge Patch. With the scope `this`, `at` moves the occurrence and the others edit its task (not `subtasks`, which the template has); else they change the template. */
export class OccurrencePatch extends OccurrenceFields {
  @InstantField({ description: 'New start; with the scope `this` only.', optional: true })
  at?: string;

  @ObjectField(() => RulePatch, {
    description: 'Changes of the rule, merged into it as in a patch of the template; not with the scope `this`.',
    optional: true,
  })
  rule?: RulePatch;

  @DurationField({
    description: 'Time from the start of an occurrence until it is due, ISO 8601; not with the scope `this`.',
    nullable: true,
    optional: true,
  })
  due_offset?: string | null;

  @SubtasksField()
  subtasks?: TemplateSubtaskInput[];
}

export class OccurrenceChange {
  @ApiProperty({ type: Template, description: 'Template of the occurrence after the change.' })
  template: Template;

  @ApiProperty({
    type: Occurrence,
    nullable: true,
    description: 'Occurrence after the change; null if the rule no longer has it.',
  })
  occurrence: Occurrence | null;

  @ApiProperty({
    type: [String],
    description:
      'Exceptions that fit no occurrence of the changed rule, by `original_start`. They are kept without effect.',
    example: [],
  })
  unfit_exceptions: string[];
}

export class ChangeScopeQuery {
  @EnumField({
    description:
      'Scope of the change: `this` occurrence, this and all `following` ones (splits the series), or `all` future ones.',
    values: CHANGE_SCOPES,
    default: 'this',
    optional: true,
  })
  scope?: ChangeScope;
}
