import { Body, Controller, Delete, Get, HttpCode, Inject, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiCreatedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext, Replayable } from '@mono/contract';
import { CallContextParam, Creates, GuardedByVersion, IdParam, RequireScope, WithEntityTag } from '@mono/platform';
import {
  CreateList,
  DeleteListQuery,
  List,
  listEntityTag,
  ListPage,
  ListPatch,
  ListQuery,
  ListReplacement,
  ListTasksQuery,
  TaskPage,
  TasksApi,
} from '../../contract/index.js';
import { ApiErrors } from './api-errors.js';

@ApiTags('lists')
@Controller('v1/lists')
export class ListsController {
  constructor(@Inject(TasksApi) private readonly tasks: TasksApi) {}

  @Post()
  @RequireScope('tasks:write')
  @Creates((list: List) => `/v1/lists/${list.id}`)
  @WithEntityTag(listEntityTag)
  @ApiOperation({ operationId: 'createList', summary: 'Make a list' })
  @ApiCreatedResponse({ type: List, description: 'The new list.' })
  createList(@CallContextParam() context: CallContext, @Body() input: CreateList): Promise<Replayable<List>> {
    return this.tasks.createList(context, input);
  }

  @Get()
  @RequireScope('tasks:read')
  @ApiOperation({ operationId: 'findLists', summary: 'Page through the lists' })
  @ApiOkResponse({ type: ListPage, description: 'A page of lists.' })
  findLists(@CallContextParam() context: CallContext, @Query() query: ListQuery): Promise<ListPage> {
    return this.tasks.findLists(context, query);
  }

  @Get(':id')
  @RequireScope('tasks:read')
  @WithEntityTag(listEntityTag)
  @ApiOperation({ operationId: 'getList', summary: 'Read a list' })
  @ApiOkResponse({ type: List, description: 'The list.' })
  @ApiErrors('list_not_found')
  getList(@CallContextParam() context: CallContext, @IdParam('list') id: string): Promise<List> {
    return this.tasks.getList(context, id);
  }

  @Patch(':id')
  @RequireScope('tasks:write')
  @GuardedByVersion()
  @WithEntityTag(listEntityTag)
  @ApiOperation({ operationId: 'updateList', summary: 'Change some fields of a list' })
  @ApiOkResponse({ type: List, description: 'The list after the change.' })
  @ApiErrors('list_not_found', 'duplicate_task')
  updateList(
    @CallContextParam() context: CallContext,
    @IdParam('list') id: string,
    @Body() patch: ListPatch,
  ): Promise<List> {
    return this.tasks.updateList(context, id, patch);
  }

  @Put(':id')
  @RequireScope('tasks:write')
  @GuardedByVersion()
  @WithEntityTag(listEntityTag)
  @ApiOperation({ operationId: 'replaceList', summary: 'Replace all mutable fields of a list' })
  @ApiOkResponse({ type: List, description: 'The list after the change.' })
  @ApiErrors('list_not_found', 'duplicate_task')
  replaceList(
    @CallContextParam() context: CallContext,
    @IdParam('list') id: string,
    @Body() replacement: ListReplacement,
  ): Promise<List> {
    return this.tasks.replaceList(context, id, replacement);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('tasks:write')
  @GuardedByVersion()
  @ApiOperation({ operationId: 'deleteList', summary: 'Delete a list' })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiErrors('list_not_found', 'list_not_empty', 'inbox_not_deletable', 'duplicate_task')
  deleteList(
    @CallContextParam() context: CallContext,
    @IdParam('list') id: string,
    @Query() query: DeleteListQuery,
  ): Promise<void> {
    return this.tasks.deleteList(context, id, query);
  }

  @Get(':id/tasks')
  @RequireScope('tasks:read')
  @ApiOperation({ operationId: 'findTasksOfList', summary: 'Page through the tasks of a list' })
  @ApiOkResponse({ type: TaskPage, description: 'A page of tasks.' })
  @ApiErrors('list_not_found', 'query_too_expensive')
  findTasksOfList(
    @CallContextParam() context: CallContext,
    @IdParam('list') id: string,
    @Query() query: ListTasksQuery,
  ): Promise<TaskPage> {
    return this.tasks.findTasksOfList(context, id, query);
  }
}
