// The day of the caller, by four filters.
import { Controller } from '@nestjs/common';
import { zoneOf, type CallContext, type InputOf } from '@mono/contract';
import { wallTimeAt } from '@mono/contract/zones';
import { Operation } from '@mono/platform';
import {
  DEFAULT_TODAY_ITEMS,
  TaskQuery,
  todayOperations,
  type Today,
  type TodaySection,
  type TodaySectionName,
} from '../../contract/index.js';
import { FindTasks } from '../find-tasks/find-tasks.js';
import { ReadFilter } from '../find-tasks/read-filter.js';
import { Includes } from '../includes/includes.js';

/** Each excludes those before it. */
const FILTERS: Readonly<Record<TodaySectionName, string>> = {
  overdue: 'open & due < today',
  due: 'open & due:today',
  in_progress: 'status:in_progress & !(due <= today)',
  started: 'status:todo & starts <= today & !(due <= today)',
};
const MINE = { user: '(assignee:me | assignee:none)', other: 'assignee:none' };

@Controller()
export class TodayController {
  constructor(
    private readonly finder: FindTasks,
    private readonly filters: ReadFilter,
    private readonly includes: Includes,
  ) {}

  @Operation(todayOperations.getToday)
  async getToday(
    { timezone, scope, limit = DEFAULT_TODAY_ITEMS, include }: InputOf<typeof todayOperations.getToday>,
    call: CallContext,
  ): Promise<Today> {
    const zone = timezone ?? zoneOf(call.principal);
    const isUser = call.principal.kind === 'user';
    const isMine = (scope ?? (isUser ? 'mine' : 'all')) === 'mine';
    const mine = isUser ? MINE.user : MINE.other;
    const section = (name: TodaySectionName): Promise<TodaySection> =>
      this.section(call, isMine ? `${FILTERS[name]} & ${mine}` : FILTERS[name], {
        timezone: zone,
        limit,
        ...(include && { include }),
      });
    return {
      date: wallTimeAt(zone, Date.now()).toPlainDate().toString(),
      timezone: zone,
      overdue: await section('overdue'),
      due: await section('due'),
      in_progress: await section('in_progress'),
      started: await section('started'),
    };
  }

  private async section(
    call: CallContext,
    filter: string,
    asked: Pick<TaskQuery, 'timezone' | 'limit' | 'include'>,
  ): Promise<TodaySection> {
    const query = Object.assign(new TaskQuery(), asked, {
      filter,
      order_by: 'due_at',
      // The next one is enough of a series whose tasks start long before they are due.
      occurrences: 'next',
      count: 'exact',
    });
    const { items, page } = await this.includes.page(call, query, async () =>
      this.finder.findTasks(call, query, await this.filters.of(call, query)),
    );
    return { filter, total: page.total ?? items.length, items };
  }
}
