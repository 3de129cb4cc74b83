// Quick add: text becomes tasks and templates.
import { Controller } from '@nestjs/common';
import { requireRights, zoneOf, type CallContext, type FieldFault, type InputOf } from '@mono/contract';
import { InvalidInputError } from '@mono/contract/errors';
import { Database, once, Operation } from '@mono/platform';
import { uuidv7 } from 'uuidv7';
import {
  captureOperations as operations,
  MAX_QUICK_LINE_CHARACTERS,
  MAX_QUICK_LINES,
  type QuickAdded,
  type QuickAddItem,
} from '../../contract/index.js';
import { linesOf } from '../domain/lines.js';
import { parseText } from '../domain/parse.js';
import { FATAL_WARNINGS } from '../domain/warning.js';
import { CallersNames } from './callers-names.js';
import { Creation, type Plan } from './creation.js';
import { itemOf } from './items.js';

type Input = InputOf<typeof operations.quickAdd>;

@Controller()
export class QuickAddController {
  constructor(
    private readonly database: Database,
    private readonly names: CallersNames,
    private readonly creation: Creation,
  ) {}

  @Operation(operations.quickAdd)
  async quickAdd(input: Input, call: CallContext): Promise<QuickAdded> {
    requireSize(input.text);
    if (input.dry_run === true) return this.read(input, call);
    const read = await this.read(input, call);
    // The plan commits before the first creation: a retry creates what it names, under the same keys.
    const plan = await once<Plan>(this.database, operations.quickAdd, call, input, () => {
      requireCreatable(read.items);
      if (read.items.some(({ template }) => template)) requireRights(call.principal, { scope: 'recurrence:write' });
      return Promise.resolve(Object.assign({ id: uuidv7() }, read));
    });
    return this.creation.create(plan, call);
  }

  private async read({ text, timezone: said, language }: Input, call: CallContext): Promise<QuickAdded> {
    const reading: CallContext = { ...call, idempotencyKey: undefined };
    const now = new Date().toISOString();
    const timezone = said ?? zoneOf(call.principal);
    const asked = { lists: /(?<![^\s(])#/.test(text), members: /(?<![^\s(])\+/.test(text) };
    const names = await this.names.namesFor(reading, asked);
    const parsed = parseText(text, { now, timezone, language, names });
    return { language: parsed.language, timezone, items: parsed.items.map((item) => itemOf(item, timezone)) };
  }
}

/** @throws InvalidInputError `text` */
function requireSize(text: string): void {
  const lines = linesOf(text);
  if (lines.length === 0)
    throw new InvalidInputError([{ field: 'text', code: 'blank', issue: 'must have a line that is not blank' }]);
  if (lines.length > MAX_QUICK_LINES)
    throw new InvalidInputError([
      { field: 'text', code: 'too_many', issue: `must have at most ${MAX_QUICK_LINES} lines that are not blank` },
    ]);
  const long = lines.find(({ start, end }) => end - start > MAX_QUICK_LINE_CHARACTERS);
  if (long)
    throw new InvalidInputError([
      {
        field: 'text',
        code: 'too_long',
        issue: `line ${long.number} must have at most ${MAX_QUICK_LINE_CHARACTERS} characters`,
      },
    ]);
}

/** @throws InvalidInputError `text`, for each line that no task can have. */
function requireCreatable(items: readonly QuickAddItem[]): void {
  const faults = items.flatMap(({ line, warnings }): FieldFault[] =>
    warnings
      .filter(({ code }) => FATAL_WARNINGS.includes(code))
      .map(({ message }) => ({ field: 'text', issue: `line ${line}: ${message}` })),
  );
  if (faults.length > 0) throw new InvalidInputError(faults);
}
