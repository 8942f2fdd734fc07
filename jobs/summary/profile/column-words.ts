import { snakeCase } from '../blocks/personal-data.ts';

/** What the name of a column says of its dates: `event` when it happened, `recorded`, `paid`; `unknown`: nothing; `other`: something else, or later. */
export type DateMeaning = 'event' | 'recorded' | 'paid' | 'closed' | 'unnamed' | 'unknown' | 'other';

const otherDate =
  /(^|_)(updated?|modified|modification|last|birth|birthday|dob|born|hired?|joined|due|required|expir\w*|deleted|cancell?ed|refunded|voided|shipped|fulfilled|fulfilment|dispatched|delivered|delivery|returned?|return|ends?|ended|starts?|started|valid|release|until|to|from|next|accessed|login|synced|imported|exported|uploaded|loaded|check_?in|check_?out|pickup|promised|estimated|arrival|departure|printed|write|period|lahir|tamat|luput|kemaskini)($|_)/;
const eventDate =
  /(^|_)(order|orders|ordered|sale|sales|sold|invoice|invoiced|transaction|txn|trx|trans|booking|booked|rental|rented|purchase|purchased|visit|visited|issued?|placed|event|receipt|bill|billed|appointment|posting|post|value|donation|donated|jual|jualan|pesanan|resit|invois|urusniaga|transaksi|service|trip|job|repair|consult\w*|treatment|collection|ticket|charge|sold|doc|document|voucher|entry)_?(date|day|at|on|time|datetime|ts|timestamp|dt|tarikh)?(_|$)/;
const plainDate =
  /^(date|day|datetime|date_time|timestamp|time|ts|when|at|on|tarikh|tarikh_masa|masa|tanggal|fecha|datum|business_date|日期|时间|日期时间|下单时间|交易日期|วันที่|التاريخ|تاريخ|தேதி|நாள்)$/;
const recordedDate =
  /(^|_)(created?|creation|inserted|added|registered|recorded|entered|submitted|dicipta|创建时间|creado)($|_)/;
const paidDate = /(^|_)(paid|payment|pay|bayar|bayaran|dibayar|settled|captured)($|_)/;
const closedDate = /(^|_)(completed?|closed|finished|done|selesai)($|_)/;
const anyDate =
  /(^|_)(date|day|at|on|time|timestamp|datetime|ts|when|tarikh|tanggal|datum|fecha|gmt|utc)($|_)|(date|time)$|日期|时间|วันที่|تاريخ|தேதி/;

export function dateMeaning(column: string): DateMeaning {
  const name = snakeCase(column);
  if (plainDate.test(name)) return 'event';
  if (recordedDate.test(name)) return 'recorded';
  if (paidDate.test(name)) return 'paid';
  if (otherDate.test(name)) return 'other';
  if (closedDate.test(name)) return 'closed';
  if (eventDate.test(name)) return 'event';
  return anyDate.test(name) ? 'unnamed' : 'unknown';
}

/** Whether the name itself says that it is a date. */
export function isDateName(column: string, type: string): boolean {
  const name = snakeCase(column);
  return anyDate.test(name) || plainDate.test(name) || recordedDate.test(name) || /DATE|TIME/.test(type);
}

/** What the name of a column says of its amounts. `total`: of the whole row; `amount`: likely; `price`: of one thing or of all. */
export type AmountMeaning = 'total' | 'amount' | 'subtotal' | 'price' | 'refunded' | 'none';

const notAmount =
  /(^|_)(id|no|num|number|code|key|ref|reference|year|month|day|date|time|at|lat|lng|lon|latitude|longitude|zip|postcode|version|status|type|flag|level|position|sort|phone|age|port|width|height|percent|percentage|pct|rate|ratio|epoch|scale|factor|weight|kg|km|distance|qty|quantity|units|count|items|points|score|rating|stock|balance|baki|running|outstanding|due|limit|tax|vat|sst|gst|discount|diskaun|shipping|freight|tip|tips|rounding|change|tendered|received|cash|deposit|cost|kos|beli|belian|modal|buying|supplier|untung|profit|margin|commission|cod|weightage|hours|minutes|seconds|duration|size|length|bytes|lifetime|currency|exchange|fx|target|budget|opening|closing|available|compare|bonus|method|channel|by|name|sqft|area|odometer|mileage|费率|税)($|_)|余额|数量|折扣|税|คงเหลือ|ส่วนลด|ภาษี|มัดจำ/;
