import { get, idOf, operations, path, put, type ClientOf } from '@mono/contract';
import { tasksErrors } from './tasks.errors.js';
import { PossibleTransitions, ReplacedWorkflow, Workflow, WorkflowReplacement } from './workflow.js';

const workflow = path('/v1/lists/:id/workflow', { id: idOf('list') });
const transitions = path('/v1/tasks/:id/transitions', { id: idOf('task') });

export const workflowOperations = operations(
  'tasks',
  { errors: tasksErrors },
  {
    getWorkflow: get(workflow, {
      summary: 'Get the workflow of a list',
      description: 'A list without a workflow allows all moves.',
      answer: 'The workflow.',
      scope: 'tasks:read',
      respectsLists: true,
      reply: Workflow,
      etag: ({ version }) => String(version),
      errors: ['list_not_found'],
    }),
    replaceWorkflow: put(workflow, {
      summary: 'Replace the workflow of a list',
      description: 'Changes no task. The answer names the tasks that no longer fit.',
      answer: 'The workflow, with the tasks that do not fit.',
      scope: 'workflows:write',
      respectsLists: true,
      body: WorkflowReplacement,
      reply: ReplacedWorkflow,
      etag: ({ version }) => String(version),
      ifMatch: true,
      errors: ['list_not_found'],
    }),
    getTransitions: get(transitions, {
      summary: 'List the possible transitions of a task',
      description: 'Which statuses the task may move to, and why others are refused.',
      answer: 'One item per other status.',
      scope: 'tasks:read',
      respectsLists: true,
      reply: PossibleTransitions,
      errors: ['task_not_found'],
    }),
  },
);

export type WorkflowClient = ClientOf<typeof workflowOperations>;
