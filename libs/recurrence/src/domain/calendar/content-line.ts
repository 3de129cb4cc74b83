// Content lines of iCalendar (RFC 5545, 3.1): values escaped, folded at 75 octets, ended by CRLF.

const MAX_OCTETS = 75;
/** Characters that TEXT must not contain (3.3.11). */
// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** A property of type TEXT. */
export function textLine(name: string, value: string): string {
  return `${name}:${escapeText(value)}`;
}

/** A property whose value is a list of TEXT. */
export function textsLine(name: string, values: readonly string[]): string {
  return `${name}:${values.map(escapeText).join(',')}`;
}

export function escapeText(value: string): string {
  return value
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\\;,]/g, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll(CONTROLS, '');
}

/** The lines as they go over the wire. */
export function foldLines(lines: readonly string[]): string {
  return lines.map((line) => `${fold(line)}\r\n`).join('');
}

/** No character is cut in two: some readers decode before they unfold. */
function fold(line: string): string {
  const bytes = Buffer.byteLength(line);
  if (bytes <= MAX_OCTETS) return line;
  if (bytes === line.length) return foldAscii(line);
  let folded = '';
  let octets = 0;
  for (const character of line) {
    const size = octetsOf(character.codePointAt(0) ?? 0);
    if (octets + size > MAX_OCTETS) {
      folded += '\r\n ';
      octets = 1;
    }
    folded += character;
    octets += size;
  }
  return folded;
}

function foldAscii(line: string): string {
  let folded = line.slice(0, MAX_OCTETS);
  for (let from = MAX_OCTETS; from < line.length; from += MAX_OCTETS - 1)
    folded += `\r\n ${line.slice(from, from + MAX_OCTETS - 1)}`;
  return folded;
}

/** In UTF-8. A lone surrogate becomes U+FFFD, of three. */
function octetsOf(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
