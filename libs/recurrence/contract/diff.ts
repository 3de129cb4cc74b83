// The effect of a change of a template on its occurrences, without the change.
import { ApiProperty } from '@nestjs/swagger';
import { InstantField, TextField, UuidField } from '@mono/contract';

export class DiffedOccurrence {
  @TextField({
    description: 'Identifies the occurrence, by its start before the change.',
    example: '2026-05-04T09:00:00',
  })
  original_start: string;

  @InstantField({
    description: 'Start of the occurrence; for kept ones, after the change.',
    example: '2026-05-04T07:00:00.000Z',
  })
  at: string;

  @UuidField({ description: 'Task of the occurrence; null before it is created.', nullable: true, example: null })
  task_id: string | null;
}

/** Compares the future occurrences within the generation horizon of the template. */
export class TemplateDiff {
  @ApiProperty({ type: [DiffedOccurrence], description: 'Occurrences that would get tasks.' })
  added: DiffedOccurrence[];

  @ApiProperty({
    type: [DiffedOccurrence],
    description: 'Occurrences that would lose their tasks, unless a user has worked on them.',
  })
  removed: DiffedOccurrence[];

  @ApiProperty({
    type: [DiffedOccurrence],
    description: 'Occurrences that would keep their tasks, possibly with another start or content.',
  })
  kept: DiffedOccurrence[];

  @ApiProperty({
    type: [String],
    description: 'Exceptions that would fit no occurrence, by `original_start`.',
    example: [],
  })
  unfit_exceptions: string[];
}
