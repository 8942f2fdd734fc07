import type { Cell } from '../queries/query.ts';

export type PersonalValueKind = 'an e-mail address' | 'a phone number' | 'an IC number' | 'a card number';

const mail = /[^\s<>()@,;:"]+@[^\s<>()@,;:"]+\.[\p{L}\d]{2,}/u;
/** Digits of any length with what people write between them, not within a word, a UUID or a decimal number. */
const digitGroups = /(?<![\p{L}\d_.-])\+?\(?\d(?:[ ()./-]{0,2}\d){7,18}(?![\p{L}\d_]|[.-]\d)/gu;
const dateLike = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?!\d)/;

/**
 * What a value looks like that identifies a person, wherever in the text it stands; null when like nothing of that kind. An
 * IC number has a valid birth date and place code, a card number an issuer's first digits and a valid last one (Luhn).
 */
export function personalValueKind(value: Cell): PersonalValueKind | null {
  if (value === null || (typeof value === 'number' && !Number.isInteger(value))) return null;
  const text = String(value);
  if (mail.test(text)) return 'an e-mail address';
  const kinds = [...text.matchAll(digitGroups)].map(([group]) => kindOfDigits(group, typeof value === 'number'));
  return kinds.find((kind) => kind !== null) ?? null;
}

function kindOfDigits(group: string, isNumber: boolean): PersonalValueKind | null {
  const digits = group.replaceAll(/\D/g, '');
  if (isIc(digits)) return 'an IC number';
  if (isCard(digits)) return 'a card number';
  if (isNumber) {
    if (/^60[1-9]\d{7,9}$/.test(digits)) return 'a phone number';
    return isIc(`0${digits}`) ? 'an IC number' : null;
  }
  return !dateLike.test(group) && isPhone(group, digits) ? 'a phone number' : null;
}

/** International with +; national with one 0 in front; Malaysian without the +; eight digits in two groups, as in Singapore. */
function isPhone(group: string, digits: string): boolean {
  if (group.startsWith('+')) return digits.length >= 8 && digits.length <= 15;
  return /^0[1-9]\d{7,9}$/.test(digits) || /^60[1-9]\d{7,9}$/.test(digits) || /^[3689]\d{3}[ -]\d{4}$/.test(group);
}

/** Birth date, place of birth, serial: as on MyKad. */
function isIc(digits: string): boolean {
  if (digits.length !== 12) return false;
  const [year, month, day, place] = [0, 2, 4, 6].map((at) => Number(digits.slice(at, at + 2)));
  if (year === undefined || month === undefined || day === undefined || place === undefined) return false;
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) && isPlaceCode(place);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Codes of states and countries that the National Registration Department uses. */
function isPlaceCode(code: number): boolean {
  const unused = [0, 17, 18, 19, 20, 69, 70, 73, 80, 81, 94, 95, 96, 97];
  return !unused.includes(code);
}

function isCard(digits: string): boolean {
  const issuer = /^(4\d{12}(\d{3})?(\d{3})?|(5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3[068]\d{12}|6\d{15,18}|9792\d{12})$/;
  return issuer.test(digits) && luhnSum(digits) % 10 === 0;
}

/** ISO/IEC 7812-1, annex B. */
function luhnSum(digits: string): number {
  return [...digits].toReversed().reduce((sum, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return sum + (value > 9 ? value - 9 : value);
  }, 0);
}
