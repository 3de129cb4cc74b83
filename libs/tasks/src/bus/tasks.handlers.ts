import { Controller, Inject } from '@nestjs/common';
import { RequestHandler, type BusContext } from '@mono/bus';
import { callContextOf, replying } from '@mono/platform';
import {
  TasksApi,
  tasksRequests,
  type BatchResults,
  type BatchTasks,
  type CreateTask,
  type FindTasksOfList,
  type ReplaceTask,
  type Task,
  type TaskId,
  type TaskPage,
  type TaskQuery,
  type UpdateTask,
} from '../../contract/index.js';

@Controller()
export class TasksHandlers {
  constructor(@Inject(TasksApi) private readonly tasks: TasksApi) {}

  @RequestHandler(tasksRequests.createTask)
  createTask(input: CreateTask, context: BusContext): Promise<Task> {
    return replying(context, this.tasks.createTask(callContextOf(context), input));
  }

  @RequestHandler(tasksRequests.findTasks)
  findTasks(query: TaskQuery, context: BusContext): Promise<TaskPage> {
    return this.tasks.findTasks(callContextOf(context), query);
  }

  @RequestHandler(tasksRequests.findTasksOfList)
  findTasksOfList({ id, ...query }: FindTasksOfList, context: BusContext): Promise<TaskPage> {
    return this.tasks.findTasksOfList(callContextOf(context), id, query);
  }

  @RequestHandler(tasksRequests.getTask)
  getTask({ id }: TaskId, context: BusContext): Promise<Task> {
    return this.tasks.getTask(callContextOf(context), id);
  }

  @RequestHandler(tasksRequests.updateTask)
  updateTask({ id, patch }: UpdateTask, context: BusContext): Promise<Task> {
    return this.tasks.updateTask(callContextOf(context), id, patch);
  }

  @RequestHandler(tasksRequests.replaceTask)
  replaceTask({ id, ...replacement }: ReplaceTask, context: BusContext): Promise<Task> {
    return this.tasks.replaceTask(callContextOf(context), id, replacement);
  }

  @RequestHandler(tasksRequests.deleteTask)
  deleteTask({ id }: TaskId, context: BusContext): Promise<void> {
    return this.tasks.deleteTask(callContextOf(context), id);
  }

  @RequestHandler(tasksRequests.batchTasks)
  batchTasks(batch: BatchTasks, context: BusContext): Promise<BatchResults> {
    return replying(context, this.tasks.batchTasks(callContextOf(context), batch));
  }
}
