import { Body, Controller, Get, HttpCode, Inject, Patch, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext, Replayable } from '@mono/contract';
import { CallContextParam, NameParam, Replays, RequireScope } from '@mono/platform';
import { MergeTag, TagChange, TagPage, TagPatch, TagQuery, TasksApi } from '../../contract/index.js';
import { ApiErrors } from './api-errors.js';

@ApiTags('tags')
@Controller('v1/tags')
export class TagsController {
  constructor(@Inject(TasksApi) private readonly tasks: TasksApi) {}

  @Get()
  @RequireScope('tasks:read')
  @ApiOperation({ operationId: 'findTags', summary: 'Page through the tags with their counts' })
  @ApiOkResponse({ type: TagPage, description: 'A page of tags.' })
  @ApiErrors('query_too_expensive')
  findTags(@CallContextParam() context: CallContext, @Query() query: TagQuery): Promise<TagPage> {
    return this.tasks.findTags(context, query);
  }

  @Patch(':name')
  @RequireScope('tasks:write')
  @ApiOperation({ operationId: 'renameTag', summary: 'Rename a tag on every task' })
  @ApiOkResponse({ type: TagChange, description: 'What was changed.' })
  @ApiErrors('tag_not_found', 'duplicate_tag')
  renameTag(
    @CallContextParam() context: CallContext,
    @NameParam('tag', 'name', 'errand') name: string,
    @Body() patch: TagPatch,
  ): Promise<TagChange> {
    return this.tasks.renameTag(context, name, patch);
  }

  @Post(':name/merge')
  @HttpCode(200)
  @RequireScope('tasks:write')
  @Replays()
  @ApiOperation({ operationId: 'mergeTag', summary: 'Merge a tag into another' })
  @ApiOkResponse({ type: TagChange, description: 'What was changed.' })
  @ApiErrors('tag_not_found')
  mergeTag(
    @CallContextParam() context: CallContext,
    @NameParam('tag', 'name', 'errand') name: string,
    @Body() merge: MergeTag,
  ): Promise<Replayable<TagChange>> {
    return this.tasks.mergeTag(context, name, merge);
  }
}
