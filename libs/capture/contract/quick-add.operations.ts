import { operations, post, type ClientOf } from '@mono/contract';
import { recurrenceErrors } from '@mono/recurrence/contract';
import { tasksErrors } from '@mono/tasks/contract';
import { QuickAdd, QuickAdded } from './quick-add.dto.js';

export const captureOperations = operations(
  'capture',
  { tag: 'tasks', errors: { ...recurrenceErrors, ...tasksErrors } },
  {
    quickAdd: post('/v1/tasks/quick', {
      summary: 'Create tasks and templates from text',
      description:
        'Each line is a task, or with a phrase such as `every friday` a template; indentation makes subtasks. Dates, times and recurrence are read in English and German, `#list`, `@tag`, `!priority`, `+member` and `~duration` at the beginning of a word. Text that fits nothing is the title. `dry_run` only answers how the text is read.\n\nThe lines are created in their order. If the first one fails, so does the request; if a later one fails, the response has those before it, and `error` names the reason. A retry with the same `Idempotency-Key` creates the rest. Names require the scope `tasks:read`, templates `recurrence:write`.',
      answer: 'The tasks and templates, with the place of each field in the text.',
      scope: 'tasks:write',
      respectsLists: true,
      body: QuickAdd,
      reply: QuickAdded,
      idempotencyKey: true,
      errors: [
        'list_not_found',
        'list_archived',
        'task_not_found',
        'duplicate_task',
        'subtasks_too_deep',
        'transition_guarded',
        'rule_too_expensive',
      ],
      timeoutMs: 60_000,
    }),
  },
);

export type CaptureClient = ClientOf<typeof captureOperations>;
