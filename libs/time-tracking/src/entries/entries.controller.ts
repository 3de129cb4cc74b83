// The use cases of time entries.
import { Controller } from '@nestjs/common';
import type { CallContext, InputOf } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import { entriesOperations as operations, type EntryPage, type TimeEntry } from '../../contract/index.js';
import { changeEntry } from './change-entry.js';
import { createEntry } from './create-entry.js';
import { deleteEntry } from './delete-entry.js';
import { EntriesParts } from './entries-parts.js';
import { findEntries, getEntry } from './find-entries.js';

@Controller()
export class EntriesController {
  constructor(
    private readonly database: Database,
    private readonly parts: EntriesParts,
  ) {}

  @Operation(operations.createEntry)
  createEntry(input: InputOf<typeof operations.createEntry>, call: CallContext): Promise<TimeEntry> {
    return createEntry(this.parts, call, input);
  }

  @Operation(operations.findEntries)
  findEntries(query: InputOf<typeof operations.findEntries>, call: CallContext): Promise<EntryPage> {
    return findEntries(this.database, call, query);
  }

  @Operation(operations.getEntry)
  getEntry({ id }: InputOf<typeof operations.getEntry>, call: CallContext): Promise<TimeEntry> {
    return getEntry(this.database, call, id);
  }

  @Operation(operations.updateEntry)
  updateEntry({ id, patch }: InputOf<typeof operations.updateEntry>, call: CallContext): Promise<TimeEntry> {
    return changeEntry(this.parts, call, id, patch);
  }

  @Operation(operations.deleteEntry)
  deleteEntry({ id }: InputOf<typeof operations.deleteEntry>, call: CallContext): Promise<void> {
    return deleteEntry(this.parts, call, id);
  }
}
