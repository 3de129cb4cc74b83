// The page of settings, written from the settings themselves.
import type { Setting } from '@mono/platform';
import { SETTINGS } from './configuration.js';

const INTRODUCTION = `<!-- Written by \`npm run docs:configuration\` from the settings that each library declares. -->

# Configuration

Settings are environment variables. Mono reads \`.env\`, then \`.env.<APP_ENV>\`, then the process environment; later values win.
Everything has a default. Faults are reported all at once, by name and never by value. A variable that resembles a setting, such as
\`DATABSE_URL\`, stops the start with a suggestion.

A setting marked _secret_ is never logged. To rotate a list of secrets, put the new one first and remove the old one later.
`;

export function configurationPage(): string {
  const rows = Object.values(SETTINGS).flatMap((slice) =>
    Object.entries(slice).map(([name, setting]) => row(name, setting)),
  );
  const table = ['| Variable | Default | Description |', '| --- | --- | --- |', ...rows].join('\n');
  return `${INTRODUCTION}\n<!-- prettier-ignore-start -->\n\n${table}\n\n<!-- prettier-ignore-end -->\n`;
}

function row(name: string, { description, defaultText, expected, secret }: Setting<unknown>): string {
  const shown = defaultText === undefined ? '' : `\`${defaultText}\``;
  const kind = expected === 'text' ? '' : ` Expected: ${expected}.`;
  return `| \`${name}\` | ${shown} | ${description}${kind}${secret ? ' _Secret._' : ''} |`.replaceAll('  ', ' ');
}
