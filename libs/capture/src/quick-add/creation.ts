// Creates the items of a text, in their order, over the operations of their modules.
import { Injectable } from '@nestjs/common';
import { Bus } from '@mono/bus';
import { clientOf, type CallContext, type ClientOf } from '@mono/contract';
import { DomainError } from '@mono/contract/errors';
import { templatesOperations, type CreateTemplate } from '@mono/recurrence/contract';
import { tasksOperations, type CreateTask, type TasksClient } from '@mono/tasks/contract';
import type { QuickAdded, QuickAddItem } from '../../contract/quick-add.dto.js';

/** The text as it is read at the first request, to which retries keep. */
export interface Plan extends QuickAdded {
  id: string;
}

@Injectable()
export class Creation {
  private readonly tasks: TasksClient;
  private readonly templates: ClientOf<typeof templatesOperations>;

  constructor(bus: Bus) {
    this.tasks = clientOf(bus, tasksOperations);
    this.templates = clientOf(bus, templatesOperations);
  }

  /** @throws DomainError if the first item cannot be created; after it, the item has the error. */
  async create({ id, language, timezone, items: planned }: Plan, call: CallContext): Promise<QuickAdded> {
    const items: QuickAddItem[] = [];
    let failed = false;
    for (const [index, item] of planned.entries()) {
      if (failed) items.push(withFields(item, { error: NOT_ATTEMPTED }));
      else {
        const idempotencyKey = call.idempotencyKey === undefined ? undefined : `quick-add.${id}.${index}`;
        const made = await this.createOne(item, items, { ...call, idempotencyKey }).catch((error: unknown) => {
          if (index === 0 || !(error instanceof DomainError)) throw error;
          failed = true;
          return withFields(item, { error: { code: error.code, message: error.message } });
        });
        items.push(made);
      }
    }
    return { language, timezone, items };
  }

  private async createOne(item: QuickAddItem, made: readonly QuickAddItem[], call: CallContext): Promise<QuickAddItem> {
    if (item.template) {
      const { id, list_id } = await this.templates.createTemplate(newTemplate(item, item.template), call);
      const { rule, anchor } = item.template;
      return withFields(item, { list_id, template: { id, rule, anchor } });
    }
    const parentId = item.parent === null ? null : (made[item.parent]?.id ?? null);
    const { id, list_id } = await this.tasks.createTask(newTask(item, parentId), call);
    return withFields(item, { id, list_id });
  }
}

function withFields(item: QuickAddItem, fields: Partial<QuickAddItem>): QuickAddItem {
  return Object.assign({}, item, fields);
}

const NOT_ATTEMPTED = { code: 'not_attempted', message: 'An earlier line failed.' } as const;

type Shared = Pick<
  CreateTask & CreateTemplate,
  'title' | 'priority' | 'tags' | 'assignee_id' | 'estimated_duration' | 'list_id'
>;

function sharedFields({ title, priority, tags, assignee_id, estimated_duration, list_id }: QuickAddItem): Shared {
  return { title, priority, tags, assignee_id, estimated_duration, ...(list_id === null ? {} : { list_id }) };
}

function newTask(item: QuickAddItem, parentId: string | null): CreateTask {
  const { due_at, due_on, starts_on, timezone } = item;
  return { ...sharedFields(item), parent_id: parentId, due_at, due_on, starts_on, timezone };
}

function newTemplate(item: QuickAddItem, { rule, anchor }: NonNullable<QuickAddItem['template']>): CreateTemplate {
  return { ...sharedFields(item), rule, anchor };
}
