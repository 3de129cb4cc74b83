// Refuses a JSON body that repeats a key of an object. JSON.parse keeps the last value silently, so that the client would be
// misread. Members are counted in the text and in the value, which costs a fraction of the parse; only where the numbers
// differ is the text read again for the name.
import { InvalidInputError } from '@mono/contract';

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const NEAR = 64;
const MAX_ECHO = 64;

/** @param body the text in UTF-8 of which `value` was parsed. @throws InvalidInputError that names the key by its path. */
export function requireUniqueKeys(body: Uint8Array, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (membersIn(body) === membersOf(value)) return;
  const field = repeatedKey(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  if (field !== undefined) {
    throw new InvalidInputError([{ field, code: 'repeated', issue: 'must not be repeated within an object' }]);
  }
}

/** Colons outside strings: each member of an object has one. */
function membersIn(body: Uint8Array): number {
  const { length } = body;
  let members = 0;
  let index = 0;
  while (index < length) {
    const byte = body[index];
    if (byte === COLON) members += 1;
    else if (byte === QUOTE) index = endOfString(body, index, length);
    index += 1;
  }
  return members;
}

/** Long strings are searched natively, in which a backslash is rare. */
function endOfString(body: Uint8Array, start: number, length: number): number {
  let index = start + 1;
  const near = Math.min(length, index + NEAR);
  while (index < near && body[index] !== QUOTE) index += body[index] === BACKSLASH ? 2 : 1;
  if (index < near) return index;
  for (let end = body.indexOf(QUOTE, index); end >= 0; end = body.indexOf(QUOTE, end + 1)) {
    let before = end;
    while (before > index && body[before - 1] === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 0) return end;
  }
  return length;
}

/** The value was parsed from a text, so that it has own members only. */
function membersOf(value: object): number {
  let members = 0;
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (Array.isArray(next)) {
      for (const item of next) if (typeof item === 'object' && item !== null) rest.push(item);
      continue;
    }
    const object = next as Record<string, unknown>;
    for (const key in object) {
      members += 1;
      const member = object[key];
      if (typeof member === 'object' && member !== null) rest.push(member);
    }
  }
  return members;
}

interface Level {
  /** undefined in an array. */
  keys: Set<string> | undefined;
  path: string;
  /** The key or the index of the value that is read. */
  at: string | number;
}

/** @param text valid JSON. @returns the path of the first repeated key. */
function repeatedKey(text: string): string | undefined {
  const levels: Level[] = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\],]/g)) {
    const level = levels.at(-1);
    if (token === '{' || token === '[') {
      levels.push({ keys: token === '{' ? new Set() : undefined, path: level ? pathOf(level) : '', at: 0 });
    } else if (token === '}' || token === ']') levels.pop();
    else if (token === ',') {
      if (level && !level.keys) level.at = Number(level.at) + 1;
    } else if (token.endsWith(':') && level?.keys) {
      level.at = JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)) as string;
      if (level.keys.has(level.at)) return pathOf(level).slice(-MAX_ECHO).toWellFormed();
      level.keys.add(level.at);
    }
  }
  return undefined;
}

function pathOf({ keys, path, at }: Level): string {
  if (!keys) return `${path}[${at}]`;
  return path === '' ? String(at) : `${path}.${at}`;
}
