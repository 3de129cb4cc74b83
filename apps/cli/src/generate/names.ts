// A name in the forms in which code spells it.

export interface Names {
  /** `loaf-tin` */
  kebab: string;
  /** `loaf_tin` */
  snake: string;
  /** `loafTin` */
  camel: string;
  /** `LoafTin` */
  pascal: string;
  /** `loaf tin` */
  words: string;
}

const KEBAB = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const CAMEL = /^[a-z][a-zA-Z0-9]*$/;

/** @param what of the error. @throws TypeError for a name that is not kebab-case. */
export function namesOf(what: string, kebab: string): Names {
  if (!KEBAB.test(kebab)) throw new TypeError(`Invalid ${what} "${kebab}": expected kebab-case, such as meal-plan.`);
  const words = kebab.split('-');
  const pascal = words.map(capitalised).join('');
  return {
    kebab,
    snake: words.join('_'),
    camel: uncapitalised(pascal),
    pascal,
    words: words.join(' '),
  };
}

/** @throws TypeError for a name that is not camelCase. */
export function namesOfOperation(camel: string): Names {
  if (!CAMEL.test(camel))
    throw new TypeError(`Invalid operation name "${camel}": expected camelCase, such as sliceLoaf.`);
  return namesOf(
    'operation name',
    camel.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  );
}

/** By the common rules of English; irregular nouns need `--plural`. */
export function pluralOf(singular: string): string {
  if (/(?:s|x|z|ch|sh)$/.test(singular)) return `${singular}es`;
  if (/[^aeiou]y$/.test(singular)) return `${singular.slice(0, -1)}ies`;
  return `${singular}s`;
}

/** The inverse of `pluralOf`; a name that is not a plural stays. */
export function singularOf(plural: string): string {
  const candidates = [plural.replace(/ies$/, 'y'), plural.replace(/es$/, ''), plural.replace(/s$/, '')];
  return candidates.find((candidate) => candidate !== plural && pluralOf(candidate) === plural) ?? plural;
}

export function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}

function uncapitalised(word: string): string {
  return word.slice(0, 1).toLowerCase() + word.slice(1);
}
