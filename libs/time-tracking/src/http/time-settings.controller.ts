import { Body, Controller, Get, HttpCode, Inject, Patch, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext, Replayable } from '@mono/contract';
import { CallContextParam, GuardedByVersion, Replays, RequireScope, WithEntityTag } from '@mono/platform';
import { EntriesApi, LockPeriod, PeriodLock, TimeSettings, TimeSettingsPatch } from '../../contract/index.js';
import { ApiErrors } from './api-errors.js';

@ApiTags('time')
@Controller('v1/time')
export class TimeSettingsController {
  constructor(@Inject(EntriesApi) private readonly entries: EntriesApi) {}

  @Get('settings')
  @RequireScope('time:read')
  @WithEntityTag<TimeSettings>()
  @ApiOperation({ operationId: 'getTimeSettings', summary: 'Read how the workspace keeps its time' })
  @ApiOkResponse({ type: TimeSettings, description: 'The settings.' })
  getSettings(@CallContextParam() context: CallContext): Promise<TimeSettings> {
    return this.entries.getSettings(context);
  }

  @Patch('settings')
  @RequireScope('admin')
  @GuardedByVersion()
  @WithEntityTag<TimeSettings>()
  @ApiOperation({ operationId: 'updateTimeSettings', summary: 'Change how the workspace keeps its time' })
  @ApiOkResponse({ type: TimeSettings, description: 'The settings after the change.' })
  @ApiErrors('version_conflict', 'empty_update')
  updateSettings(@CallContextParam() context: CallContext, @Body() patch: TimeSettingsPatch): Promise<TimeSettings> {
    return this.entries.updateSettings(context, patch);
  }

  @Get('lock')
  @RequireScope('time:read')
  @WithEntityTag<PeriodLock>()
  @ApiOperation({ operationId: 'getTimeLock', summary: 'Read until when the workspace’s time is closed' })
  @ApiOkResponse({ type: PeriodLock, description: 'The lock.' })
  getLock(@CallContextParam() context: CallContext): Promise<PeriodLock> {
    return this.entries.getLock(context);
  }

  @Post('lock')
  @HttpCode(200)
  @RequireScope('admin')
  @Replays()
  @WithEntityTag<PeriodLock>()
  @ApiOperation({ operationId: 'lockTime', summary: 'Close a period: no entry in it changes any more' })
  @ApiOkResponse({ type: PeriodLock, description: 'The lock after the change.' })
  lockPeriod(@CallContextParam() context: CallContext, @Body() input: LockPeriod): Promise<Replayable<PeriodLock>> {
    return this.entries.lockPeriod(context, input);
  }
}
