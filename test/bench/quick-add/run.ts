// `npm run bench:quick-add`: the time that quick add takes to read a line. Arguments: rounds (default 50).
import { lineOf, measureQuickAdd } from './measure.ts';

const rounds = Number(process.argv[2] ?? 50);
for (const reading of measureQuickAdd(rounds)) process.stdout.write(`${lineOf(reading)}\n`);
