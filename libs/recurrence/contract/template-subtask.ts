// Subtasks that a template gives to each of its tasks.
import {
  DurationField,
  EnumField,
  FixedDurationField,
  FormattedField,
  PartialType,
  TextField,
  TextsField,
  UuidField,
} from '@mono/contract';
import { MAX_SUBTASK_KEY_CHARACTERS, type TaskPriority } from '@mono/tasks/contract';
import { assigneeId, estimatedDuration, priority, tags, title } from './template-fields.js';

const KEY = new RegExp(`^[a-z0-9][a-z0-9_-]{0,${MAX_SUBTASK_KEY_CHARACTERS - 1}}$`);

function KeyField(optional = false): PropertyDecorator {
  const description =
    'Identifies the subtask within the template and does not change with it: lower-case letters, digits, `-` and `_`, at most 64. Default: the key of the subtask with the same title, or a new one.';
  const issue = `must be lower-case letters, digits, - and _, at most ${MAX_SUBTASK_KEY_CHARACTERS}`;
  return FormattedField({ description, example: 'fill-can', optional }, 'key', isKey, issue, { type: String });
}

function isKey(value: unknown): boolean {
  return typeof value === 'string' && KEY.test(value);
}

export class TemplateSubtask {
  @KeyField()
  key: string;

  @TextField({ ...title, description: 'Title of the subtask.', example: 'Fill the watering can' })
  title: string;

  @EnumField({ ...priority, description: 'Priority of the subtask.' })
  priority: TaskPriority;

  @TextsField({ ...tags, description: 'Tags of the subtask.', example: [] })
  tags: string[];

  @UuidField({ ...assigneeId, description: 'Member to whom the subtask is assigned.' })
  assignee_id: string | null;

  @FixedDurationField(estimatedDuration)
  estimated_duration: string | null;

  @DurationField({
    description:
      'Time from the start of an occurrence until its subtask is due, ISO 8601, counted as the `due_offset` of the template. Null: the subtask has no due date.',
    example: null,
    nullable: true,
  })
  due_offset: string | null;
}

const OPTIONAL = ['key', 'priority', 'tags', 'assignee_id', 'estimated_duration', 'due_offset'] as const;

export class TemplateSubtaskInput extends PartialType(TemplateSubtask, OPTIONAL) {
  @KeyField(true)
  override key?: string;

  @EnumField({ ...priority, description: 'Priority of the subtask.', optional: true, default: 'medium' })
  override priority?: TaskPriority;
}
