import { Controller } from '@nestjs/common';
import { zoneOf, type CallContext, type InputOf } from '@mono/contract';
import { withInstants } from '@mono/contract/zones';
import { Operation } from '@mono/platform';
import {
  deadLettersOperations as operations,
  type DeadLetter,
  type DeadLetterBulkDecision,
  type DeadLetterBulkResult,
  type DeadLetterPage,
} from '../../contract/index.js';
import { DeadLetters, type Decision } from './dead-letters.js';

const MOMENTS = ['failed_after', 'failed_before'] as const;

@Controller()
export class DeadLettersController {
  constructor(private readonly letters: DeadLetters) {}

  @Operation(operations.findDeadLetters)
  findDeadLetters(
    query: InputOf<typeof operations.findDeadLetters>,
    { principal }: CallContext,
  ): Promise<DeadLetterPage> {
    return this.letters.find(withInstants(query, MOMENTS, zoneOf(principal)));
  }

  @Operation(operations.retryDeadLetters)
  retryDeadLetters(
    { note, ...selected }: InputOf<typeof operations.retryDeadLetters>,
    call: CallContext,
  ): Promise<DeadLetterBulkResult> {
    return this.letters.resolveMany('retried', selectedBy(call, selected), decisionOf(call, note));
  }

  @Operation(operations.discardDeadLetters)
  discardDeadLetters(
    { note, ...selected }: InputOf<typeof operations.discardDeadLetters>,
    call: CallContext,
  ): Promise<DeadLetterBulkResult> {
    return this.letters.resolveMany('discarded', selectedBy(call, selected), decisionOf(call, note));
  }

  @Operation(operations.getDeadLetter)
  getDeadLetter({ id }: InputOf<typeof operations.getDeadLetter>): Promise<DeadLetter> {
    return this.letters.get(id);
  }

  @Operation(operations.retryDeadLetter)
  retryDeadLetter({ id, note }: InputOf<typeof operations.retryDeadLetter>, call: CallContext): Promise<DeadLetter> {
    return this.letters.resolve(id, 'retried', decisionOf(call, note));
  }

  @Operation(operations.discardDeadLetter)
  discardDeadLetter(
    { id, note }: InputOf<typeof operations.discardDeadLetter>,
    call: CallContext,
  ): Promise<DeadLetter> {
    return this.letters.resolve(id, 'discarded', decisionOf(call, note));
  }
}

/** Its dates are days of the caller. */
function selectedBy(
  { principal }: CallContext,
  { ids, filter }: Pick<DeadLetterBulkDecision, 'ids' | 'filter'>,
): Pick<DeadLetterBulkDecision, 'ids' | 'filter'> {
  return {
    ...(ids && { ids }),
    ...(filter && { filter: withInstants(filter, MOMENTS, zoneOf(principal)) }),
  };
}

function decisionOf({ principal, requestId, source }: CallContext, note: string | undefined): Decision {
  const { kind, id } = principal;
  return { actor: { kind, id }, note, requestId, source: source === 'nats' ? 'nats' : 'http' };
}
