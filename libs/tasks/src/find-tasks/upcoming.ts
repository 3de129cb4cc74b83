// Which upcoming occurrences show: by default the next one of each series. Their subtasks show and hide with them.
import type { OccurrencesShown } from '../../contract/index.js';
import { endOfToday, isHiddenSubtask, isUpcoming, untouched } from '../persistence/upcoming.js';
import type { Parameters } from './parameters.js';

interface Shown {
  shown: OccurrencesShown;
  zone: string;
  /** The conditions on lists `l`, in each of which a series has a next occurrence. */
  lists: () => readonly string[];
}

/** The conditions that leave out upcoming occurrences which do not show. */
export function occurrenceConditions({ shown, zone, lists }: Shown, parameters: Parameters): string[] {
  if (shown === 'all') return [];
  const end = `${parameters.add(endOfToday(zone))}::timestamptz`;
  const hidden = `${isUpcoming(end)} IS NOT TRUE`;
  if (shown === 'due') return [hidden, `NOT ${isHiddenSubtask(end, 'none')}`];
  return [`(${hidden} OR t.id IN (${nextOccurrences(end, lists())}))`, `NOT ${isHiddenSubtask(end, 'next')}`];
}

/** Walks the index from series to series, whatever the number of their occurrences. */
function nextOccurrences(end: string, lists: readonly string[]): string {
  return `WITH RECURSIVE series AS (
      SELECT l.id AS list_id, s.series_id FROM tasks.list l CROSS JOIN LATERAL (${firstSeries('l.id')}) s
      WHERE ${lists.join(' AND ')}
      UNION ALL
      SELECT p.list_id, s.series_id FROM series p
      CROSS JOIN LATERAL (${firstSeries('p.list_id', ' AND u.series_id > p.series_id')}) s
    )
    SELECT n.id FROM series s CROSS JOIN LATERAL (
      SELECT u.id FROM tasks.task u
      WHERE u.list_id = s.list_id AND u.series_id = s.series_id AND ${untouched('u')} AND u.due_instant >= ${end}
      ORDER BY u.due_instant, u.id LIMIT 1
    ) n`;
}

/** The first series of a list that has such occurrences. */
function firstSeries(list: string, past = ''): string {
  return `SELECT u.series_id FROM tasks.task u WHERE u.list_id = ${list} AND ${untouched('u')}${past} ORDER BY u.series_id LIMIT 1`;
}
