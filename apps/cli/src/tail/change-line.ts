// A change as a line for people.
import { styleText } from 'node:util';
import type { Change } from '@mono/changes/contract';

type Style = Parameters<typeof styleText>[0];

const STYLES: Readonly<Record<string, Style>> = {
  created: 'green',
  updated: 'yellow',
  deleted: 'red',
  restored: 'cyan',
};
const VERB_WIDTH = 8;
const TYPE_WIDTH = 8;
/** Also those that turn the direction of text: both could make a line look like another one. */
const CONTROLS = /[\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu;

export interface Names {
  /** The title of the thing, where it is known. */
  thing: string | undefined;
  /** The title of its list. */
  list: string | undefined;
}

/** @param stream colours depend on it: none without a terminal, or with NO_COLOR. */
export function lineOf(change: Change, { thing, list }: Names, stream: NodeJS.WriteStream): string {
  const paint = (style: Style, text: string): string => styleText(style, text, { stream });
  const { type, thing_id: id, change: verb, list_id: listId, fields, actor, occurred_at: at } = change;
  const time = new Date(at).toTimeString().slice(0, 'HH:MM:SS'.length);
  const place = listId === null || listId === id ? '' : ` in ${list === undefined ? listId : quoted(list)}`;
  const what = verb === 'updated' && fields.length > 0 ? `: ${plain(fields.join(', '))}` : '';
  return [
    paint('dim', time),
    paint(STYLES[verb] ?? 'reset', plain(verb).padEnd(VERB_WIDTH)),
    plain(type).padEnd(TYPE_WIDTH),
    `${thing === undefined ? id : quoted(thing)}${place}${what}`,
    paint('dim', plain(`by ${actor.kind.replaceAll('_', ' ')} ${actor.id}`)),
  ].join('  ');
}

function quoted(title: string): string {
  return `"${plain(title)}"`;
}

/** Texts of users must not control the terminal. */
function plain(text: string): string {
  return text.replaceAll(CONTROLS, ' ');
}
