import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext } from '@mono/contract';
import { CallContextParam, IdParam, RequireScope } from '@mono/platform';
import { FindHistoryQuery, HistoryApi, HistoryPage, HistoryQuery, TaskTime } from '../../contract/index.js';
import { ApiErrors } from './api-errors.js';

@ApiTags('time')
@Controller('v1')
export class HistoryController {
  constructor(@Inject(HistoryApi) private readonly history: HistoryApi) {}

  @Get('tasks/:id/history')
  @RequireScope('time:read')
  @ApiOperation({ operationId: 'getTaskHistory', summary: 'Read how a task’s status has changed' })
  @ApiOkResponse({ type: HistoryPage, description: 'A page of its transitions, from its creation on.' })
  @ApiErrors('task_not_found')
  taskHistory(
    @CallContextParam() context: CallContext,
    @IdParam('task') id: string,
    @Query() query: HistoryQuery,
  ): Promise<HistoryPage> {
    return this.history.taskHistory(context, id, query);
  }

  @Get('tasks/:id/time')
  @RequireScope('time:read')
  @ApiOperation({ operationId: 'getTaskTime', summary: 'Read how long a task took, and whom' })
  @ApiOkResponse({ type: TaskTime, description: 'Its time in `in_progress` and its entries, apart.' })
  @ApiErrors('task_not_found')
  taskTime(@CallContextParam() context: CallContext, @IdParam('task') id: string): Promise<TaskTime> {
    return this.history.taskTime(context, id);
  }

  @Get('time/history')
  @RequireScope('time:read')
  @ApiOperation({
    operationId: 'findHistory',
    summary: 'Read how the status of a task has changed, also of a deleted one',
  })
  @ApiOkResponse({ type: HistoryPage, description: 'A page of its transitions, from its creation on.' })
  @ApiErrors('task_not_found')
  findHistory(@CallContextParam() context: CallContext, @Query() query: FindHistoryQuery): Promise<HistoryPage> {
    return this.history.findHistory(context, query);
  }
}
