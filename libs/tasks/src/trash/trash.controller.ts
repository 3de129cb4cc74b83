// Deleted tasks and lists, as the trash of the workspace asks for them on behalf of a caller.
import { Controller } from '@nestjs/common';
import type { CallContext, InputOf } from '@mono/contract';
import { Operation } from '@mono/platform';
import type { DeleteAnswer, FoundTrash, RestoreAnswer } from '@mono/trash/contract';
import { tasksTrashOperations as operations } from '../../contract/trash.operations.js';
import { FindTrash } from './find-trash.js';
import { Purge } from './purge.js';
import { Restore } from './restore.js';

@Controller()
export class TrashController {
  constructor(
    private readonly finder: FindTrash,
    private readonly restorer: Restore,
    private readonly purge: Purge,
  ) {}

  @Operation(operations.findTrash)
  findTrash(query: InputOf<typeof operations.findTrash>, call: CallContext): Promise<FoundTrash> {
    return this.finder.find(call, query);
  }

  @Operation(operations.restoreFromTrash)
  async restoreFromTrash(
    input: InputOf<typeof operations.restoreFromTrash>,
    call: CallContext,
  ): Promise<RestoreAnswer> {
    return { restored: await this.restorer.restore(call, input) };
  }

  @Operation(operations.deleteFromTrash)
  async deleteFromTrash({ id }: InputOf<typeof operations.deleteFromTrash>, call: CallContext): Promise<DeleteAnswer> {
    return { deleted: await this.purge.delete(call, id) };
  }
}
