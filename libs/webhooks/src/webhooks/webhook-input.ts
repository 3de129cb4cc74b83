// Checks what a caller asks of a webhook: the URL, the event types, the list and the filter.
import { Injectable } from '@nestjs/common';
import { Bus } from '@mono/bus';
import { clientOf, InvalidInputError, type CallContext, type FieldFault } from '@mono/contract';
import { FilterMatchesClient, listsOperations, type FilterToMatch, type ListsClient } from '@mono/tasks/contract';
import { webhooksErrors } from '../../contract/index.js';
import { systemContext } from '../creators/creator-rights.js';
import { faultOfPattern, matches, matchesOne } from '../domain/event-types.js';
import { isOfTask } from '../recording/filter-verdicts.js';
import { mayRead, PublicEvents } from '../recording/public-events.js';
import { WebhookSender } from '../sending/webhook-sender.js';
import type { WebhookFields } from './webhook.store.js';

@Injectable()
export class WebhookInput {
  private readonly lists: ListsClient;
  private readonly tasks: FilterMatchesClient;

  constructor(
    bus: Bus,
    private readonly events: PublicEvents,
    private readonly sender: WebhookSender,
  ) {
    this.lists = clientOf(bus, listsOperations);
    this.tasks = new FilterMatchesClient(bus);
  }

  /** @throws InvalidInputError naming the field; DomainError `list_not_found`. */
  async require(
    call: CallContext,
    { url, event_types: types, list_id: listId }: Partial<WebhookFields>,
  ): Promise<void> {
    if (url !== undefined) this.sender.requireAcceptableUrl(url);
    const faults = (types ?? []).flatMap((type, index) => this.faultOf(call, type, index));
    if (faults.length > 0) throw new InvalidInputError(faults);
    if (typeof listId === 'string') await this.requireList(call, listId);
  }

  /**
   * The creator of the webhook decides about names and `me`.
   * @throws InvalidInputError naming the field; DomainError `filter_not_found`.
   */
  async requireFilter(workspaceId: string, filter: FilterToMatch): Promise<void> {
    const [result] = await this.tasks.matchChanges(workspaceId, [filter], []);
    if (!result?.fault) return;
    const { code, message } = result.fault;
    const { filter_id: id } = filter;
    if (id === null) throw new InvalidInputError([{ field: 'filter', code: 'wrong_format', issue: message }]);
    if (code === 'filter_not_found') throw webhooksErrors.filter_not_found({ id });
    throw new InvalidInputError([{ field: 'filter_id', issue: message }]);
  }

  /** @throws InvalidInputError for fields that contradict each other. */
  requireTogether({ filter, filter_id: id, event_types: types }: WebhookFields): void {
    if (filter !== null && id !== null)
      throw new InvalidInputError([{ field: 'filter_id', code: 'not_combinable', issue: 'goes without filter' }]);
    if (filter === null && id === null) return;
    const ofTasks = this.events.all.filter((event) => isOfTask({ public: event }));
    if (ofTasks.some(({ type }) => matches(types, type))) return;
    const issue = 'must have a type of tasks, such as tasks.*: a webhook with a filter sends no other events';
    throw new InvalidInputError([{ field: 'event_types', code: 'not_combinable', issue }]);
  }

  private faultOf({ principal }: CallContext, pattern: string, index: number): FieldFault[] {
    const field = `event_types[${index}]`;
    const issue = faultOfPattern(pattern, this.events.types);
    if (issue !== undefined) return [{ field, code: 'not_one_of', issue }];
    const named = this.events.all.filter(({ type }) => matchesOne(pattern, type));
    if (named.some(({ thing }) => mayRead(principal, thing))) return [];
    const scopes = [...new Set(named.map(({ thing }) => thing.scope))].join(' or ');
    return [{ field, code: 'not_allowed', issue: `needs the scope ${scopes}, which the caller does not have` }];
  }

  private async requireList({ principal, requestId }: CallContext, listId: string): Promise<void> {
    const { listIds, workspaceId } = principal;
    if (listIds && !listIds.includes(listId)) throw webhooksErrors.list_not_found({ id: listId });
    await this.lists.getList({ id: listId }, systemContext(workspaceId, requestId));
  }
}
