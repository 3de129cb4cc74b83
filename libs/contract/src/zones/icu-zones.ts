// Zone data from Node's ICU. ICU only returns the local time of an instant, so changes of the offset are searched.
import { isZoneName, type Transition, type ZoneData, type ZoneRules } from './zone-rules.js';

const OFFSET = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/;
/** No known zone changed its offset and changed it back within this time. */
const STEP_SECONDS = 86_400;
/** Abbreviations of Java and names of ICU that the IANA database does not contain. */
const FOREIGN =
  /^(?:ACT|AET|AGT|ART|AST|BET|BST|CAT|CNT|CST|CTT|EAT|ECT|IET|IST|JST|MIT|NET|NST|PLT|PNT|PRT|PST|SST|VST|SystemV\/.*|Etc\/Unknown)$/i;

export function icuZones(): ZoneData {
  const names = new Map(Intl.supportedValuesOf('timeZone').map((name) => [name.toLowerCase(), name]));
  names.set('utc', 'UTC');
  return {
    release: process.versions['tz'] ?? 'unknown',
    origin: `ICU of Node ${process.versions.node}`,
    nameOf(text) {
      const lower = text.toLowerCase();
      const known = names.get(lower);
      if (known !== undefined || !isZoneName(text) || FOREIGN.test(text) || !isKnown(text)) return known;
      // ICU does not list aliases. Their number is fixed, so the map stays small.
      const name = inUsualCase(lower);
      names.set(lower, name);
      return name;
    },
    names: () => [...names.values()],
    rulesOf: icuRules,
  };
}

export function icuRules(name: string): ZoneRules | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset', year: 'numeric' });
    const offsetAt = (instant: number): number => offsetIn(format.format(instant * 1000));
    return { offsetAt, transitions: (from, to) => searched(offsetAt, from, to) };
  } catch {
    return undefined;
  }
}

function isKnown(text: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

/** `AMERICA/PORT_OF_SPAIN` in the spelling of the IANA database. */
function inUsualCase(lower: string): string {
  const parts = lower.split('/');
  return parts
    .map((part) => {
      if ((part.length <= 3 || /\d/.test(part)) && !/etc|yap/.test(part)) return part.toUpperCase();
      return part.replaceAll(/[a-z]+/g, (word, at: number) => {
        if ((word.length <= 2 && parts.length === 1) || word === 'in' || word === 'chat') return word.toUpperCase();
        if (word === 'dumontdurville') return 'DumontDUrville';
        if (word === 'mcmurdo') return 'McMurdo';
        if (word === 'denoronha') return 'DeNoronha';
        if (word === 'comodrivadavia') return 'ComodRivadavia';
        if (word === 'easterisland') return 'EasterIsland';
        if (word === 'bajanorte') return 'BajaNorte';
        if (word === 'bajasur') return 'BajaSur';
        return word.length > 2 || at === 0 ? (word[0] ?? '').toUpperCase() + word.slice(1) : word;
      });
    })
    .join('/');
}

function offsetIn(text: string): number {
  const [, sign, hours = 0, minutes = 0, seconds = 0] = OFFSET.exec(text) ?? [];
  const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -offset : offset;
}

function searched(offsetAt: (instant: number) => number, from: number, to: number): Transition[] {
  const found: Transition[] = [];
  let before = offsetAt(from);
  for (let low = from; low < to; low += STEP_SECONDS) {
    const high = Math.min(low + STEP_SECONDS, to);
    const after = offsetAt(high);
    if (after === before) continue;
    found.push({ instant: firstInstantWith(after, offsetAt, low, high), before, after });
    before = after;
  }
  return found;
}

function firstInstantWith(offset: number, offsetAt: (instant: number) => number, low: number, high: number): number {
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === offset) high = middle;
    else low = middle;
  }
  return high;
}
