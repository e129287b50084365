// District scope as a prefix of the 12-digit code (2+2+2+3+3 digits). The same rule as `isInScope` of the
// registry port, which this folder may not import (import table); a test holds the two together.

/** Ends of the significant groups: province, city, county, town; a community has all 12 digits. */
const GROUP_ENDS = [2, 4, 6, 9] as const;

/** `330106000000` → `330106`; '' for null, which is everything. */
export function areaPrefix(scope: string | null): string {
  if (scope === null) return '';
  for (const end of GROUP_ENDS) {
    if (/^0*$/.test(scope.slice(end))) return scope.slice(0, end);
  }
  return scope;
}
