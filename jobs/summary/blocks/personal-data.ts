/** Names, in snake case, of columns that identify a person. */
const personal =
  /(^|_)(e?mail|phone|mobile|telephone|tel|fax|whatsapp|hp_no|contact_no|address\d?|addr\d?|street|post_?code|postal_?code|zip|zip_?code|passport|nric|mykad|ic|ic_no|ssn|nin|national_id|tax_id|dob|birth_?da(te|y)|date_of_birth|born|card|card_no|card_number|pan|iban|cvv|account_no|account_number|bank_account|password|passwd|pwd|password_hash|hash|salt|token|secret|api_key|ip|ip_address|latitude|longitude|lat|lng|lon|signature|photo|picture|avatar)($|_)/;
const personName =
  /(^|_)(first|last|full|middle|sur|given|family|customer|client|contact|employee|staff|user|member|patient|guest|buyer|recipient|receiver|sender|owner|cardholder|passenger|student|teacher|driver|agent|ship|billing|shipping|supplier|driver)_?name$|^(surname|forename|username|nickname|attention|attn|customer|buyer|recipient|contact|author|user)$/;
/** Tables whose rows are people. */
const people =
  /(customer|client|contact|user|member|employee|staff|person|people|patient|guest|student|teacher|actor|author|driver|lead|subscriber|recipient|buyer|supplier|vendor|account|agent|borrower|donor)s?$/;
const plainName =
  /^(name|title|initials|company|company_name|note|notes|comment|comments|remarks|message|description)$/;

/** A column as a query shows it: its title, and where it came from when it is a plain column. */
export type ShownColumn = { readonly name: string; readonly column: string | null; readonly table: string | null };

/** Whether a column may identify a person: by its title, its own name, and its table. */
export function looksPersonal({ name, column, table }: ShownColumn): boolean {
  return [name, ...(column === null ? [] : [column])].some((title) => isPersonal(snakeCase(title), table));
}

function isPersonal(name: string, table: string | null): boolean {
  if (personal.test(name) || personName.test(name)) return true;
  if (table === null) return name === 'name';
  return plainName.test(name) && people.test(snakeCase(table));
}

/** Whether a report's `show` list names the column: by its title, its own name, or `table.column`. */
export function isAllowed({ name, column, table }: ShownColumn, show: readonly string[]): boolean {
  const names = [name, column, table === null ? null : `${table}.${column}`].map((text) => text?.toLowerCase());
  return show.some((allowed) => names.includes(allowed.toLowerCase()));
}

/** `CustomerName`, `customer-name` and `Customer Name` as `customer_name`. */
export function snakeCase(name: string): string {
  return name
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase();
}
