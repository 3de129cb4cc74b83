// `npm run docs:configuration`: writes docs/configuration.md from the settings; with --check it only compares.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { configurationPage } from './configuration-table.js';

const PAGE = 'docs/configuration.md';

const page = configurationPage();
if (!process.argv.includes('--check')) {
  mkdirSync(dirname(PAGE), { recursive: true });
  writeFileSync(PAGE, page);
} else if (!existsSync(PAGE) || readFileSync(PAGE, 'utf8') !== page) {
  process.stderr.write(`${PAGE} is out of date: run npm run docs:configuration.\n`);
  process.exitCode = 1;
}
