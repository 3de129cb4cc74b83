// How much a JSON body holds, counted before it is parsed: to parse a megabyte of small members takes longer than any other request.

/** Limit of `,`, `:`, `[` and `{`: a batch of 500 tasks with all fields and tags has a quarter of it. */
export const MAX_JSON_MARKS = 100_000;

const [QUOTE, BACKSLASH, COMMA, COLON, BRACKET, BRACE] = [0x22, 0x5c, 0x2c, 0x3a, 0x5b, 0x7b];

/** @param body in UTF-8, of which all bytes of other characters are above these. */
export function hasTooManyMarks(body: Uint8Array, most = MAX_JSON_MARKS): boolean {
  if (body.length <= most) return false;
  let marks = 0;
  let isInString = false;
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index];
    if (byte === QUOTE) isInString = !isInString;
    else if (isInString) index += byte === BACKSLASH ? 1 : 0;
    else if (byte === COMMA || byte === COLON || byte === BRACKET || byte === BRACE) marks += 1;
  }
  return marks > most;
}
