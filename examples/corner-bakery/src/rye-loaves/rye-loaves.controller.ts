// The use cases of rye loaves.
import { Controller } from '@nestjs/common';
import { OutboxSignal } from '@mono/bus/outbox';
import {
  buildPage,
  NotFoundError,
  readPageRequest,
  VersionConflictError,
  type CallContext,
  type Changes,
  type InputOf,
} from '@mono/contract';
import { Database, once, Operation, outbox, type Executor } from '@mono/platform';
import {
  cornerBakeryEvents,
  ryeLoavesOperations as operations,
  type RyeLoaf,
  type RyeLoafPage,
} from '../../contract/index.js';
import { RyeLoafStore } from './rye-loaf.store.js';

@Controller()
export class RyeLoavesController {
  constructor(
    private readonly database: Database,
    private readonly store: RyeLoafStore,
    private readonly signal: OutboxSignal,
  ) {}

  @Operation(operations.createRyeLoaf)
  createRyeLoaf(input: InputOf<typeof operations.createRyeLoaf>, call: CallContext): Promise<RyeLoaf> {
    const work = async (on: Executor): Promise<RyeLoaf> => {
      const ryeLoaf = await this.store.insert(on, call.principal.workspaceId, input);
      await this.publish(on, call, cornerBakeryEvents.rye_loaf_created, ryeLoaf, {
        title: { from: null, to: ryeLoaf.title },
      });
      return ryeLoaf;
    };
    return once(this.database, operations.createRyeLoaf, call, input, work, { atomic: true });
  }

  @Operation(operations.findRyeLoaves)
  async findRyeLoaves(
    query: InputOf<typeof operations.findRyeLoaves>,
    { principal: { workspaceId } }: CallContext,
  ): Promise<RyeLoafPage> {
    const request = readPageRequest(query, ['uuid'], { workspaceId });
    const rows = await this.store.page(this.database, workspaceId, request);
    const total = request.countsExactly ? await this.store.count(this.database, workspaceId) : undefined;
    return buildPage(request, { rows, item: (row) => row, key: ({ id }) => [id], total });
  }

  @Operation(operations.getRyeLoaf)
  async getRyeLoaf({ id }: InputOf<typeof operations.getRyeLoaf>, { principal }: CallContext): Promise<RyeLoaf> {
    return found(await this.store.find(this.database, principal.workspaceId, id), id);
  }

  @Operation(operations.updateRyeLoaf)
  updateRyeLoaf({ id, patch }: InputOf<typeof operations.updateRyeLoaf>, call: CallContext): Promise<RyeLoaf> {
    return this.database.transaction(async (on) => {
      const before = await this.lock(on, call, id);
      const { title = before.title } = patch;
      if (title === before.title) return before;
      const ryeLoaf = await this.store.update(on, call.principal.workspaceId, id, { title });
      await this.publish(on, call, cornerBakeryEvents.rye_loaf_updated, ryeLoaf, {
        title: { from: before.title, to: title },
      });
      return ryeLoaf;
    });
  }

  @Operation(operations.deleteRyeLoaf)
  deleteRyeLoaf({ id }: InputOf<typeof operations.deleteRyeLoaf>, call: CallContext): Promise<void> {
    return this.database.transaction(async (on) => {
      const ryeLoaf = await this.lock(on, call, id);
      await this.store.delete(on, call.principal.workspaceId, id);
      const deleted = { id, version: ryeLoaf.version + 1 };
      const changes = { title: { from: ryeLoaf.title, to: null } };
      await this.publish(on, call, cornerBakeryEvents.rye_loaf_deleted, deleted, changes);
    });
  }

  /** @throws NotFoundError, VersionConflictError. */
  private async lock(on: Executor, { principal, expectedVersion }: CallContext, id: string): Promise<RyeLoaf> {
    const ryeLoaf = found(await this.store.lock(on, principal.workspaceId, id), id);
    if (expectedVersion !== undefined && expectedVersion !== ryeLoaf.version)
      throw new VersionConflictError(ryeLoaf.version);
    return ryeLoaf;
  }

  private async publish(
    on: Executor,
    { principal: { kind, id, workspaceId }, requestId }: CallContext,
    event: (typeof cornerBakeryEvents)[keyof typeof cornerBakeryEvents],
    { id: aggregate_id, version }: Pick<RyeLoaf, 'id' | 'version'>,
    changes: Changes,
  ): Promise<void> {
    await outbox.add(on, event, {
      aggregate: 'rye_loaf',
      aggregate_id,
      version,
      workspace_id: workspaceId,
      actor: { kind, id },
      request_id: requestId,
      changes,
    });
    on.afterCommit(() => this.signal.wake());
  }
}

function found(ryeLoaf: RyeLoaf | undefined, id: string): RyeLoaf {
  if (!ryeLoaf) throw new NotFoundError('rye_loaf', id);
  return ryeLoaf;
}
