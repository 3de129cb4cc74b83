import { BooleanField, PartialType, PickType, TextField, UuidField } from '@mono/contract';
import { CreateTask } from './task.js';
import { listId, moveSubtasks, parentId, title } from './task-fields.js';

/** At least one of them. */
export class MoveTask extends PartialType(PickType(CreateTask, ['before', 'after'])) {
  @UuidField({
    ...listId,
    description: 'The list that takes the task. Default: the list of `parent_id`, or its own.',
    optional: true,
  })
  list_id?: string;

  @UuidField({ ...parentId, description: 'The new parent; null moves the task to the top level.', optional: true })
  parent_id?: string | null;

  @BooleanField(moveSubtasks)
  move_subtasks?: boolean;
}

export class DuplicateTask {
  @UuidField({
    description:
      'The list of the duplicate. In another list it is the last task and has no parent. Default: the same list, where it follows the task.',
    optional: true,
  })
  list_id?: string;

  @TextField({ ...title, description: 'Its title. Default: that of the task.', optional: true })
  title?: string;

  @BooleanField({
    description:
      'Whether its subtasks are duplicated as well, except archived and cancelled ones. Those in other lists stay in theirs.',
    default: true,
    optional: true,
  })
  with_subtasks?: boolean;

  @BooleanField({ description: 'Whether the tags are copied.', default: true, optional: true })
  with_tags?: boolean;

  @BooleanField({
    description: 'Whether `due_at`, `due_on` and `starts_on` are copied.',
    default: true,
    optional: true,
  })
  with_dates?: boolean;

  @BooleanField({
    description: 'Whether the assignee is copied, as long as they are a member.',
    default: true,
    optional: true,
  })
  with_assignee?: boolean;
}
