// Names of lists and members, found at a place of the text.

export interface NamedList {
  id: string;
  title: string;
}

export interface NamedMember {
  id: string;
  name: string;
  /** Absent for callers that are limited to lists. */
  email?: string;
}

/** The lists and members that the caller can name. */
export interface Names {
  lists: readonly NamedList[];
  members: readonly NamedMember[];
  /** The caller, if a member. */
  me?: string;
}

export interface FoundName {
  /** UTF-16 code units. */
  length: number;
  ids: string[];
}

/** Case, accents in another form, and `_` for a space make no difference. */
function normal(text: string): string {
  return text.normalize('NFC').toLowerCase().replaceAll('_', ' ');
}

const ME = ['me', 'mich', 'mir', 'ich'];

function spellingsOf({ name, email }: NamedMember): string[] {
  const compact = name.replaceAll(/\s+/gu, '');
  const addresses = email === undefined ? [] : [email.slice(0, email.indexOf('@')), email];
  return [name, compact, name.split(/\s+/u)[0] ?? name, ...addresses];
}

/** The longest name at the begin of the text. */
export function findList(text: string, { lists }: Names): FoundName | undefined {
  return longest(text, lists, ({ title }) => [title]);
}

/** A full name goes before a first name, and a first name before another member's address. */
export function findMember(text: string, { members, me }: Names): FoundName | undefined {
  const found = longest(text, members, spellingsOf);
  if (found || me === undefined) return found;
  return longest(text, [{ id: me }], () => ME);
}

function longest<T extends { id: string }>(
  text: string,
  named: readonly T[],
  spellings: (one: T) => string[],
): FoundName | undefined {
  let best: (FoundName & { rank: number }) | undefined;
  for (const one of named) {
    for (const [rank, spelling] of spellings(one).entries()) {
      if (!beginsWith(text, spelling)) continue;
      const { length } = spelling;
      if (!best || length > best.length || (length === best.length && rank < best.rank))
        best = { length, rank, ids: [one.id] };
      else if (length === best.length && rank === best.rank && !best.ids.includes(one.id)) best.ids.push(one.id);
    }
  }
  return best && { length: best.length, ids: best.ids };
}

function beginsWith(text: string, name: string): boolean {
  if (name === '' || normal(text.slice(0, name.length)) !== normal(name)) return false;
  return !/^[\p{L}\p{N}]/u.test(text.slice(name.length));
}
