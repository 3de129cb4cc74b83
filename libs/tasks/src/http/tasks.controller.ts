import { Body, Controller, Delete, Get, HttpCode, Inject, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext, Replayable } from '@mono/contract';
import {
  CallContextParam,
  Creates,
  GuardedByVersion,
  IdParam,
  Replays,
  RequireScope,
  WithEntityTag,
} from '@mono/platform';
import {
  BatchResults,
  BatchTasks,
  CreateTask,
  Task,
  taskEntityTag,
  TaskPage,
  TaskPatch,
  TaskQuery,
  TaskReplacement,
  TasksApi,
} from '../../contract/index.js';
import { ApiErrors } from './api-errors.js';

@ApiTags('tasks')
@Controller('v1/tasks')
export class TasksController {
  constructor(@Inject(TasksApi) private readonly tasks: TasksApi) {}

  @Post()
  @RequireScope('tasks:write')
  @Creates((task: Task) => `/v1/tasks/${task.id}`)
  @WithEntityTag(taskEntityTag)
  @ApiOperation({ operationId: 'createTask', summary: 'Make a task' })
  @ApiCreatedResponse({ type: Task, description: 'The new task.' })
  @ApiErrors('list_not_found', 'task_not_found', 'duplicate_task', 'parent_cycle', 'subtasks_too_deep')
  createTask(@CallContextParam() context: CallContext, @Body() input: CreateTask): Promise<Replayable<Task>> {
    return this.tasks.createTask(context, input);
  }

  @Get()
  @RequireScope('tasks:read')
  @ApiOperation({ operationId: 'findTasks', summary: 'Filter, order and search the tasks' })
  @ApiOkResponse({ type: TaskPage, description: 'A page of tasks.' })
  @ApiErrors('query_too_expensive')
  findTasks(@CallContextParam() context: CallContext, @Query() query: TaskQuery): Promise<TaskPage> {
    return this.tasks.findTasks(context, query);
  }

  @Post('batch')
  @HttpCode(200)
  @RequireScope('tasks:write')
  @Replays()
  @ApiOperation({ operationId: 'batchTasks', summary: 'Do up to 500 operations at once' })
  @ApiOkResponse({ type: BatchResults, description: 'What became of each operation.' })
  @ApiErrors(
    'version_conflict',
    'list_not_found',
    'task_not_found',
    'duplicate_task',
    'parent_cycle',
    'subtasks_too_deep',
  )
  batchTasks(@CallContextParam() context: CallContext, @Body() batch: BatchTasks): Promise<Replayable<BatchResults>> {
    return this.tasks.batchTasks(context, batch);
  }

  @Get(':id')
  @RequireScope('tasks:read')
  @WithEntityTag(taskEntityTag)
  @ApiOperation({ operationId: 'getTask', summary: 'Read a task' })
  @ApiOkResponse({ type: Task, description: 'The task.' })
  @ApiErrors('task_not_found')
  getTask(@CallContextParam() context: CallContext, @IdParam('task') id: string): Promise<Task> {
    return this.tasks.getTask(context, id);
  }

  @Patch(':id')
  @RequireScope('tasks:write')
  @GuardedByVersion()
  @WithEntityTag(taskEntityTag)
  @ApiOperation({ operationId: 'updateTask', summary: 'Change some fields of a task' })
  @ApiOkResponse({ type: Task, description: 'The task after the change.' })
  @ApiErrors('task_not_found', 'list_not_found', 'duplicate_task', 'parent_cycle', 'subtasks_too_deep')
  updateTask(
    @CallContextParam() context: CallContext,
    @IdParam('task') id: string,
    @Body() patch: TaskPatch,
  ): Promise<Task> {
    return this.tasks.updateTask(context, id, patch);
  }

  @Put(':id')
  @RequireScope('tasks:write')
  @GuardedByVersion()
  @WithEntityTag(taskEntityTag)
  @ApiOperation({ operationId: 'replaceTask', summary: 'Replace all mutable fields of a task' })
  @ApiOkResponse({ type: Task, description: 'The task after the change.' })
  @ApiErrors('task_not_found', 'list_not_found', 'duplicate_task', 'parent_cycle', 'subtasks_too_deep')
  replaceTask(
    @CallContextParam() context: CallContext,
    @IdParam('task') id: string,
    @Body() replacement: TaskReplacement,
  ): Promise<Task> {
    return this.tasks.replaceTask(context, id, replacement);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('tasks:write')
  @GuardedByVersion()
  @ApiOperation({ operationId: 'deleteTask', summary: 'Delete a task and its subtasks' })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiErrors('task_not_found')
  deleteTask(@CallContextParam() context: CallContext, @IdParam('task') id: string): Promise<void> {
    return this.tasks.deleteTask(context, id);
  }
}
