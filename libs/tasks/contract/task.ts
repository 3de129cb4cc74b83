import { ApiProperty } from '@nestjs/swagger';
import {
  DateField,
  DurationField,
  EnumField,
  InstantField,
  TextField,
  TextsField,
  TimeZoneField,
  UuidField,
  MEASURED_DURATION,
} from '@mono/contract';
import { OriginalStartField } from './original-start.js';
import {
  after,
  assigneeId,
  before,
  description,
  dueAt,
  dueOn,
  estimatedDuration,
  listId,
  originalStart,
  parentId,
  priority,
  seriesId,
  startsOn,
  status,
  tags,
  templateId,
  timezone,
  title,
} from './task-fields.js';
import type { TaskPriority, TaskStatus } from './words.js';

export class CreateTask {
  @UuidField({
    ...listId,
    description: `${listId.description} Without it: the parent's list, or the workspace's Inbox.`,
    optional: true,
  })
  list_id?: string;

  @UuidField({ ...parentId, optional: true })
  parent_id?: string | null;

  @TextField(title)
  title: string;

  @TextField({ ...description, optional: true })
  description?: string | null;

  @EnumField({ ...status, optional: true, default: 'todo' })
  status?: TaskStatus;

  @EnumField({ ...priority, optional: true, default: 'medium' })
  priority?: TaskPriority;

  @TextsField({ ...tags, optional: true })
  tags?: string[];

  @UuidField({ ...assigneeId, optional: true })
  assignee_id?: string | null;

  @InstantField({ ...dueAt, optional: true })
  due_at?: string | null;

  @DateField({ ...dueOn, optional: true })
  due_on?: string | null;

  @DateField({ ...startsOn, optional: true })
  starts_on?: string | null;

  @TimeZoneField({ ...timezone, optional: true })
  timezone?: string | null;

  @DurationField({ ...estimatedDuration, optional: true })
  estimated_duration?: string | null;

  @UuidField({ ...before, optional: true })
  before?: string;

  @UuidField({ ...after, optional: true })
  after?: string;
}

/** JSON Merge Patch: absent means unchanged, null clears. `before` and `after` move the task in the manual order. */
export class TaskPatch {
  @UuidField({ ...listId, optional: true })
  list_id?: string;

  @UuidField({ ...parentId, optional: true })
  parent_id?: string | null;

  @TextField({ ...title, optional: true })
  title?: string;

  @TextField({ ...description, optional: true })
  description?: string | null;

  @EnumField({ ...status, optional: true })
  status?: TaskStatus;

  @EnumField({ ...priority, optional: true })
  priority?: TaskPriority;

  @TextsField({ ...tags, optional: true })
  tags?: string[];

  @UuidField({ ...assigneeId, optional: true })
  assignee_id?: string | null;

  @InstantField({ ...dueAt, optional: true })
  due_at?: string | null;

  @DateField({ ...dueOn, optional: true })
  due_on?: string | null;

  @DateField({ ...startsOn, optional: true })
  starts_on?: string | null;

  @TimeZoneField({ ...timezone, optional: true })
  timezone?: string | null;

  @DurationField({ ...estimatedDuration, optional: true })
  estimated_duration?: string | null;

  @UuidField({ ...before, optional: true })
  before?: string;

  @UuidField({ ...after, optional: true })
  after?: string;
}

/** Every mutable field. `title` and `list_id` must be given; another that is absent returns to its default. The manual position stays. */
export class TaskReplacement {
  @UuidField(listId)
  list_id: string;

  @UuidField({ ...parentId, optional: true })
  parent_id?: string | null;

  @TextField(title)
  title: string;

  @TextField({ ...description, optional: true })
  description?: string | null;

  @EnumField({ ...status, optional: true, default: 'todo' })
  status?: TaskStatus;

  @EnumField({ ...priority, optional: true, default: 'medium' })
  priority?: TaskPriority;

  @TextsField({ ...tags, optional: true })
  tags?: string[];

  @UuidField({ ...assigneeId, optional: true })
  assignee_id?: string | null;

  @InstantField({ ...dueAt, optional: true })
  due_at?: string | null;

  @DateField({ ...dueOn, optional: true })
  due_on?: string | null;

  @DateField({ ...startsOn, optional: true })
  starts_on?: string | null;

  @TimeZoneField({ ...timezone, optional: true })
  timezone?: string | null;

  @DurationField({ ...estimatedDuration, optional: true })
  estimated_duration?: string | null;
}

export class Task {
  @UuidField({ description: 'UUIDv7.', example: '0198b6c2-5f5e-7c3a-9d0e-3b1f2a4c5d6f' })
  id: string;

  @UuidField(listId)
  list_id: string;

  @UuidField(parentId)
  parent_id: string | null;

  @TextField(title)
  title: string;

  @TextField(description)
  description: string | null;

  @EnumField(status)
  status: TaskStatus;

  @EnumField(priority)
  priority: TaskPriority;

  @TextsField(tags)
  tags: string[];

  @UuidField(assigneeId)
  assignee_id: string | null;

  @ApiProperty({
    type: String,
    description: 'The key of the manual order: compare as bytes. Opaque otherwise.',
    example: '0198b6c25f5e7c3a9d0e3b1f2a4c5d6f',
  })
  position: string;

  @InstantField(dueAt)
  due_at: string | null;

  @DateField(dueOn)
  due_on: string | null;

  @DateField(startsOn)
  starts_on: string | null;

  @TimeZoneField(timezone)
  timezone: string | null;

  @DurationField(estimatedDuration)
  estimated_duration: string | null;

  @ApiProperty({
    ...MEASURED_DURATION,
    description: 'The time spent in `in_progress`, ISO 8601; null while nothing is known of it.',
    example: null,
    nullable: true,
  })
  actual_duration: string | null;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description:
      'Raised with each change of `actual_duration`, which is none of `version`: above 0, the ETag is `"<version>.<this>"`.',
    example: 0,
  })
  actual_duration_version: number;

  @UuidField(templateId)
  template_id: string | null;

  @UuidField(seriesId)
  series_id: string | null;

  @OriginalStartField(originalStart)
  original_start: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When it was moved to `done`; null in any other status.',
    example: null,
  })
  completed_at: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Raised by one with each change.', example: 1 })
  version: number;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-05-01T09:00:00.000Z' })
  updated_at: string;
}

/** The measured time is part of what shows, so its count is part of the tag; in what an older node has told there is none. */
export function taskEntityTag({ version, actual_duration_version: measured }: Task): string {
  return measured > 0 ? `${version}.${measured}` : String(version);
}
