// Occurrences of templates as tasks: what recurrence asks of this module and what it hears back. An occurrence's task is
// known by its id, which follows from series, date and generation; a row that outlives the task keeps it from being made twice.
import {
  BooleanField,
  DateField,
  DurationField,
  EnumField,
  InstantField,
  IntegerField,
  ObjectField,
  ObjectsField,
  OmitType,
  TextField,
  TextsField,
  TimeZoneField,
  UuidField,
} from '@mono/contract';
import { OriginalStartField } from './original-start.js';
import {
  assigneeId,
  description,
  dueAt,
  dueOn,
  estimatedDuration,
  listId,
  originalStart,
  priority,
  seriesId,
  startsOn,
  tags,
  templateId,
  timezone,
  title,
} from './task-fields.js';
import {
  MAX_SUBTASK_KEY_CHARACTERS,
  MAX_TEMPLATE_SUBTASKS,
  type TaskPriority,
  type TaskStatus,
} from './task-constants.js';

/** How many occurrences one call may be about. */
export const MAX_OCCURRENCES = 500;

export const REVISION_CAUSES = ['zone_data'] as const;
export type RevisionCause = (typeof REVISION_CAUSES)[number];

const taskId = { description: 'The task of the occurrence: the same for every attempt to make it.' };
const revision = {
  description:
    'Counts what recurrence has said of this occurrence. One that is not above the last applied changes nothing.',
  min: 1,
  max: 2_147_483_647,
};

/** What a template gives to each of its tasks; null for "none", as in Task. */
export class OccurrenceContent {
  @UuidField(listId)
  list_id: string;

  @TextField(title)
  title: string;

  @TextField(description)
  description: string | null;

  @EnumField(priority)
  priority: TaskPriority;

  @TextsField(tags)
  tags: string[];

  /** Who is no member any more is left out: the task is nobody's. */
  @UuidField(assigneeId)
  assignee_id: string | null;

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

  @ObjectsField(() => OccurrenceSubtask, {
    description: 'Subtasks, in the order in which they are created. Absent: the template has never had any.',
    minItems: 0,
    maxItems: MAX_TEMPLATE_SUBTASKS,
    optional: true,
  })
  subtasks?: OccurrenceSubtask[];
}

/** A subtask that a template gives to each of its tasks. It is in the list of its task. */
export class OccurrenceSubtask extends OmitType(OccurrenceContent, [
  'list_id',
  'description',
  'starts_on',
  'subtasks',
]) {
  @TextField({ description: 'Key of the subtask within its template.', min: 1, max: MAX_SUBTASK_KEY_CHARACTERS })
  key: string;
}

export class OccurrenceInput extends OccurrenceContent {
  @UuidField(taskId)
  task_id: string;

  /** Kept as the revision applied. */
  @IntegerField(revision)
  revision: number;

  @UuidField({ ...templateId, nullable: false })
  template_id: string;

  @UuidField({ ...seriesId, nullable: false })
  series_id: string;

  @OriginalStartField({ ...originalStart, nullable: false })
  original_start: string;

  @UuidField({
    description:
      'The task after which it comes: it is made only where that one is over, and goes when that one is reopened.',
    nullable: true,
    optional: true,
  })
  successor_of?: string | null;

  /** An earlier task may be back from the trash. */
  @BooleanField({
    description: 'Whether the occurrence has had another task: this one is created only if no other exists.',
    optional: true,
  })
  again?: boolean;
}

export class OccurrenceRevision {
  @UuidField(taskId)
  task_id: string;

  @IntegerField(revision)
  revision: number;

  @UuidField({ ...templateId, nullable: false })
  template_id: string;

  @UuidField({ ...seriesId, nullable: false })
  series_id: string;

  @OriginalStartField({ ...originalStart, nullable: false })
  original_start: string;

  @ObjectField(() => OccurrenceContent, { description: 'What the task is to be; null removes it.', nullable: true })
  content: OccurrenceContent | null;

  @BooleanField({
    description: 'A user says so of this one occurrence: what they have done to it before does not keep it as it is.',
    optional: true,
  })
  force?: boolean;

  @EnumField({
    description: 'Why it changes, where that is not the template: new time zone data. It is the origin of the event.',
    values: REVISION_CAUSES,
    optional: true,
  })
  cause?: RevisionCause;
}

export class Materialise {
  @ObjectsField(() => OccurrenceInput, { description: 'Occurrences.', minItems: 1, maxItems: MAX_OCCURRENCES })
  occurrences: OccurrenceInput[];
}

export class Revise {
  @ObjectsField(() => OccurrenceRevision, { description: 'Occurrences.', minItems: 1, maxItems: MAX_OCCURRENCES })
  revisions: OccurrenceRevision[];
}

/**
 * `created`: now. `known`: made or removed before, nothing is done. `list_not_found`: the list is not in the workspace
 * (any more), nothing is done or kept. `predecessor_open`: the task after which it comes is not over, nothing is done or kept.
 * `other_exists`: another task of the occurrence exists, nothing is done or kept.
 */
export type MaterialiseOutcome = 'created' | 'known' | 'list_not_found' | 'predecessor_open' | 'other_exists';

/**
 * `revised`: brought to the content. `removed`: deleted, or never to be made. `unchanged`: it was so already.
 * `touched`: a user has worked on it, so it stays, but for its template and, while it is open, the fields that no user has set. `gone`: deleted earlier, nothing is done.
 * `unknown`: never made and not to be removed, nothing is done or kept; it is to be materialised.
 * `list_not_found`: the list that it should go to is not in the workspace; nothing is done, and the revision is not applied.
 */
export type ReviseOutcome = 'revised' | 'removed' | 'unchanged' | 'touched' | 'gone' | 'unknown' | 'list_not_found';

export interface MaterialiseResult {
  task_id: string;
  outcome: MaterialiseOutcome;
  /** Where there is a task. */
  status?: TaskStatus;
}

export interface ReviseResult {
  task_id: string;
  outcome: ReviseOutcome;
  /** Where there is a task, afterwards. */
  status?: TaskStatus;
}

/** One per occurrence, in their order. */
export class Materialised {
  results: MaterialiseResult[];
}

/** One per revision, in their order. */
export class Revised {
  results: ReviseResult[];
}

export class InboxList {
  list_id: string;
}
