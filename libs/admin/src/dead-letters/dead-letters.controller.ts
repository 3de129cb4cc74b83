import { Controller } from '@nestjs/common';
import type { CallContext, InputOf } from '@mono/contract';
import { Operation } from '@mono/platform';
import {
  deadLettersOperations as operations,
  type DeadLetter,
  type DeadLetterBulkResult,
  type DeadLetterPage,
} from '../../contract/index.js';
import { DeadLetters, type Decision } from './dead-letters.js';

@Controller()
export class DeadLettersController {
  constructor(private readonly letters: DeadLetters) {}

  @Operation(operations.findDeadLetters)
  findDeadLetters(query: InputOf<typeof operations.findDeadLetters>): Promise<DeadLetterPage> {
    return this.letters.find(query);
  }

  @Operation(operations.retryDeadLetters)
  retryDeadLetters(
    { note, ...selected }: InputOf<typeof operations.retryDeadLetters>,
    call: CallContext,
  ): Promise<DeadLetterBulkResult> {
    return this.letters.resolveMany('retried', selected, decisionOf(call, note));
  }

  @Operation(operations.discardDeadLetters)
  discardDeadLetters(
    { note, ...selected }: InputOf<typeof operations.discardDeadLetters>,
    call: CallContext,
  ): Promise<DeadLetterBulkResult> {
    return this.letters.resolveMany('discarded', selected, decisionOf(call, note));
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

function decisionOf({ principal, requestId, source }: CallContext, note: string | undefined): Decision {
  const { kind, id } = principal;
  return { actor: { kind, id }, note, requestId, source: source === 'nats' ? 'nats' : 'http' };
}
