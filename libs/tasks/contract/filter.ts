import { ApiProperty } from '@nestjs/swagger';
import { IntegerField, TextField } from '@mono/contract';
import { MAX_FILTER_CHARACTERS } from './task-constants.js';

const offset = { type: 'integer', minimum: 0, description: 'In UTF-16 code units.', example: 0 } as const;

export class ExplainFilter {
  @TextField({ description: 'A filter, which may be unfinished.', max: MAX_FILTER_CHARACTERS, example: 'due < +7d' })
  filter: string;

  @IntegerField({
    description: 'Where the cursor is, in UTF-16 code units. Default: the end.',
    min: 0,
    max: MAX_FILTER_CHARACTERS,
    optional: true,
    example: 9,
  })
  cursor?: number;
}

export class FilterSpan {
  @ApiProperty(offset)
  start: number;

  @ApiProperty({ ...offset, description: 'Exclusive.', example: 3 })
  end: number;
}

export class FilterToken extends FilterSpan {
  @ApiProperty({
    enum: ['field', 'operator', 'value', 'text', 'flag', 'logic', 'parenthesis'],
    description: 'For highlighting.',
    example: 'field',
  })
  kind: string;
}

export class FilterFault extends FilterSpan {
  @ApiProperty({ type: String, description: 'The fault.', example: '"soon" is not a date.' })
  message: string;

  @ApiProperty({ type: [String], description: 'The words that may stand there.', example: ['today', '+7d'] })
  expected: string[];
}

export class FilterCompletion {
  @ApiProperty({ type: String, description: 'Replaces the text between `start` and `end`.', example: 'due' })
  text: string;

  @ApiProperty({ enum: ['field', 'flag', 'operator', 'value', 'logic'], description: 'The kind.', example: 'field' })
  kind: string;
}

export class FilterCompletions extends FilterSpan {
  @ApiProperty({ type: [FilterCompletion] })
  items: FilterCompletion[];
}

export class ExplainedFilter {
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The filter in words; null for one that is not valid.',
    example: 'due before 7 days after today',
  })
  words: string | null;

  @ApiProperty({ type: [FilterToken], description: 'The tokens, up to the fault.' })
  tokens: FilterToken[];

  @ApiProperty({ type: FilterFault, nullable: true, description: 'null for a valid filter.' })
  fault: FilterFault | null;

  @ApiProperty({ type: FilterCompletions, description: 'Completions at the cursor.' })
  completions: FilterCompletions;
}
