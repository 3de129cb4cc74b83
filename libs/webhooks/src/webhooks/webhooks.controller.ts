// The use cases of webhooks. Callers see their own; callers with all scopes and lists see those of the workspace.
import { randomBytes } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { MembersClient } from '@mono/auth/contract';
import {
  buildPage,
  InvalidInputError,
  readPageRequest,
  requireVersion,
  type CallContext,
  type InputOf,
} from '@mono/contract';
import { Database, once, Operation, type ConfigOf, type Executor, type NamedMember } from '@mono/platform';
import { Temporal } from 'temporal-polyfill';
import {
  webhooksErrors,
  webhooksOperations as operations,
  type NewWebhook,
  type Webhook,
  type WebhookPage,
} from '../../contract/index.js';
import { DeleteWebhooks } from '../creators/delete-webhooks.js';
import { FormerMembers } from '../creators/former-members.js';
import { memberships } from '../creators/members.js';
import { DeliveryQueue } from '../delivery/delivery-queue.js';
import { filterToMatch, hasFilter } from '../recording/filter-verdicts.js';
import { webhooksConfig } from '../webhooks.config.js';
import { WebhookEvents, webhookChanges } from './webhook-events.js';
import { filterOf, requireWebhook } from './require-webhook.js';
import { WebhookInput } from './webhook-input.js';
import { toWebhook, WebhookStore, type WebhookFields, type WebhookRow } from './webhook.store.js';

const SECRET_BYTES = 32;
const DEFAULT_OVERLAP = 'P1D';
const LONGEST_OVERLAP_SECONDS = 30 * 24 * 60 * 60;
const SHOWS_SECRET = { showsSecret: true, atomic: true };

@Controller()
export class WebhooksController {
  constructor(
    private readonly database: Database,
    private readonly store: WebhookStore,
    private readonly queue: DeliveryQueue,
    private readonly input: WebhookInput,
    private readonly events: WebhookEvents,
    private readonly deleting: DeleteWebhooks,
    private readonly members: MembersClient,
    private readonly formerMembers: FormerMembers,
    @Inject(webhooksConfig.KEY) private readonly config: ConfigOf<typeof webhooksConfig>,
  ) {}

  @Operation(operations.createWebhook)
  createWebhook(input: InputOf<typeof operations.createWebhook>, call: CallContext): Promise<NewWebhook> {
    return this.formerMembers.settled(call.requestId, () => this.createOnce(input, call));
  }

  @Operation(operations.findWebhooks)
  async findWebhooks(query: InputOf<typeof operations.findWebhooks>, call: CallContext): Promise<WebhookPage> {
    const request = readPageRequest(query, ['uuid'], { caller: call.principal.id });
    const filter = filterOf(call.principal);
    const rows = await this.store.page(this.database, filter, request);
    const total = request.countsExactly ? await this.store.count(this.database, filter) : undefined;
    return buildPage(request, { rows, item: toWebhook, key: ({ id }) => [id], total });
  }

  @Operation(operations.getWebhook)
  async getWebhook({ id }: InputOf<typeof operations.getWebhook>, { principal }: CallContext): Promise<Webhook> {
    return toWebhook(requireWebhook(await this.store.find(this.database, id, filterOf(principal)), id));
  }

  @Operation(operations.updateWebhook)
  async updateWebhook({ id, patch }: InputOf<typeof operations.updateWebhook>, call: CallContext): Promise<Webhook> {
    const change = normal(patch);
    await this.input.require(call, change);
    const { filter = null, filter_id = null } = change;
    if (hasFilter({ filter, filter_id })) {
      const row = requireWebhook(await this.store.find(this.database, id, filterOf(call.principal)), id);
      await this.requireFilter({ filter, filter_id }, row);
    }
    return this.database.transaction(async (on) => {
      const before = await this.lock(on, call, id);
      const fields = Object.assign(fieldsOf(before), change);
      this.input.requireTogether(fields);
      if (Object.keys(webhookChanges(before, fields)).length === 0 && fields.url === before.url)
        return toWebhook(before);
      const row = await this.store.update(on, before, fields);
      if (!row.enabled) await this.queue.cancel(on, row);
      await this.events.updated(on, call, before, row);
      return toWebhook(row.enabled ? row : { ...row, pending: 0 });
    });
  }

  @Operation(operations.deleteWebhook)
  deleteWebhook({ id }: InputOf<typeof operations.deleteWebhook>, call: CallContext): Promise<void> {
    return this.database.transaction(async (on) => {
      await this.deleting.delete(on, call, await this.lock(on, call, id));
    });
  }

