// Reads a compiled zone (TZif, RFC 9636, versions 1 to 4). Rejects all violations of the format, because a file may be
// truncated or have another format.
import { tableRules, yearlyRuleOf, type ZoneTable } from '@mono/contract/zones';

/** The largest file of the IANA database has some 4 KiB, with data from 1970 on. */
export const MAX_TZIF_BYTES = 256 * 1024;
const HEADER_BYTES = 44;
const VERSIONS = new Set(['\0', '2', '3', '4']);
const FOOTER = /^\n([\u0020-\u007E]*)\n/;
/** The range of 32-bit times in version 1. */
const LAST_YEAR_OF_VERSION_1 = 2037;

interface Header {
  version: string;
  isUtcCount: number;
  isStandardCount: number;
  leapCount: number;
  timeCount: number;
  typeCount: number;
  charCount: number;
}

/** @throws RangeError for an invalid file. */
export function readTzif(file: Buffer): ZoneTable {
  if (file.length > MAX_TZIF_BYTES) throw new RangeError('The file is too long for a compiled zone.');
  const header = readHeader(file, 0);
  if (header.version === '\0') {
    const table = readBlock(file, HEADER_BYTES, header, 4);
    return checked({ ...table, footer: yearlyRuleOf(table, LAST_YEAR_OF_VERSION_1) ?? '' });
  }
  const second = HEADER_BYTES + blockBytes(header, 4);
  const wide = readHeader(file, second);
  const start = second + HEADER_BYTES;
  const table = readBlock(file, start, wide, 8);
  const footer = FOOTER.exec(file.toString('latin1', start + blockBytes(wide, 8)));
  if (!footer) throw new RangeError('The file is cut short: it has no footer.');
  return checked({ ...table, footer: footer[1] ?? '' });
}

function checked(table: ZoneTable): ZoneTable {
  tableRules(table);
  return table;
}

function readHeader(file: Buffer, at: number): Header {
  if (file.length < at + HEADER_BYTES) throw new RangeError('The file is cut short: it has no whole header.');
  if (file.toString('latin1', at, at + 4) !== 'TZif') throw new RangeError('The file is no compiled zone.');
  const version = file.toString('latin1', at + 4, at + 5);
  if (!VERSIONS.has(version)) throw new RangeError(`The version ${JSON.stringify(version)} is not known.`);
  const [isUtcCount = 0, isStandardCount = 0, leapCount = 0, timeCount = 0, typeCount = 0, charCount = 0] = [
    20, 24, 28, 32, 36, 40,
  ].map((offset) => file.readUInt32BE(at + offset));
  if (typeCount === 0 || typeCount > 256 || charCount === 0)
    throw new RangeError('The zone has no types of local time.');
  if (![0, typeCount].includes(isUtcCount) || ![0, typeCount].includes(isStandardCount))
    throw new RangeError('The zone has indicators for other types than its own.');
  return { version, isUtcCount, isStandardCount, leapCount, timeCount, typeCount, charCount };
}

function blockBytes(header: Header, timeBytes: 4 | 8): number {
  const { timeCount, typeCount, charCount, leapCount, isStandardCount, isUtcCount } = header;
  return (
    timeCount * (timeBytes + 1) + typeCount * 6 + charCount + leapCount * (timeBytes + 4) + isStandardCount + isUtcCount
  );
}

function readBlock(file: Buffer, start: number, header: Header, timeBytes: 4 | 8): Omit<ZoneTable, 'footer'> {
  const { timeCount, typeCount, charCount, leapCount } = header;
  if (file.length < start + blockBytes(header, timeBytes)) throw new RangeError('The file is cut short.');
  const timeAt = (at: number): number => (timeBytes === 4 ? file.readInt32BE(at) : Number(file.readBigInt64BE(at)));
  const indices = start + timeCount * timeBytes;
  const types = indices + timeCount;
  const leaps = types + typeCount * 6 + charCount;
  const offsetOf = (type: number): number => {
    if (type >= typeCount) throw new RangeError('The zone changes to a type of local time that it does not have.');
    return file.readInt32BE(types + type * 6);
  };
  const corrections = Array.from({ length: leapCount }, (_, index) => {
    const at = leaps + index * (timeBytes + 4);
    return { from: timeAt(at), seconds: file.readInt32BE(at + timeBytes) };
  });
  // Some files count leap seconds; instants here do not.
  const posix = (time: number): number => time - (corrections.findLast(({ from }) => from <= time)?.seconds ?? 0);
  const instants: number[] = [];
  const offsets: number[] = [];
  for (let index = 0; index < timeCount; index += 1) {
    instants.push(posix(timeAt(start + index * timeBytes)));
    offsets.push(offsetOf(file.readUInt8(indices + index)));
  }
  return { first: offsetOf(0), instants, offsets };
}
