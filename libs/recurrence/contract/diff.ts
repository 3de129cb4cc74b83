// What a change of a template would do to its occurrences, before anybody makes it.
import { ApiProperty } from '@nestjs/swagger';
import { InstantField, TextField, UuidField } from '@mono/contract';

export class DiffedOccurrence {
  @TextField({ description: 'Which occurrence, by its start before the change.', example: '2026-05-04T09:00:00' })
  original_start: string;

  @InstantField({
    description: 'When it starts; of one that is kept, after the change.',
    example: '2026-05-04T07:00:00.000Z',
  })
  at: string;

  @UuidField({ description: 'Its task; null while it has none.', nullable: true, example: null })
  task_id: string | null;
}

/** Of what is to come within the template's generation horizon. */
export class TemplateDiff {
  @ApiProperty({ type: [DiffedOccurrence], description: 'Would get tasks.' })
  added: DiffedOccurrence[];

  @ApiProperty({ type: [DiffedOccurrence], description: 'Would lose theirs, where nobody has worked on them.' })
  removed: DiffedOccurrence[];

  @ApiProperty({ type: [DiffedOccurrence], description: 'Would keep theirs, perhaps with another start or content.' })
  kept: DiffedOccurrence[];

  @ApiProperty({
    type: [String],
    description: 'Exceptions that would fit no occurrence, by `original_start`.',
    example: [],
  })
  unfit_exceptions: string[];
}
