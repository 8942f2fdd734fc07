/**
 * The value with every text in it fit for a subject, a mail and a page: control characters but line breaks become spaces, and
 * what turns the direction of the text around it (https://unicode.org/reports/tr9), or is no character at all, is left out.
 */
export function cleanTexts<Value>(value: Value): Value {
  if (typeof value === 'string') return cleanText(value) as Value;
  if (Array.isArray(value)) return value.map(cleanTexts) as Value;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cleanTexts(inner)])) as Value;
}

function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/(?!\n)[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/[\p{Bidi_Control}\uFEFF\p{Noncharacter_Code_Point}]/gu, '');
}
