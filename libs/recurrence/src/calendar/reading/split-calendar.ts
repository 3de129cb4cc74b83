// The text of a calendar, cut into its components before any of them is parsed: so each is parsed in a slice of its own, and what
// nobody reads (an attachment, an attendee) is not parsed at all.
import type { Slices } from '@mono/platform';
import { MAX_CALENDAR_COMPONENTS } from '../../../contract/calendar.js';
import { quote } from '../../domain/faults.js';
import { refuseContent } from './refusal.js';

export interface ComponentText {
  /** In lower case. */
  name: string;
  /** From BEGIN to END, with the properties that are read. */
  text: string;
}

export interface CalendarText {
  zones: ComponentText[];
  components: ComponentText[];
}

export interface SplitCalendars {
  calendars: CalendarText[];
  /** Names of the properties and components that tasks have no place for, in upper case. */
  ignored: Set<string>;
}

const READ = new Set(
  'DTSTART DTEND DUE DURATION RRULE RDATE EXDATE RECURRENCE-ID SUMMARY DESCRIPTION CATEGORIES PRIORITY STATUS UID'.split(
    ' ',
  ),
);
/** Is refused. */
const EXRULE = 'EXRULE';
/** Properties about the component itself. */
const BOOKKEEPING = new Set('DTSTAMP CREATED LAST-MODIFIED SEQUENCE CLASS TRANSP RELATED-TO'.split(' '));
const READ_OF_ZONES = new Set(['TZID', 'X-LIC-LOCATION']);
const ZONE = 'VTIMEZONE';
/** More than a template has room for. A component is parsed at a stretch. */
const MAX_CHARACTERS = 160 * 1024;
/** Before a property's value: the parser takes quadratic time for many parameters. */
const MAX_PARAMETER_CHARACTERS = 4_096;
/** Lines between two looks at the clock. */
const LINES = 1_000;
const NAME = /^([A-Za-z0-9-]+)[;:]/;

/** @throws InvalidInputError for what is no calendar, or too much of one. */
export async function splitCalendar(content: string, slices: Slices): Promise<SplitCalendars> {
  const splitter = new Splitter();
  const lines = content.replaceAll(/\r?\n[ \t]/g, '').split(/\r?\n/);
  for (let from = 0; from < lines.length; from += LINES) {
    for (const line of lines.slice(from, from + LINES)) splitter.read(line);
    await slices.pause();
  }
  return splitter.end();
}

class Splitter {
  readonly #calendars: CalendarText[] = [];
  readonly #ignored = new Set<string>();
  /** Names of what has begun and not ended: a calendar, a component of it, what is in that. */
  readonly #open: string[] = [];
  #lines: string[] = [];
  #characters = 0;
  #components = 0;

  read(line: string): void {
    if (line.trim() === '') return;
    const name = NAME.exec(line)?.[1]?.toUpperCase();
    if (name === undefined) refuseContent(`is no calendar: invalid line "${quote(line).toWellFormed()}"`);
    const value = line
      .slice(name.length + 1)
      .trim()
      .toUpperCase();
    if (name === 'BEGIN') this.#begin(value);
    else if (name === 'END') this.#end(value);
    else this.#property(name, line);
  }

  end(): SplitCalendars {
    const [, open = this.#open[0]] = this.#open;
    if (open !== undefined) refuseContent(`is no calendar: END:${quote(open)} is missing`);
    if (this.#components === 0) refuseContent('has no event and no to-do');
    return { calendars: this.#calendars, ignored: this.#ignored };
  }

  #begin(name: string): void {
    const depth = this.#open.push(name);
    if (depth === 1) {
      if (name !== 'VCALENDAR') refuseContent('is no calendar: BEGIN:VCALENDAR is missing');
      this.#calendars.push({ zones: [], components: [] });
    } else if (depth === 2) {
      this.#lines = [`BEGIN:${name}`];
      this.#characters = 0;
      if (name !== ZONE) this.#components += 1;
      if (this.#components > MAX_CALENDAR_COMPONENTS)
        refuseContent(`must have at most ${MAX_CALENDAR_COMPONENTS} components`);
    } else if (depth === 3 && this.#open[1] !== ZONE) this.#ignored.add(name);
  }

  #end(name: string): void {
    if (this.#open.pop() !== name) refuseContent(`is no calendar: END:${quote(name)} ends nothing`);
    const calendar = this.#calendars.at(-1);
    if (this.#open.length !== 1 || !calendar) return;
    const text = [...this.#lines, `END:${name}`].join('\r\n');
    (name === ZONE ? calendar.zones : calendar.components).push({ name: name.toLowerCase(), text });
  }

  #property(name: string, line: string): void {
    const [calendar, component] = this.#open;
    if (calendar === undefined) refuseContent('is no calendar: BEGIN:VCALENDAR is missing');
    if (component === undefined || this.#open.length > 2) return;
    if (component !== ZONE && !READ.has(name) && !BOOKKEEPING.has(name) && !name.startsWith('X-'))
      this.#ignored.add(name);
    if (!(component === ZONE ? READ_OF_ZONES.has(name) : READ.has(name) || name === EXRULE)) return;
    if (line.indexOf(':') > MAX_PARAMETER_CHARACTERS)
      refuseContent(`must not have parameters of more than ${MAX_PARAMETER_CHARACTERS} characters: see ${name}`);
    this.#characters += line.length;
    if (this.#characters > MAX_CHARACTERS)
      refuseContent(`must not have a component of more than ${MAX_CHARACTERS} characters`);
    this.#lines.push(line);
  }
}
