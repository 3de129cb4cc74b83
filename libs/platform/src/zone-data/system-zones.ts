// Zone data from the files of the operating system (TZif), each read on first use.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isZoneName, tableRules, type ZoneData, type ZoneRules } from '@mono/contract/zones';
import { headOf } from './packaged-zones.js';
import { MAX_TZIF_BYTES, readTzif } from './read-tzif.js';

/** The directories of Linux, the BSDs, Solaris and macOS. */
const USUAL_DIRECTORIES = [
  '/usr/share/zoneinfo',
  '/usr/lib/zoneinfo',
  '/usr/share/lib/zoneinfo',
  '/etc/zoneinfo',
  '/var/db/timezone/zoneinfo',
];
const RELEASE = /\b(\d{4}[a-z]{1,2})\b/;
/** Copies of the same zones, or files that are no zones. */
const OTHER_ENTRIES = new Set(['posix', 'right', 'posixrules', 'localtime', 'Factory']);

export type OnFault = (message: string, facts: Record<string, unknown>) => void;

/**
 * @param directory replaces the usual ones. @param onFault called for files that cannot be used.
 * @returns undefined without zone files, or if their release is unknown.
 */
export function systemZones(directory: string | undefined, onFault: OnFault): ZoneData | undefined {
  const found = directory ?? USUAL_DIRECTORIES.find((usual) => existsSync(join(usual, 'UTC')));
  if (found === undefined) return undefined;
  try {
    statSync(found);
    const release = releaseOf(found, directory === undefined);
    if (release !== undefined) return zonesOf(found, release, onFault);
    onFault('Zone files of an unknown release are not used', { directory: found });
  } catch (error) {
    onFault('Zone files cannot be read', { directory: found, err: error });
  }
  return undefined;
}

function releaseOf(directory: string, isSystem: boolean): string | undefined {
  for (const name of ['tzdata.zi', '+VERSION']) {
    const file = join(directory, name);
    const release = existsSync(file) ? RELEASE.exec(headOf(file))?.[1] : undefined;
    if (release !== undefined) return release;
  }
  return isSystem ? debianRelease() : undefined;
}

function debianRelease(): string | undefined {
  const status = '/var/lib/dpkg/status';
  if (!existsSync(status)) return undefined;
  const entry = /^Package: tzdata\n(?:.+\n)*/m.exec(readFileSync(status, 'utf8'))?.[0];
  return RELEASE.exec(/^Version: (\S+)/m.exec(entry ?? '')?.[1] ?? '')?.[1];
}

function zonesOf(directory: string, release: string, onFault: OnFault): ZoneData {
  let read: Map<string, string> | undefined;
  const names = (): Map<string, string> => (read ??= readNames(directory));
  return {
    release,
    origin: directory,
    nameOf: (text) => names().get(text.toLowerCase()),
    names: () => [...names().values()],
    rulesOf(name) {
      // Only names that the directory lists become paths.
      const listed = names().get(name.toLowerCase());
      return listed === undefined ? undefined : readZone(join(directory, listed), onFault);
    },
  };
}

function readZone(file: string, onFault: OnFault): ZoneRules | undefined {
  try {
    if (statSync(file).size > MAX_TZIF_BYTES) throw new RangeError('The file is too long for a compiled zone.');
    return tableRules(readTzif(readFileSync(file)));
  } catch (error) {
    onFault('A zone file cannot be used', { file, err: error });
    return undefined;
  }
}

function readNames(directory: string): Map<string, string> {
  const names = new Map<string, string>();
  const read = (below: string): void => {
    for (const entry of readdirSync(join(directory, below), { withFileTypes: true })) {
      if (OTHER_ENTRIES.has(entry.name)) continue;
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (!isZoneName(name) || !/^[A-Z]/.test(name)) continue;
      if (entry.isDirectory()) read(name);
      else names.set(name.toLowerCase(), name);
    }
  };
  read('');
  return names;
}
