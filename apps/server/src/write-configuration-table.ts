// `npm run docs:configuration`: brings the README's table up to the settings; with --check it only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { withConfigurationTable } from './configuration-table.js';

const readme = readFileSync('README.md', 'utf8');
const written = withConfigurationTable(readme);
if (process.argv.includes('--check')) {
  if (written !== readme) {
    process.stderr.write("The README's table of settings is out of date: npm run docs:configuration.\n");
    process.exitCode = 1;
  }
} else writeFileSync('README.md', written);
