// The templates in the trash of the workspace.
import { Controller } from '@nestjs/common';
import { hasScope, requireRights, type CallContext, type InputOf } from '@mono/contract';
import { Database, NodeInfo, Operation } from '@mono/platform';
import type { DeleteAnswer, FoundTrash, RestoreAnswer, TrashItem } from '@mono/trash/contract';
import { templatesTrash } from '../../contract/templates-trash.operations.js';
import { FormerMembers } from '../members/former-members.js';
import { countTrashed, findTrashed, type TrashedRow } from '../persistence/trash.store.js';
import { Purge } from './purge.js';
import { RestoreTemplate } from './restore-template.js';

const TYPE = 'template';
const DAY_MS = 24 * 60 * 60 * 1_000;

@Controller()
export class TrashController {
  constructor(
    private readonly database: Database,
    private readonly node: NodeInfo,
    private readonly restoring: RestoreTemplate,
    private readonly formerMembers: FormerMembers,
    private readonly purge: Purge,
  ) {}

  @Operation(templatesTrash.findTrash)
  async findTrash(
    { types, list_id: listId, q, after, limit, count = false }: InputOf<typeof templatesTrash.findTrash>,
    { principal }: CallContext,
  ): Promise<FoundTrash> {
    const isHidden = !hasScope(principal, 'recurrence:read') || (types && !types.includes(TYPE));
    if (isHidden) return { items: [], total: count ? 0 : null };
    const { workspaceId, listIds } = principal;
    const filter = { workspaceId, listIds, listId, q };
    const rows = limit === 0 ? [] : await findTrashed(this.database, filter, { after, limit });
    return {
      items: rows.map((row) => this.itemOf(row)),
      total: count ? await countTrashed(this.database, filter) : null,
    };
  }

  @Operation(templatesTrash.restoreFromTrash)
  async restoreFromTrash(
    input: InputOf<typeof templatesTrash.restoreFromTrash>,
    call: CallContext,
  ): Promise<RestoreAnswer> {
    const restore = () => this.restoring.restore(call, input);
    return { restored: await this.formerMembers.settled(call.requestId, restore) };
  }

  @Operation(templatesTrash.deleteFromTrash)
  async deleteFromTrash(
    { id }: InputOf<typeof templatesTrash.deleteFromTrash>,
    call: CallContext,
  ): Promise<DeleteAnswer> {
    requireRights(call.principal, { scope: 'admin' });
    const deleted = await this.database.transaction(async (on) => {
      const row = await this.restoring.trashed(on, call, id, 'locked');
      if (!row) return false;
      await this.purge.markPurged(on, call, row);
      return true;
    });
    if (deleted) await this.purge.eraseNow(id);
    return { deleted };
  }

  private itemOf({ id, title, list_id, deleted_at, deleted_by: by, exceptions }: TrashedRow): TrashItem {
    const at = deleted_at ?? '';
    return {
      id,
      type: TYPE,
      title,
      list_id,
      deleted_at: at,
      deleted_by: { kind: by?.kind ?? 'system', id: by?.id ?? '' },
      holds: exceptions === 0 ? {} : { exception: exceptions },
      expires_at: new Date(Date.parse(at) + this.node.trashDays * DAY_MS).toISOString(),
    };
  }
}
