// The text of a search box: words, "phrases" and -excluded ones.

export interface Search {
  /** All words that must be there, those of phrases first. */
  required: string;
  /** Words that must follow each other. */
  phrases: string[];
  /** Words and phrases that must not be there. */
  excluded: string[];
}

/** A phrase, excluded or not, or anything else without a space. A quotation mark without its pair is an ordinary character. */
const TERM = /(-?)["“„«]([^"“”„«»]+)["“”»](?!\S)|(\S+)/gu;
const EXCLUDED_WORD = /^-[\p{L}\p{N}]/u;

export function readSearch(q: string): Search {
  const words: string[] = [];
  const phrases: string[] = [];
  const excluded: string[] = [];
  for (const [, minus, phrase, word] of q.matchAll(TERM)) {
    if (phrase !== undefined) (minus ? excluded : phrases).push(phrase);
    else if (word !== undefined && EXCLUDED_WORD.test(word)) excluded.push(word.slice(1));
    else if (word !== undefined) words.push(word);
  }
  return { required: [...phrases, ...words].join(' ').trim(), phrases, excluded };
}
