// Resolves references of a template to other modules, before any row is locked.
import { Injectable } from '@nestjs/common';
import { MembersClient, workspacesOperations, type WorkspacesClient } from '@mono/auth/contract';
import { Bus } from '@mono/bus';
import { clientOf, type CallContext } from '@mono/contract';
import { DomainError } from '@mono/contract/errors';
import type { NamedMember } from '@mono/platform';
import {
  listsOperations,
  OccurrencesClient,
  tasksOperations,
  type List,
  type ListsClient,
  type TasksClient,
} from '@mono/tasks/contract';
import type { TemplateSubtaskInput } from '../../contract/template-subtask.js';
import { requireList } from '../domain/reach.js';
import { systemContext } from '../call-contexts.js';
import { notAMember } from '../members/members.js';

@Injectable()
export class References {
  private readonly lists: ListsClient;
  private readonly tasks: TasksClient;
  private readonly workspaces: WorkspacesClient;

  constructor(
    bus: Bus,
    private readonly occurrences: OccurrencesClient,
    private readonly members: MembersClient,
  ) {
    this.lists = clientOf(bus, listsOperations);
    this.tasks = clientOf(bus, tasksOperations);
    this.workspaces = clientOf(bus, workspacesOperations);
  }

  /**
   * The zone of a rule that names none: that of its list, else that of the caller, else that of the workspace.
   * @throws NotFoundError `list_not_found`
   */
  async zoneIn(context: CallContext, listId: string | undefined): Promise<string> {
    const list = listId === undefined ? undefined : await this.getList(context, listId.toLowerCase());
    const { timezone, workspaceId } = context.principal;
    return list?.timezone ?? timezone ?? this.zoneOfWorkspace(workspaceId, context.requestId);
  }

  async zoneOfWorkspace(workspaceId: string, requestId: string): Promise<string> {
    const context = systemContext(workspaceId, requestId);
    const workspace = await this.workspaces.getWorkspace({ id: workspaceId }, context);
    return workspace.timezone;
  }

  /** The given list, or the Inbox. @throws NotFoundError `list_not_found`. */
  async listOf(context: CallContext, listId: string | undefined): Promise<string> {
    if (listId !== undefined) return (await this.getList(context, listId.toLowerCase())).id;
    const { principal, requestId } = context;
    const { list_id: inbox } = await this.occurrences.inbox(systemContext(principal.workspaceId, requestId));
    requireList(principal, inbox);
    return inbox;
  }

  /** @throws NotFoundError `list_not_found` */
  async getList({ principal, requestId }: CallContext, id: string): Promise<List> {
    requireList(principal, id);
    return this.lists.getList({ id }, systemContext(principal.workspaceId, requestId));
  }

  async taskExists({ principal, requestId }: CallContext, id: string): Promise<boolean> {
    try {
      await this.tasks.getTask({ id }, systemContext(principal.workspaceId, requestId));
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'task_not_found') return false;
      throw error;
    }
  }

  /**
   * List and assignee in their stored form.
   * @throws NotFoundError `list_not_found`, InvalidInputError `assignee_id`
   */
  async resolve<Fields extends { list_id?: string | undefined; assignee_id?: string | null | undefined }>(
    context: CallContext,
    fields: Fields,
  ): Promise<{ fields: Fields; members: NamedMember[] }> {
    const { list_id: listId, assignee_id: assigneeId } = fields;
    const named: Pick<Fields, 'list_id' | 'assignee_id'> = {};
    if (listId !== undefined) named.list_id = await this.listOf(context, listId);
    const members = await this.requireAssignee(context, assigneeId);
    if (typeof assigneeId === 'string') named.assignee_id = assigneeId.toLowerCase();
    return { fields: Object.assign({}, fields, named), members };
  }

  /** The assignee, whose membership the writing transaction holds. @throws InvalidInputError */
  async requireAssignee(context: CallContext, userId: string | null | undefined): Promise<NamedMember[]> {
    if (typeof userId !== 'string') return [];
    const members = await this.membershipsOf(context, userId);
    if (members.length === 0) throw notAMember();
    return members;
  }

  /** The assignees of subtasks. @throws InvalidInputError */
  async requireAssigneesOf(
    { principal }: CallContext,
    subtasks: readonly TemplateSubtaskInput[] = [],
  ): Promise<NamedMember[]> {
    const named = subtasks.map(({ assignee_id: id }) => id?.toLowerCase());
    const ids = [...new Set(named.flatMap((id) => id ?? []))];
    if (ids.length === 0) return [];
    const members = await this.members.memberships(principal.workspaceId, ids);
    const present = new Set(members.map(({ user_id: id }) => id));
    const strangers = named.flatMap((id, index) =>
      id === undefined || present.has(id) ? [] : [`subtasks[${index}].assignee_id`],
    );
    if (strangers.length > 0) throw notAMember(strangers);
    return members;
  }

  membershipsOf({ principal }: CallContext, userId: string): Promise<NamedMember[]> {
    return this.members.memberships(principal.workspaceId, [userId]);
  }
}
