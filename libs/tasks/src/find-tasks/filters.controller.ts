// Explains filters, for those who type them.
import { Controller } from '@nestjs/common';
import type { CallContext, InputOf } from '@mono/contract';
import { Operation } from '@mono/platform';
import { filtersOperations, type ExplainedFilter, type FilterCompletions } from '../../contract/index.js';
import { completeFilter } from '../domain/filter/complete-filter.js';
import { describeFilter } from '../domain/filter/describe-filter.js';
import { analyseFilter } from '../domain/filter/parse-filter.js';
import { FindTags } from './find-tags.js';
import { ReadFilter } from './read-filter.js';

const MAX_TAGS = 20;

@Controller()
export class FiltersController {
  constructor(
    private readonly tags: FindTags,
    private readonly names: ReadFilter,
  ) {}

  @Operation(filtersOperations.explainFilter)
  async explainFilter(
    { filter, cursor = filter.length }: InputOf<typeof filtersOperations.explainFilter>,
    call: CallContext,
  ): Promise<ExplainedFilter> {
    const { tokens, parsed, error } = analyseFilter(filter);
    return {
      words: parsed ? describeFilter(parsed.node) : null,
      tokens: [...tokens],
      fault: error ? { message: error.message, ...error.span, expected: [...error.expected] } : null,
      completions: await this.complete(filter, cursor, call),
    };
  }

  private async complete(filter: string, cursor: number, call: CallContext): Promise<FilterCompletions> {
    const { items, start, end, field, prefix } = completeFilter(filter, cursor);
    const names = await this.namesOf(field, prefix, call);
    const values = names.map((text) => ({ text: quoted(text), kind: 'value' }));
    return { start, end, items: [...values, ...items] };
  }

  private async namesOf(field: string | undefined, prefix: string, call: CallContext): Promise<string[]> {
    if (field === 'list') return this.names.listsStartingWith(call, prefix);
    if (field === 'assignee') return this.names.membersStartingWith(call, prefix);
    if (field !== 'tag') return [];
    const { items } = await this.tags.findTags(call, { limit: MAX_TAGS, ...(prefix !== '' && { prefix }) });
    return items.map(({ name }) => name);
  }
}

/** As a value: in quotation marks where it needs them. */
function quoted(text: string): string {
  return /^[\p{L}\p{N}_.@+-]+$/u.test(text) && text.toLowerCase() !== 'none' ? text : JSON.stringify(text);
}
