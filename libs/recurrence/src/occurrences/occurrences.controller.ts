// The use cases of occurrences and exceptions.
import { Controller } from '@nestjs/common';
import type { CallContext, InputOf } from '@mono/contract';
import { Database, Operation } from '@mono/platform';
import {
  occurrencesOperations,
  type ExceptionPage,
  type OccurrenceChange,
  type OccurrenceException,
  type OccurrencePage,
} from '../../contract/index.js';
import { FormerMembers } from '../members/former-members.js';
import { ChangeOccurrence } from './change-occurrence.js';
import { Exceptions } from './exceptions.js';
import { findOccurrences } from './find-occurrences.js';

@Controller()
export class OccurrencesController {
  constructor(
    private readonly database: Database,
    private readonly occurrences: ChangeOccurrence,
    private readonly exceptions: Exceptions,
    private readonly formerMembers: FormerMembers,
  ) {}

  @Operation(occurrencesOperations.findOccurrences)
  findOccurrences(
    { id, ...query }: InputOf<typeof occurrencesOperations.findOccurrences>,
    call: CallContext,
  ): Promise<OccurrencePage> {
    return findOccurrences(this.database, call, id, query);
  }

  @Operation(occurrencesOperations.changeOccurrence)
  changeOccurrence(
    { id, original_start: start, scope = 'this', patch }: InputOf<typeof occurrencesOperations.changeOccurrence>,
    call: CallContext,
  ): Promise<OccurrenceChange> {
    return this.formerMembers.settled(call.requestId, () => this.occurrences.change(call, id, start, scope, patch));
  }

  @Operation(occurrencesOperations.removeOccurrence)
  removeOccurrence(
    { id, original_start: start, scope = 'this' }: InputOf<typeof occurrencesOperations.removeOccurrence>,
    call: CallContext,
  ): Promise<void> {
    return this.occurrences.remove(call, id, start, scope);
  }

  @Operation(occurrencesOperations.createException)
  createException(
    { id, ...exception }: InputOf<typeof occurrencesOperations.createException>,
    call: CallContext,
  ): Promise<OccurrenceException> {
    return this.formerMembers.settled(call.requestId, () => this.exceptions.create(call, id, exception));
  }

  @Operation(occurrencesOperations.findExceptions)
  findExceptions(
    { id, ...query }: InputOf<typeof occurrencesOperations.findExceptions>,
    call: CallContext,
  ): Promise<ExceptionPage> {
    return this.exceptions.find(call, id, query);
  }

  @Operation(occurrencesOperations.undoException)
  undoException(
    { id, original_start: start }: InputOf<typeof occurrencesOperations.undoException>,
    call: CallContext,
  ): Promise<void> {
    return this.exceptions.undo(call, id, start);
  }
}
