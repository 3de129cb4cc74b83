// Conditional requests (RFC 9110, section 13). Entity tags are strong: "<version>" or "<version>.<more>", and "….<encoding>" for an answer
// that is compressed.
import { DomainError, InvalidInputError } from '../errors/index.js';

const ENTITY_TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
const VERSION = /^([1-9]\d{0,9})(?:\..*)?$/;
const MAX_VERSION = 2_147_483_647;

/**
 * The version that `If-Match` requires; undefined for `*`.
 * @throws DomainError `version_conflict` for a tag that no version has, such as a weak one; InvalidInputError for an invalid
 * entity tag.
 */
export function parseIfMatch(header: string): number | undefined {
  if (header === '*') return undefined;
  const [matched, weak, tag = ''] = ENTITY_TAG.exec(header) ?? [];
  if (matched === undefined) {
    throw new InvalidInputError([
      { field: 'If-Match', code: 'wrong_format', issue: 'must be one entity tag such as "3", or *' },
    ]);
  }
  const version = Number(VERSION.exec(tag)?.[1]);
  if (weak || !(version <= MAX_VERSION)) {
    throw new DomainError(
      'precondition_failed',
      'version_conflict',
      `No version of the resource has the entity tag ${header.slice(0, 100)}.`,
    );
  }
  return version;
}

/** The encodings of answers, preferred first. */
export const CONTENT_ENCODINGS = ['zstd', 'br', 'gzip'] as const;
export type ContentEncoding = (typeof CONTENT_ENCODINGS)[number];

const OF_ENCODING = new RegExp(String.raw`\.(?:${CONTENT_ENCODINGS.join('|')})"$`);

/** @param tag with its quotes. */
export function encodedTag(tag: string, encoding: ContentEncoding): string {
  return tag.replace(/"$/, `.${encoding}"`);
}

/** Whether `If-None-Match` names the entity tag, in any encoding, by weak comparison. @param tag with its quotes. */
export function matchesIfNoneMatch(header: string, tag: string): boolean {
  return tagMatching(header, tag) !== undefined;
}

/** @returns the entity tag as `If-None-Match` names it, with the encoding that the client has; undefined if it does not. */
export function tagMatching(header: string, tag: string): string | undefined {
  if (header === tag || header === '*') return tag;
  // The usual case is another version.
  if (!header.includes(tag.slice(0, -1))) return undefined;
  return header
    .split(',')
    .map((listed) => listed.trim().replace(/^W\//, ''))
    .find((listed) => listed === tag || listed.replace(OF_ENCODING, '"') === tag);
}
