import { Controller, Inject } from '@nestjs/common';
import { RequestHandler, type BusContext } from '@mono/bus';
import { callContextOf, replying } from '@mono/platform';
import {
  TasksApi,
  tasksRequests,
  type CreateList,
  type DeleteList,
  type List,
  type ListId,
  type ListPage,
  type ListQuery,
  type ReplaceList,
  type UpdateList,
} from '../../contract/index.js';

@Controller()
export class ListsHandlers {
  constructor(@Inject(TasksApi) private readonly tasks: TasksApi) {}

  @RequestHandler(tasksRequests.createList)
  createList(input: CreateList, context: BusContext): Promise<List> {
    return replying(context, this.tasks.createList(callContextOf(context), input));
  }

  @RequestHandler(tasksRequests.findLists)
  findLists(query: ListQuery, context: BusContext): Promise<ListPage> {
    return this.tasks.findLists(callContextOf(context), query);
  }

  @RequestHandler(tasksRequests.getList)
  getList({ id }: ListId, context: BusContext): Promise<List> {
    return this.tasks.getList(callContextOf(context), id);
  }

  @RequestHandler(tasksRequests.updateList)
  updateList({ id, patch }: UpdateList, context: BusContext): Promise<List> {
    return this.tasks.updateList(callContextOf(context), id, patch);
  }

  @RequestHandler(tasksRequests.replaceList)
  replaceList({ id, ...replacement }: ReplaceList, context: BusContext): Promise<List> {
    return this.tasks.replaceList(callContextOf(context), id, replacement);
  }

  @RequestHandler(tasksRequests.deleteList)
  deleteList({ id, ...query }: DeleteList, context: BusContext): Promise<void> {
    return this.tasks.deleteList(callContextOf(context), id, query);
  }
}
