// The README's table of settings, written from the settings themselves.
import type { Setting } from '@mono/platform';
import { SETTINGS } from './configuration.js';

const BEGIN = '<!-- configuration:begin -->';
const END = '<!-- configuration:end -->';

export function configurationTable(): string {
  const rows = Object.values(SETTINGS).flatMap((slice) =>
    Object.entries(slice).map(([name, setting]) => row(name, setting)),
  );
  return ['| variable | default | what it is |', '| --- | --- | --- |', ...rows].join('\n');
}

function row(name: string, { description, defaultText, expected, secret }: Setting<unknown>): string {
  const shown = defaultText === undefined ? '' : `\`${defaultText}\``;
  const kind = expected === 'text' ? '' : ` Expected: ${expected}.`;
  return `| \`${name}\` | ${shown} | ${description}${kind}${secret ? ' Secret.' : ''} |`.replaceAll('  ', ' ');
}

/** The README with the table between its markers. */
export function withConfigurationTable(readme: string): string {
  const begin = readme.indexOf(BEGIN) + BEGIN.length;
  const end = readme.indexOf(END);
  if (begin < BEGIN.length || end < begin) throw new Error('README.md has no place for the table of settings.');
  return `${readme.slice(0, begin)}\n\n${configurationTable()}\n\n${readme.slice(end)}`;
}
