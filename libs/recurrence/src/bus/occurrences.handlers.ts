import { Controller, Inject } from '@nestjs/common';
import { RequestHandler, type BusContext } from '@mono/bus';
import { callContextOf, replying } from '@mono/platform';
import {
  RecurrenceApi,
  recurrenceRequests,
  type ChangeOccurrence,
  type CreateExceptionOf,
  type ExceptionId,
  type ExceptionPage,
  type FindExceptions,
  type FindOccurrences,
  type OccurrenceChange,
  type OccurrenceException,
  type OccurrencePage,
  type RemoveOccurrence,
} from '../../contract/index.js';

@Controller()
export class OccurrencesHandlers {
  constructor(@Inject(RecurrenceApi) private readonly recurrence: RecurrenceApi) {}

  @RequestHandler(recurrenceRequests.findOccurrences)
  findOccurrences({ id, ...query }: FindOccurrences, context: BusContext): Promise<OccurrencePage> {
    return this.recurrence.findOccurrences(callContextOf(context), id, query);
  }

  @RequestHandler(recurrenceRequests.changeOccurrence)
  changeOccurrence(
    { id, original_start: start, scope = 'this', patch }: ChangeOccurrence,
    context: BusContext,
  ): Promise<OccurrenceChange> {
    return this.recurrence.changeOccurrence(callContextOf(context), id, start, scope, patch);
  }

  @RequestHandler(recurrenceRequests.removeOccurrence)
  removeOccurrence(
    { id, original_start: start, scope = 'this' }: RemoveOccurrence,
    context: BusContext,
  ): Promise<void> {
    return this.recurrence.removeOccurrence(callContextOf(context), id, start, scope);
  }

  @RequestHandler(recurrenceRequests.createException)
  createException({ id, ...input }: CreateExceptionOf, context: BusContext): Promise<OccurrenceException> {
    return replying(context, this.recurrence.createException(callContextOf(context), id, input));
  }

  @RequestHandler(recurrenceRequests.findExceptions)
  findExceptions({ id, ...query }: FindExceptions, context: BusContext): Promise<ExceptionPage> {
    return this.recurrence.findExceptions(callContextOf(context), id, query);
  }

  @RequestHandler(recurrenceRequests.undoException)
  undoException({ id, original_start: start }: ExceptionId, context: BusContext): Promise<void> {
    return this.recurrence.undoException(callContextOf(context), id, start);
  }
}
