import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CallContext } from '@mono/contract';
import { documentedErrors } from '../http/api-errors.js';
import { CallContextParam, IdParam, RequireScope, WithEntityTag } from '../http/decorators.js';
import {
  DeadLetter,
  DeadLetterBulkDecision,
  DeadLetterBulkResult,
  DeadLetterDecision,
  DeadLetterPage,
  DeadLetterQuery,
} from './dead-letter.js';
import { DeadLetters, type Decision } from './dead-letters.js';

const ApiErrors = documentedErrors({
  dead_letter_not_found: 404,
  dead_letter_discarded: 409,
  dead_letter_retried: 409,
});

@ApiTags('admin')
@Controller('v1/admin/dead-letters')
export class DeadLettersController {
  constructor(@Inject(DeadLetters) private readonly letters: DeadLetters) {}

  @Get()
  @RequireScope('operator')
  @ApiOperation({ operationId: 'findDeadLetters', summary: 'Page through what gave up' })
  @ApiOkResponse({ type: DeadLetterPage, description: 'A page of dead letters, oldest first.' })
  find(@Query() query: DeadLetterQuery): Promise<DeadLetterPage> {
    return this.letters.find(query);
  }

  @Post('retry')
  @HttpCode(200)
  @RequireScope('operator')
  @ApiOperation({ operationId: 'retryDeadLetters', summary: 'Have many tried again' })
  @ApiOkResponse({ type: DeadLetterBulkResult, description: 'How many there were.' })
  retryMany(
    @CallContextParam() context: CallContext,
    @Body() { note, ...meant }: DeadLetterBulkDecision,
  ): Promise<DeadLetterBulkResult> {
    return this.letters.resolveMany('retried', meant, decisionOf(context, note));
  }

  @Post('discard')
  @HttpCode(200)
  @RequireScope('operator')
  @ApiOperation({ operationId: 'discardDeadLetters', summary: 'Discard many' })
  @ApiOkResponse({ type: DeadLetterBulkResult, description: 'How many there were.' })
  discardMany(
    @CallContextParam() context: CallContext,
    @Body() { note, ...meant }: DeadLetterBulkDecision,
  ): Promise<DeadLetterBulkResult> {
    return this.letters.resolveMany('discarded', meant, decisionOf(context, note));
  }

  @Get(':id')
  @RequireScope('operator')
  @WithEntityTag<DeadLetter>()
  @ApiOperation({ operationId: 'getDeadLetter', summary: 'Read a dead letter' })
  @ApiOkResponse({ type: DeadLetter, description: 'The dead letter.' })
  @ApiErrors('dead_letter_not_found')
  get(@IdParam('dead_letter') id: string): Promise<DeadLetter> {
    return this.letters.get(id);
  }

  @Post(':id/retry')
  @HttpCode(200)
  @RequireScope('operator')
  @ApiOperation({ operationId: 'retryDeadLetter', summary: 'Have it tried again' })
  @ApiOkResponse({ type: DeadLetter, description: 'The dead letter.' })
  @ApiErrors('dead_letter_not_found', 'dead_letter_discarded')
  retry(
    @CallContextParam() context: CallContext,
    @IdParam('dead_letter') id: string,
    @Body() { note }: DeadLetterDecision,
  ): Promise<DeadLetter> {
    return this.letters.retry(id, decisionOf(context, note));
  }

  @Post(':id/discard')
  @HttpCode(200)
  @RequireScope('operator')
  @ApiOperation({ operationId: 'discardDeadLetter', summary: 'Discard it' })
  @ApiOkResponse({ type: DeadLetter, description: 'The dead letter.' })
  @ApiErrors('dead_letter_not_found', 'dead_letter_retried')
  discard(
    @CallContextParam() context: CallContext,
    @IdParam('dead_letter') id: string,
    @Body() { note }: DeadLetterDecision,
  ): Promise<DeadLetter> {
    return this.letters.discard(id, decisionOf(context, note));
  }
}

function decisionOf({ principal, requestId }: CallContext, note: string | undefined): Decision {
  return { by: `${principal.kind}:${principal.id}`, note, requestId, source: 'http' };
}
