import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext, Replayable } from '@mono/contract';
import { CallContextParam, Creates, Replays, RequireUser, WithEntityTag } from '@mono/platform';
import {
  EntriesApi,
  entryEntityTag,
  RunningTimer,
  StartTimer,
  SwitchedTimer,
  TimeEntry,
} from '../../contract/index.js';
import { ApiErrors } from './api-errors.js';

@ApiTags('time')
@Controller('v1/time/timer')
export class TimerController {
  constructor(@Inject(EntriesApi) private readonly entries: EntriesApi) {}

  @Get()
  @RequireUser('time:read')
  @ApiOperation({ operationId: 'getTimer', summary: 'Read the signed-in user’s timer' })
  @ApiOkResponse({ type: RunningTimer, description: 'What runs, if something does.' })
  getTimer(@CallContextParam() context: CallContext): Promise<RunningTimer> {
    return this.entries.getTimer(context);
  }

  @Post('start')
  @RequireUser('time:write')
  @Creates((entry: TimeEntry) => `/v1/time/entries/${entry.id}`)
  @WithEntityTag(entryEntityTag)
  @ApiOperation({ operationId: 'startTimer', summary: 'Start the signed-in user’s timer' })
  @ApiCreatedResponse({ type: TimeEntry, description: 'The entry that it writes.' })
  @ApiErrors('timer_running', 'task_not_found', 'entries_overlap')
  startTimer(@CallContextParam() context: CallContext, @Body() input: StartTimer): Promise<Replayable<TimeEntry>> {
    return this.entries.startTimer(context, input);
  }

  @Post('stop')
  @HttpCode(200)
  @RequireUser('time:write')
  @Replays()
  @WithEntityTag(entryEntityTag)
  @ApiOperation({ operationId: 'stopTimer', summary: 'Stop the signed-in user’s timer' })
  @ApiOkResponse({ type: TimeEntry, description: 'The entry that it has written.' })
  @ApiErrors('timer_not_running')
  stopTimer(@CallContextParam() context: CallContext): Promise<Replayable<TimeEntry>> {
    return this.entries.stopTimer(context);
  }

  @Post('switch')
  @HttpCode(200)
  @RequireUser('time:write')
  @Replays()
  @ApiOperation({ operationId: 'switchTimer', summary: 'Stop what runs, and start the signed-in user’s timer anew' })
  @ApiOkResponse({ type: SwitchedTimer, description: 'What was stopped, if something ran, and what runs now.' })
  @ApiErrors('task_not_found', 'entries_overlap')
  switchTimer(@CallContextParam() context: CallContext, @Body() input: StartTimer): Promise<Replayable<SwitchedTimer>> {
    return this.entries.switchTimer(context, input);
  }
}
