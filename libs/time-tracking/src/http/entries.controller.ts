import { Body, Controller, Delete, Get, HttpCode, Inject, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext, Replayable } from '@mono/contract';
import { CallContextParam, Creates, GuardedByVersion, IdParam, RequireScope, WithEntityTag } from '@mono/platform';
import {
  CreateEntry,
  EntriesApi,
  entryEntityTag,
  EntryPage,
  EntryPatch,
  EntryQuery,
  TimeEntry,
} from '../../contract/index.js';
import { ApiErrors } from './api-errors.js';

@ApiTags('time')
@Controller('v1/time/entries')
export class EntriesController {
  constructor(@Inject(EntriesApi) private readonly entries: EntriesApi) {}

  @Post()
  @RequireScope('time:write')
  @Creates((entry: TimeEntry) => `/v1/time/entries/${entry.id}`)
  @WithEntityTag(entryEntityTag)
  @ApiOperation({ operationId: 'createTimeEntry', summary: 'Write down time that was worked' })
  @ApiCreatedResponse({ type: TimeEntry, description: 'The new entry.' })
  @ApiErrors('task_not_found', 'member_not_found', 'entries_overlap', 'period_locked')
  createEntry(@CallContextParam() context: CallContext, @Body() input: CreateEntry): Promise<Replayable<TimeEntry>> {
    return this.entries.createEntry(context, input);
  }

  @Get()
  @RequireScope('time:read')
  @ApiOperation({ operationId: 'findTimeEntries', summary: 'Find time entries' })
  @ApiOkResponse({ type: EntryPage, description: 'A page of entries, by when they began.' })
  @ApiErrors('query_too_expensive')
  findEntries(@CallContextParam() context: CallContext, @Query() query: EntryQuery): Promise<EntryPage> {
    return this.entries.findEntries(context, query);
  }

  @Get(':id')
  @RequireScope('time:read')
  @WithEntityTag(entryEntityTag)
  @ApiOperation({ operationId: 'getTimeEntry', summary: 'Read a time entry' })
  @ApiOkResponse({ type: TimeEntry, description: 'The entry.' })
  @ApiErrors('entry_not_found')
  getEntry(@CallContextParam() context: CallContext, @IdParam('entry') id: string): Promise<TimeEntry> {
    return this.entries.getEntry(context, id);
  }

  @Patch(':id')
  @RequireScope('time:write')
  @GuardedByVersion()
  @WithEntityTag(entryEntityTag)
  @ApiOperation({ operationId: 'updateTimeEntry', summary: 'Change a time entry' })
  @ApiOkResponse({ type: TimeEntry, description: 'The entry after the change.' })
  @ApiErrors(
    'entry_not_found',
    'task_not_found',
    'entries_overlap',
    'period_locked',
    'version_conflict',
    'empty_update',
  )
  updateEntry(
    @CallContextParam() context: CallContext,
    @IdParam('entry') id: string,
    @Body() patch: EntryPatch,
  ): Promise<TimeEntry> {
    return this.entries.updateEntry(context, id, patch);
  }

  @Delete(':id')
  @HttpCode(204)
  @RequireScope('time:write')
  @GuardedByVersion()
  @ApiOperation({ operationId: 'deleteTimeEntry', summary: 'Delete a time entry' })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiErrors('entry_not_found', 'period_locked', 'version_conflict')
  deleteEntry(@CallContextParam() context: CallContext, @IdParam('entry') id: string): Promise<void> {
    return this.entries.deleteEntry(context, id);
  }
}
