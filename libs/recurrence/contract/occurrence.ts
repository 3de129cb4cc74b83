// Occurrences of a template, and what makes exceptions of them.
import { ApiProperty } from '@nestjs/swagger';
import {
  DurationField,
  EnumField,
  InstantField,
  IntegerField,
  ObjectField,
  PageInfo,
  TextField,
  TextsField,
  UuidField,
} from '@mono/contract';
import {
  MAX_DESCRIPTION_BYTES,
  MAX_TAGS,
  MAX_TAG_CHARACTERS,
  MAX_TITLE_CHARACTERS,
  OriginalStartField,
  TASK_PRIORITIES,
  TASK_STATUSES,
  type TaskPriority,
  type TaskStatus,
} from '@mono/tasks/contract';
import { Rule } from './rule.js';
import { OCCURRENCE_NOTES, type OccurrenceNote } from './rule-constants.js';
import { Template } from './template.js';
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
    'Which occurrence: its start by the rule, in local time (of `interval` rules: the UTC instant). It stays the same when the occurrence is moved.',
  example: '2026-05-04T09:00:00',
};
const at = { description: 'When it starts.', example: '2026-05-04T07:00:00.000Z' };

/** What of one occurrence's task can differ from the template. */
export class OccurrenceFields {
  @UuidField({ description: 'The list that its task is in.', optional: true })
  list_id?: string;

  @TextField({
    description: 'Of its task.',
    example: 'Water the plants twice',
    min: 1,
    max: MAX_TITLE_CHARACTERS,
    notBlank: true,
    optional: true,
  })
  title?: string;

  @TextField({ description: 'Of its task.', maxBytes: MAX_DESCRIPTION_BYTES, nullable: true, optional: true })
  description?: string | null;

  @EnumField({ description: 'Of its task.', values: TASK_PRIORITIES, enumName: 'TaskPriority', optional: true })
  priority?: TaskPriority;

  @TextsField({
    description: 'Of its task.',
    maxItems: MAX_TAGS,
    max: MAX_TAG_CHARACTERS,
    unique: true,
    optional: true,
  })
  tags?: string[];

  @UuidField({ description: 'Who is to do it.', nullable: true, optional: true })
  assignee_id?: string | null;

  @DurationField({ description: 'Its effort, ISO 8601.', nullable: true, optional: true })
  estimated_duration?: string | null;
}

export class Occurrence {
  @TextField({ ...originalStart, min: 1 })
  original_start: string;

  @InstantField(at)
  at: string;

  @EnumField({
    description: 'What happened to it on the calendar, if anything.',
    values: OCCURRENCE_NOTES,
    enumName: 'OccurrenceNote',
    nullable: true,
    example: null,
  })
  note: OccurrenceNote | null;

  @EnumField({
    description: 'Where it stands.',
    values: OCCURRENCE_STATES,
    enumName: 'OccurrenceState',
    example: 'materialised',
  })
  state: OccurrenceState;

  @ApiProperty({
    type: Boolean,
    description: 'Whether it was moved: `at` is not its start by the rule.',
    example: false,
  })
  moved: boolean;

  @ApiProperty({ type: Boolean, description: 'Whether its task differs from the template.', example: false })
  edited: boolean;

  @UuidField({ description: 'Its task; null while it has none.', nullable: true, example: null })
  task_id: string | null;

  @EnumField({
    description: 'Of its task.',
    values: TASK_STATUSES,
    enumName: 'TaskStatus',
    nullable: true,
    example: 'todo',
  })
  task_status: TaskStatus | null;

  @UuidField({ description: 'The template that it belongs to.' })
  template_id: string;
}

export class OccurrenceQuery {
  @InstantField({ description: 'Those that start then or later. Default: now.', optional: true })
  from?: string;

  @InstantField({ description: 'Those that start before. Default: a year after `from`.', optional: true })
  to?: string;

  @IntegerField({ description: 'Items per page.', min: 1, max: 500, default: 100, optional: true, fromQuery: true })
  limit?: number;

  @TextField({
    description: 'Where the page before ended: its `page.next_cursor`.',
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

/** One occurrence that is to differ. */
export class CreateException {
  @OriginalStartField(originalStart)
  original_start: string;

  @EnumField({
    description: '`skip` drops it, `move` gives it another start, `edit` other fields.',
    values: EXCEPTION_KINDS,
    example: 'edit',
  })
  kind: ExceptionKind;

  @InstantField({ description: 'With `move`: when it starts instead.', optional: true })
  at?: string;

  @ObjectField(() => OccurrenceFields, {
    description: 'With `edit`, and perhaps with `move`: what differs.',
    optional: true,
  })
  fields?: OccurrenceFields;
}

export class OccurrenceException {
  @OriginalStartField(originalStart)
  original_start: string;

  @EnumField({ description: 'The strongest of what it is.', values: EXCEPTION_KINDS, example: 'edit' })
  kind: ExceptionKind;

  @InstantField({ description: 'When it starts instead; null unless moved.', nullable: true, example: null })
  at: string | null;

  @ApiProperty({ type: OccurrenceFields, description: 'What differs from the template.' })
  fields: OccurrenceFields;

  @UuidField({ description: 'Its task; null without one.', nullable: true, example: null })
  task_id: string | null;

  @UuidField({ description: 'The template that it belongs to.' })
  template_id: string;

  @ApiProperty({
    type: Boolean,
    description: 'Whether the rule still has such an occurrence; the exception is without effect otherwise.',
    example: true,
  })
  fits: boolean;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    description: 'Raised by one with each change of this exception.',
    example: 1,
  })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  updated_at: string;
}

export class ExceptionQuery {
  @IntegerField({ description: 'Items per page.', min: 1, max: 500, default: 100, optional: true, fromQuery: true })
  limit?: number;

  @TextField({
    description: 'Where the page before ended: its `page.next_cursor`.',
    min: 1,
    max: 4_096,
    optional: true,
  })
  cursor?: string;
}

export class ExceptionPage {
  @ApiProperty({ type: [OccurrenceException] })
  items: OccurrenceException[];

  @ApiProperty({ type: PageInfo })
  page: PageInfo;
}

/** JSON Merge Patch. Of one occurrence `at` moves it and the rest edits its task; of more, the fields are their template's. */
export class OccurrencePatch extends OccurrenceFields {
  @InstantField({ description: 'When it starts instead; with the scope `this` alone.', optional: true })
  at?: string;

  @ObjectField(() => Rule, { description: 'When they recur; not with the scope `this`.', optional: true })
  rule?: Rule;

  @DurationField({
    description: 'How long after its start each is due; not with the scope `this`.',
    nullable: true,
    optional: true,
  })
  due_offset?: string | null;
}

export class OccurrenceChange {
  @ApiProperty({ type: Template, description: 'The template that the occurrence belongs to after the change.' })
  template: Template;

  @ApiProperty({
    type: Occurrence,
    nullable: true,
    description: 'After the change; null where the rule has no such occurrence any more.',
  })
  occurrence: Occurrence | null;

  @ApiProperty({
    type: [String],
    description:
      'The exceptions that fit no occurrence of the changed rule, by `original_start`; they are kept, without effect.',
    example: [],
  })
  unfit_exceptions: string[];
}

export class ChangeScopeQuery {
  @EnumField({
    description:
      '`this` occurrence alone, this one and those `following` it (the series is split), or `all` that are to come.',
    values: CHANGE_SCOPES,
    default: 'this',
    optional: true,
  })
  scope?: ChangeScope;
}
