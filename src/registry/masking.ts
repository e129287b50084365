// What is shown of personal data before a claim: 张*, 138****1234, the street without the door. Pure functions.
// Each hides at least as much as it shows of the part that identifies; none of them is reversible.

const HIDDEN = '*';

/** 张三 → 张*, 欧阳修 → 欧**. A name of one character is hidden whole: shown, it would not be masked at all. */
export function maskName(name: string): string {
  const characters = [...name.trim()];
  if (characters.length <= 1) return HIDDEN.repeat(characters.length);
  return characters[0] + HIDDEN.repeat(characters.length - 1);
}

/** Numbers with area code or mobile prefix show 3 + 4 digits, as is the custom; shorter ones 2 or none. */
const MOBILE_DIGITS = 11;
const LOCAL_DIGITS = 7;

/** 13812341234 → 138****1234 (also with +86), 88881234 → ******34, 12345 → *****. Separators are dropped. */
export function maskPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '').replace(/^86(?=1\d{10}$)/, '');
  const shownStart = digits.length >= MOBILE_DIGITS ? 3 : 0;
  const shownEnd = digits.length >= MOBILE_DIGITS ? 4 : digits.length >= LOCAL_DIGITS ? 2 : 0;
  const hiddenCount = digits.length - shownStart - shownEnd;
  return digits.slice(0, shownStart) + HIDDEN.repeat(hiddenCount) + digits.slice(digits.length - shownEnd);
}

/**
 * Where a street line turns into a door: "文三路 12 号 3 幢 201 室". Such words belong in fields of their own, yet
 * lists imported from elsewhere carry them in the street, and a mask must not depend on tidy data.
 */
const DOOR_WORDS = /[\d一二三四五六七八九十百零A-Za-z-]+\s*(?:幢|栋|座|号楼|楼|单元|层|室|房)/u;
const DOOR_WORDS_ENGLISH = /[\s,]*\b(?:building|block|unit|apartment|apt|flat|floor|room)\b/iu;

/** The street alone: no building, unit or room. */
export function maskAddress(address: { readonly street: string }): string {
  const cuts = [DOOR_WORDS, DOOR_WORDS_ENGLISH].map((words) => address.street.search(words));
  const end = Math.min(...cuts.filter((cut) => cut >= 0), address.street.length);
  const street = address.street.slice(0, end).trim();
  return street === '' && address.street.trim() !== '' ? HIDDEN : street;
}
