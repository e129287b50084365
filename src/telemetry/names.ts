// Ids as the stores keep them. Line protocol cannot say a backslash before a separator or at the end, no line
// break and no empty tag; InfluxDB 1.x may refuse what Go does not call printable; a query must not be left by a
// quote in an id; UTF-8 has no half surrogate pairs, and SQLite may end a text at NUL. So those characters are
// written %XXXX, and what is stored needs no escape in InfluxQL, MetricsQL or a delete predicate. Separators of the
// line protocol (space, comma, equals sign) are left to the client's Point.

/** Not a letter, mark, number, punctuation, symbol or blank; or with a meaning for a parser on the way. */
const UNSAFE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|["'%\\\ufffd]/gu;
/** A line that begins with # is a comment; names that begin with _ belong to InfluxDB. */
const UNSAFE_FIRST = /^[#_]/;

/** '' stays '': a tag without a value is left out, and its absence read as ''. */
export function encodeName(text: string): string {
  return text.replace(UNSAFE, percent).replace(UNSAFE_FIRST, percent);
}

export function decodeName(name: string): string {
  return name.replace(/%([0-9a-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** By code unit, so that half a surrogate pair survives too. */
function percent(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `%${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}
