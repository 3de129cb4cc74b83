// Tasks and templates out of text.
import { ApiProperty } from '@nestjs/swagger';
import { BooleanField, EnumField, PickType, TextField, TimeZoneField, UuidField } from '@mono/contract';
import { ANCHORS, Rule, type Anchor } from '@mono/recurrence/contract';
import { Task } from '@mono/tasks/contract';
import {
  MAX_QUICK_CHARACTERS,
  MAX_QUICK_LINE_CHARACTERS,
  MAX_QUICK_LINES,
  QUICK_FIELDS,
  QUICK_LANGUAGES,
  QUICK_WARNINGS,
  type QuickField,
  type QuickLanguage,
  type QuickWarningCode,
} from './quick-add-constants.js';

const uuid = '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6e';
const language = {
  description: 'Language of dates and recurrence. Default: the one that fits the text.',
  values: QUICK_LANGUAGES,
  enumName: 'QuickAddLanguage',
  example: 'en',
};

export class QuickAdd {
  @TextField({
    description: `One task in each line, with at most ${MAX_QUICK_LINES} lines of ${MAX_QUICK_LINE_CHARACTERS.toLocaleString('en')} characters. Quoted text is never parsed; a backslash before a word keeps it in the title.`,
    example: 'Water plants every 2nd friday 9am #Home @errand !high +ada ~45m',
    min: 1,
    max: MAX_QUICK_CHARACTERS,
    notBlank: true,
  })
  text: string;

  @BooleanField({ description: 'Whether to create nothing.', example: true, optional: true, default: false })
  dry_run?: boolean;

  @TimeZoneField({
    description:
      'IANA time zone of the text. Default: that of the signed-in user, or for an API key that of the workspace.',
    example: 'Europe/Berlin',
    optional: true,
  })
  timezone?: string;

  @EnumField({ ...language, optional: true })
  language?: QuickLanguage;
}

const start = {
  type: 'integer',
  minimum: 0,
  description: 'First character, in UTF-16 code units of the text.',
} as const;
const end = { type: 'integer', minimum: 0, description: 'Character after the last one.' } as const;

export class QuickAddSpan {
  @EnumField({ description: 'Field.', values: QUICK_FIELDS, enumName: 'QuickAddField', example: 'template' })
  field: QuickField;

  @ApiProperty({ ...start, example: 13 })
  start: number;

  @ApiProperty({ ...end, example: 33 })
  end: number;
}

export class QuickAddWarning {
  @EnumField({
    description:
      '`unknown_…`, `ambiguous_…`, `repeated_field`, `recurring_subtask`: the part stays in the title. `empty_title`, `title_too_long`, `subtasks_too_deep`: the line cannot be created.',
    values: QUICK_WARNINGS,
    enumName: 'QuickAddWarningCode',
    example: 'unknown_list',
  })
  code: QuickWarningCode;

  @TextField({ description: 'Explanation in English.', example: 'No list is named “Nowhere”.' })
  message: string;

  @ApiProperty({ ...start, example: 9 })
  start: number;

  @ApiProperty({ ...end, example: 17 })
  end: number;
}

export class QuickAddTemplate {
  @UuidField({ description: 'Template; null if it is not created.', nullable: true, example: null })
  id: string | null;

  @ApiProperty({
    type: () => Rule,
    description: 'Recurrence rule. Its first occurrence is its start.',
    example: {
      dtstart: '2026-05-01T09:00:00',
      timezone: 'Europe/Berlin',
      pattern: 'weekly',
      every: 2,
      days_of_week: ['FR'],
    },
  })
  rule: Rule;

  @EnumField({
    description: '`completion` for `every!` and `after completion`.',
    values: ANCHORS,
    enumName: 'RecurrenceAnchor',
    example: 'schedule',
  })
  anchor: Anchor;
}

export class QuickAddError {
  @TextField({ description: 'Code; `not_attempted` after the failure of an earlier line.', example: 'duplicate_task' })
  code: string;

  @TextField({ description: 'Explanation in English.', example: 'The list already has a task titled “Buy milk”.' })
  message: string;
}

const FIELDS = [
  'priority',
  'tags',
  'assignee_id',
  'due_at',
  'due_on',
  'starts_on',
  'timezone',
  'estimated_duration',
] as const;

/** A line of the text as a task, or with `template` as a template. */
export class QuickAddItem extends PickType(Task, FIELDS) {
  @UuidField({
    description: 'Task; null for a template, and if it is not created.',
    nullable: true,
    example: null,
  })
  id: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Line of the text.', example: 1 })
  line: number;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    nullable: true,
    description: 'Index of the item of which this is a subtask.',
    example: null,
  })
  parent: number | null;

  @TextField({ description: 'Text without the fields.', example: 'Water plants' })
  title: string;

  @UuidField({
    description: 'List; null before it is created: that of the parent, or the Inbox.',
    nullable: true,
    example: uuid,
  })
  list_id: string | null;

  @ApiProperty({ type: () => QuickAddTemplate, required: false, description: 'Recurrence of a template.' })
  template?: QuickAddTemplate;

  @ApiProperty({ type: [QuickAddSpan], description: 'Places of the fields, in the order of the text.' })
  spans: QuickAddSpan[];

  @ApiProperty({ type: [QuickAddWarning] })
  warnings: QuickAddWarning[];

  @ApiProperty({ type: () => QuickAddError, required: false, description: 'Reason why it is not created.' })
  error?: QuickAddError;
}

export class QuickAdded {
  @EnumField({ ...language, description: 'Language in which the text is read.' })
  language: QuickLanguage;

  @TextField({ description: 'IANA time zone of the text.', example: 'Europe/Berlin' })
  timezone: string;

  @ApiProperty({ type: [QuickAddItem] })
  items: QuickAddItem[];
}