const totalName =
  /^(grand_total|order_total|invoice_total|bill_total|receipt_total|sale_total|sales_total|total|totals|total_amount|total_amt|amount_total|total_price|price_total|total_paid|total_sales|total_sale|net_total|net_amount|nett_total|nett|nett_amount|final_total|final_amount|final_price|total_value|order_amount|invoice_amount|sale_amount|sales_amount|transaction_amount|bill_amount|revenue|sales|sale|total_collected|net_sales|gross_sales|total_revenue|paid_total|total_net_amount|total_charge|total_charged|total_fare|jumlah|jumlah_keseluruhan|jumlah_besar|jumlah_rm|jumlah_bayaran|amaun|amaun_bayaran|jualan|金额|总额|总金额|合计|总计|实收|实收金额|销售额|ยอดสุทธิ|ยอดเงิน|ยอดชำระ|ค่าเช่า|ยอดรวม|จำนวนเงิน|ยอดขาย|المبلغ|الإجمالي|المجموع|தொகை|மொத்தம்|மொத்த_தொகை|total_incl_tax|total_inc_tax|total_with_tax|total_tax_incl)$/;
const amountName =
  /(^|_)(amount|amt|total|revenue|paid|gross|net|nett|payment|bayaran|jumlah|amaun|montant|betrag|importe|valor|nilai|collected|income|sales|fare|charged|donation)($|_)|金额|收费|实收|应收|费用|ยอด(?!คงเหลือ)|ค่า|المبلغ|தொகை|கட்டணம்/;
const subtotalName = /(^|_)(sub_?total|before_tax|excl_tax|ex_tax|untaxed|pre_tax)($|_)|amount_untaxed/;
const priceName =
  /(^|_)(price|harga|precio|prix|preis|unit_price|fee|fees|rent|sewa|rental|yuran|premium|charge|charges|unit_cost|价格|单价|ราคา|السعر|விலை)($|_)/;
const refundedName = /(^|_)(refund(ed)?(_amount)?|amount_refunded|returned_amount|returns|total_refunded)($|_)/;
const minorName = /(^|_)(cents?|sen|pence|minor|minor_units?|subunits?)$/;
const currencyWord = /(^|_)(rm|myr|usd|sgd|eur|gbp|idr|thb|cents?|sen|pence|minor)(?=$|_)/g;

/** The words of a column name without those of a currency or of its hundredths: `Total (RM)` is `total`. */
export function amountWords(column: string): string {
  return snakeCase(column).replaceAll(currencyWord, '').replaceAll(/_+/g, '_').replaceAll(/^_|_$/g, '');
}

export function amountMeaning(column: string): AmountMeaning {
  const name = amountWords(column);
  if (refundedName.test(name)) return 'refunded';
  if (totalName.test(name)) return 'total';
  if (subtotalName.test(name)) return 'subtotal';
  if (notAmount.test(name)) return 'none';
  if (amountName.test(name)) return 'amount';
  return priceName.test(name) ? 'price' : 'none';
}

/** `amount_cents`: whole hundredths. */
export function isMinorName(column: string): boolean {
  return minorName.test(snakeCase(column));
}

export const quantityName =
  /(^|_)(qty|quantity|kuantiti|kuantit|bilangan|units|pcs|数量|จำนวน|الكمية|அளவு)$|^(line_?item_)?(qty|quantity)/;
/** What the business itself pays. */
export const costName = /(^|_)(cost|kos|beli|belian|modal|buying|purchase|supplier|wholesale|borong)(_|$)/;
export const unitPriceName =
  /(^|_)(unit_?price|price|price_each|harga|harga_jual|harga_jualan|harga_seunit|harga_runcit|rate|list_price|item_price|单价|ราคา|السعر|விலை)(_each|_per_unit|_each_rm|_unit)?$/;
