// `#list`, `@tag`, `!priority`, `+member`, `~duration`, each at the begin of a word.
import { readDuration } from './durations.js';
import { findList, findMember, type FoundName, type Names } from './names.js';
import { masked, type Span } from './span.js';
import type { Warning } from './warning.js';

export type Priority = 'low' | 'medium' | 'high' | 'urgent';

export interface NamedThing {
  name: string;
  /** Undefined if the names are not known. */
  id?: string;
}

export interface Sigils {
  list?: NamedThing;
  tags: string[];
  priority?: Priority;
  assignee?: NamedThing;
  /** ISO 8601. */
  estimate?: string;
  spans: Span[];
  warnings: Warning[];
  /** The line without them. */
  masked: string;
}

const SIGIL = /(?<![^\s\uE000(])[#@!+~]/g;
const WORD = /^\p{L}[\p{L}\p{M}\p{N}_\-/&.’]*/u;
const QUOTED = /^(?:"([^"]+)"|“([^“”]+)”|„([^„“”]+)[“”])/u;
const TRAILING = /[-/&.’]+$/u;
const PRIORITIES: Readonly<Record<string, Priority>> = {
  urgent: 'urgent',
  dringend: 'urgent',
  '1': 'urgent',
  p1: 'urgent',
  '!!': 'urgent',
  high: 'high',
  hoch: 'high',
  '2': 'high',
  p2: 'high',
  '!': 'high',
  medium: 'medium',
  mittel: 'medium',
  normal: 'medium',
  '3': 'medium',
  p3: 'medium',
  low: 'low',
  niedrig: 'low',
  '4': 'low',
  p4: 'low',
};
const PRIORITY = /^(?:!{1,2}|[a-z]+|p?[1-4])(?![\p{L}\p{N}!])/iu;
const MAX_TAGS = 25;
const MAX_TAG_CHARACTERS = 64;

interface Found {
  length: number;
  apply(): void;
}

/** @param text without its literal parts. @param line the same with them, of the same length. */
export function readSigils(line: string, text: string, names: Names | undefined): Sigils {
  const sigils: Sigils = { tags: [], spans: [], warnings: [], masked: text };
  for (const { 0: sigil, index } of line.matchAll(SIGIL)) {
    if (text[index] !== sigil || sigils.masked[index] !== sigil) continue;
    const found = READERS[sigil]?.(line.slice(index + 1), index, sigils, names);
    if (!found) continue;
    const range = { start: index, end: index + 1 + found.length };
    found.apply();
    sigils.masked = masked(sigils.masked, range);
  }
  return sigils;
}

type Reader = (rest: string, at: number, sigils: Sigils, names: Names | undefined) => Found | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  '#': (rest, at, sigils, names) => readName('list', rest, at, sigils, names && ((text) => findList(text, names))),
  '+': (rest, at, sigils, names) => readName('member', rest, at, sigils, names && ((text) => findMember(text, names))),
  '@': readTag,
  '!': readPriority,
  '~': readEstimate,
};

const KINDS = {
  list: { field: 'list_id', key: 'list' },
  member: { field: 'assignee_id', key: 'assignee' },
} as const;

function readName(
  kind: 'list' | 'member',
  rest: string,
  at: number,
  sigils: Sigils,
  find: ((text: string) => FoundName | undefined) | undefined,
): Found | undefined {
  const { field, key } = KINDS[kind];
  const token = tokenOf(rest);
  const quoted = token && token.length > token.name.length;
  const found = quoted ? exactly(find?.(token.name), token.name) : find?.(rest);
  const length = quoted ? token.length : (found?.length ?? token?.length);
  if (length === undefined) return undefined;
  const range = { start: at, end: at + 1 + length };
  const name = quoted ? token.name : rest.slice(0, length);
  const warn = (code: Warning['code']) => ({
    length,
    apply: () => void sigils.warnings.push({ code, name, ...range }),
  });
  if (sigils[key]) return warn('repeated_field');
  if (find && !found) return warn(`unknown_${kind}`);
  if (found && found.ids.length > 1) return warn(`ambiguous_${kind}`);
  return {
    length,
    apply: () => {
      const [id] = found?.ids ?? [];
      sigils[key] = id === undefined ? { name } : { name, id };
      sigils.spans.push({ field, ...range });
    },
  };
}

function exactly(found: FoundName | undefined, name: string): FoundName | undefined {
  return found?.length === name.length ? found : undefined;
}

function tokenOf(rest: string): { name: string; length: number } | undefined {
  const [quoted, ...inner] = QUOTED.exec(rest) ?? [];
  const name = inner.find((text) => text !== undefined);
  if (quoted !== undefined && name !== undefined) return { name, length: quoted.length };
  const word = WORD.exec(rest)?.[0].replace(TRAILING, '');
  return word === undefined || word === '' ? undefined : { name: word, length: word.length };
}

function readTag(rest: string, at: number, sigils: Sigils): Found | undefined {
  const token = tokenOf(rest);
  const name = token?.name.trim() ?? '';
  if (!token || name === '' || Array.from(name).length > MAX_TAG_CHARACTERS) return undefined;
  if (sigils.tags.length >= MAX_TAGS && !sigils.tags.includes(name)) return undefined;
  return {
    length: token.length,
    apply: () => {
      if (!sigils.tags.includes(name)) sigils.tags.push(name);
      sigils.spans.push({ field: 'tags', start: at, end: at + 1 + token.length });
    },
  };
}

function readPriority(rest: string, at: number, sigils: Sigils): Found | undefined {
  const word = PRIORITY.exec(rest)?.[0];
  const priority = word === undefined ? undefined : PRIORITIES[word.toLowerCase()];
  if (word === undefined || !priority) return undefined;
  const range = { start: at, end: at + 1 + word.length };
  if (sigils.priority)
    return {
      length: word.length,
      apply: () => void sigils.warnings.push({ code: 'repeated_field', name: word, ...range }),
    };
  return {
    length: word.length,
    apply: () => {
      sigils.priority = priority;
      sigils.spans.push({ field: 'priority', ...range });
    },
  };
}

function readEstimate(rest: string, at: number, sigils: Sigils): Found | undefined {
  const read = readDuration(rest);
  if (!read) return undefined;
  const range = { start: at, end: at + 1 + read.length };
  if (sigils.estimate !== undefined) {
    const name = rest.slice(0, read.length);
    return { length: read.length, apply: () => void sigils.warnings.push({ code: 'repeated_field', name, ...range }) };
  }
  return {
    length: read.length,
    apply: () => {
      sigils.estimate = read.duration;
      sigils.spans.push({ field: 'estimated_duration', ...range });
    },
  };
}