  @Operation(operations.rotateWebhookSecret)
  async rotateWebhookSecret(
    { id, overlap = DEFAULT_OVERLAP }: InputOf<typeof operations.rotateWebhookSecret>,
    call: CallContext,
  ): Promise<NewWebhook> {
    const seconds = secondsOf(overlap);
    const work = async (on: Executor): Promise<NewWebhook> => {
      const before = await this.lock(on, call, id);
      const secret = newSecret();
      const row = await this.store.rotate(on, before, secret, seconds);
      await this.events.rotated(on, call, row);
      return Object.assign(toWebhook(row), { secret });
    };
    return once(this.database, operations.rotateWebhookSecret, call, { id, overlap }, work, SHOWS_SECRET);
  }

  private async createOnce(input: InputOf<typeof operations.createWebhook>, call: CallContext): Promise<NewWebhook> {
    const { principal } = call;
    const fields: WebhookFields = {
      list_id: null,
      filter: null,
      filter_id: null,
      description: '',
      enabled: true,
      ...input,
      ...normal(input),
    };
    await this.input.require(call, fields);
    this.input.requireTogether(fields);
    if (hasFilter(fields))
      await this.requireFilter(fields, { ...creatorOf(call), workspace_id: principal.workspaceId });
    const member = await this.memberOf(call);
    const work = async (on: Executor): Promise<NewWebhook> => {
      const left = await memberships.hold(on, principal.workspaceId, member);
      if (left.size > 0) throw webhooksErrors.webhook_not_found({ id: principal.id });
      const secret = newSecret();
      const row = await this.insert(on, call, fields, secret);
      await this.events.created(on, call, row);
      return Object.assign(toWebhook(row), { secret });
    };
    return once(this.database, operations.createWebhook, call, input, work, SHOWS_SECRET);
  }

  private async insert(on: Executor, call: CallContext, fields: WebhookFields, secret: string): Promise<WebhookRow> {
    const limit = this.config.WEBHOOKS_MAX_PER_WORKSPACE;
    const webhook = { ...fields, ...creatorOf(call), secret };
    const row = await this.store.insert(on, call.principal.workspaceId, webhook, limit);
    if (!row) throw webhooksErrors.too_many_webhooks({ limit });
    return row;
  }

  /** As its creator means it. */
  private async requireFilter(
    { filter, filter_id }: Pick<WebhookFields, 'filter' | 'filter_id'>,
    { workspace_id: workspaceId, creator_kind, creator_id, creator_list_ids }: Creator & { workspace_id: string },
  ): Promise<void> {
    const asked = filterToMatch({ filter, filter_id, creator_kind, creator_id, creator_list_ids });
    await this.input.requireFilter(workspaceId, asked);
  }

  /** The webhooks of a user end with the membership. */
  private async memberOf({ principal }: CallContext): Promise<NamedMember[]> {
    if (principal.kind !== 'user') return [];
    return this.members.memberships(principal.workspaceId, [principal.id]);
  }

  /** @throws DomainError `webhook_not_found`; VersionConflictError. */
  private async lock(on: Executor, call: CallContext, id: string): Promise<WebhookRow> {
    const row = requireWebhook(await this.store.lock(on, id, filterOf(call.principal)), id);
    requireVersion(call, row);
    return row;
  }
}

/** Standard Webhooks. */
function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

type Creator = Pick<WebhookRow, 'creator_kind' | 'creator_id' | 'creator_list_ids'>;

function creatorOf({ principal: { kind, id, listIds } }: CallContext): Creator {
  if (kind === 'system') throw new Error('Invariant violated: the system creates no webhooks.');
  return { creator_kind: kind, creator_id: id, creator_list_ids: listIds ? [...listIds] : null };
}

function normal<Fields extends Partial<WebhookFields>>(fields: Fields): Fields {
  const ids = (['list_id', 'filter_id'] as const).flatMap((name) => {
    const id = fields[name];
    return typeof id === 'string' ? [[name, id.toLowerCase()] as const] : [];
  });
  return { ...fields, ...Object.fromEntries(ids) };
}

function fieldsOf(row: WebhookRow): WebhookFields {
  const { url, event_types, list_id, filter, filter_id, description, enabled } = row;
  return { url, event_types, list_id, filter, filter_id, description, enabled };
}

/** @throws InvalidInputError */
function secondsOf(overlap: string): number {
  const today = Temporal.Now.plainDateISO('UTC');
  const seconds = Temporal.Duration.from(overlap).total({ unit: 'seconds', relativeTo: today });
  if (seconds <= LONGEST_OVERLAP_SECONDS) return seconds;
  throw new InvalidInputError([{ field: 'overlap', code: 'out_of_range', issue: 'must be at most 30 days' }]);
}
