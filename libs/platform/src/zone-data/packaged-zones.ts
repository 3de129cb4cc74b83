// Zone data from the npm package moment-timezone, which follows each release of the IANA database within days. Only its data
// file is read; its code is not loaded.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  readPosixRule,
  yearOfSecond,
  tableRules,
  yearlyRuleOf,
  type ZoneData,
  type ZoneRules,
  type ZoneTable,
} from '@mono/contract/zones';

const PACKAGE = 'moment-timezone';
/** The horizon of the file is that of zones with yearly changes. */
const YEARLY = ['Europe/Berlin', 'America/New_York', 'Australia/Sydney'];
const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX';

interface Packed {
  version: string;
  /** Name, abbreviations, offsets, their indices, and the end of each; see readPacked. */
  zones: string[];
  /** `name|other name`. */
  links: string[];
}

interface PackedZone {
  name: string;
  text: string;
}

type Find = (name: string) => PackedZone | undefined;

/** @returns undefined if the package is not installed. */
export function packagedZones(): ZoneData | undefined {
  const require = createRequire(import.meta.url);
  try {
    const file = require.resolve(`${PACKAGE}/data/packed/latest.json`);
    const { version } = require(`${PACKAGE}/package.json`) as { version: string };
    const release = /"version":\s*"(\d{4}[a-z]{1,2})"/.exec(headOf(file))?.[1];
    return release === undefined ? undefined : zonesOf(file, release, `${PACKAGE} ${version}`);
  } catch {
    return undefined;
  }
}

export function headOf(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(256);
    return bytes.toString('latin1', 0, readSync(descriptor, bytes));
  } finally {
    closeSync(descriptor);
  }
}

function zonesOf(file: string, release: string, origin: string): ZoneData {
  let packed: Map<string, PackedZone> | undefined;
  let horizon: number | undefined;
  const find: Find = (name) => (packed ??= readNames(file)).get(name.toLowerCase());
  return {
    release,
    origin,
    nameOf: (text) => find(text)?.name,
    names: () => [...(packed ??= readNames(file)).values()].map(({ name }) => name),
    rulesOf(name) {
      const found = find(name);
      return found && rulesOf(found.text, (horizon ??= horizonOf(find)));
    },
  };
}

function horizonOf(find: Find): number {
  const lasts = YEARLY.map((name) => readPacked(find(name)?.text ?? '').instants.at(-1) ?? 0);
  return yearOfSecond(Math.max(...lasts));
}

function readNames(file: string): Map<string, PackedZone> {
  const { zones, links } = JSON.parse(readFileSync(file, 'utf8')) as Packed;
  const found = new Map<string, PackedZone>();
  for (const text of zones) {
    const name = text.slice(0, text.indexOf('|'));
    found.set(name.toLowerCase(), { name, text });
  }
  for (const link of links) {
    const [one = '', other = ''] = link.split('|');
    const [known, name] = found.has(one.toLowerCase()) ? [one, other] : [other, one];
    const target = found.get(known.toLowerCase());
    if (target) found.set(name.toLowerCase(), { name, text: target.text });
  }
  return found;
}

/** The file lists the changes of centuries. Changes that follow a yearly rule are replaced by the rule. */
function rulesOf(text: string, horizon: number): ZoneRules {
  const table = readPacked(text);
  const footer = yearlyRuleOf(table, horizon);
  if (footer === undefined || footer === '') return tableRules({ ...table, footer: '' });
  const [from, to] = [table.instants[0] ?? 0, table.instants.at(-1) ?? 0];
  const yearly = readPosixRule(footer)?.transitions(from, to) ?? [];
  let { length } = table.instants;
  for (let change = yearly.pop(); change && length > 1; change = yearly.pop()) {
    if (change.instant !== table.instants[length - 1] || change.after !== table.offsets[length - 1]) break;
    length -= 1;
  }
  // One change remains, after which the rule applies.
  const kept = Math.min(length + 1, table.instants.length);
  return tableRules({
    first: table.first,
    instants: table.instants.slice(0, kept),
    offsets: table.offsets.slice(0, kept),
    footer,
  });
}

/** @throws RangeError */
export function readPacked(text: string): Omit<ZoneTable, 'footer'> {
  const [, , offsetTexts = '', indices = '', untils = ''] = text.split('|');
  const west = offsetTexts.split(' ').map((offset) => Math.round(minutesOf(offset) * 60));
  const offsets = indices.split('').map((index) => 0 - (west[DIGITS.indexOf(index)] ?? NaN));
  const instants: number[] = [];
  let minutes = 0;
  for (const until of untils === '' ? [] : untils.split(' ')) {
    minutes += minutesOf(until);
    instants.push(Math.round(minutes * 60));
  }
  return { first: offsets[0] ?? NaN, instants, offsets: offsets.slice(1) };
}

/** A base-60 number with an optional fraction. */
function minutesOf(text: string): number {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  let value = 0;
  for (const digit of whole) value = value * 60 + DIGITS.indexOf(digit);
  let weight = 1;
  for (const digit of fraction) value += (weight /= 60) * DIGITS.indexOf(digit);
  return text.startsWith('-') ? -value : value;
}
