import { Controller, Inject } from '@nestjs/common';
import { RequestHandler, type BusContext } from '@mono/bus';
import { callContextOf, replying } from '@mono/platform';
import {
  TasksApi,
  tasksRequests,
  type MergeTagInto,
  type RenameTag,
  type TagChange,
  type TagPage,
  type TagQuery,
} from '../../contract/index.js';

@Controller()
export class TagsHandlers {
  constructor(@Inject(TasksApi) private readonly tasks: TasksApi) {}

  @RequestHandler(tasksRequests.findTags)
  findTags(query: TagQuery, context: BusContext): Promise<TagPage> {
    return this.tasks.findTags(callContextOf(context), query);
  }

  @RequestHandler(tasksRequests.renameTag)
  renameTag({ name, patch }: RenameTag, context: BusContext): Promise<TagChange> {
    return this.tasks.renameTag(callContextOf(context), name, patch);
  }

  @RequestHandler(tasksRequests.mergeTag)
  mergeTag({ name, ...merge }: MergeTagInto, context: BusContext): Promise<TagChange> {
    return replying(context, this.tasks.mergeTag(callContextOf(context), name, merge));
  }
}
