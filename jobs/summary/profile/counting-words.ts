import { normalized } from '../queries/known-words.ts';

/** Whether a row in a state is a sale: `unpaid` is not one yet, `maybe` where businesses differ. */
export type CountingRule = 'counts' | 'never' | 'unpaid' | 'maybe';

const list = (text: string) => new Set(text.split(',').map((word) => normalized(word)));

const never =
  list(`void, voided, cancelled, canceled, cancel, refunded, refund, returned, return, return to sender, draft, quote,
  quotation, test, deleted, archived, expired, abandoned, rejected, declined, failed, invalid, awaiting return, error, no show, noshow, trash, unsettled,
  delivery failed, uncollectible, requires payment method, requires capture, requires action, chargeback, dispute, restocked,
  cart, checkout, abandoned checkout, checkout draft, spam, duplicate, ยกเลิก, 已取消, 取消, 已退款, 退款, 作废, ملغي, ملغى, ரத்து,
  batal, dibatalkan, dibatal, draf, dipulangkan, dikembalikan, bayaran balik, pulangan, gagal, ditolak`);
const counts =
  list(`paid, completed, complete, done, finished, confirmed, accepted, approved, success, successful, succeeded, settled,
  captured, valid, issued, processing, in progress, ready, ready to ship, to ship, shipping, shipped, packed, picked up, out for delivery, in transit,
  transit, delivered, collected, received, fulfilled, unfulfilled, partially fulfilled, partially refunded, partial refund, closed,
  posted, invoiced, to invoice, sale, sales, active, checked in, checked out, ok, yes, true, normal, publish, published, dibayar,
  sudah bayar, telah bayar, lunas, selesai, siap, berjaya, diluluskan, lulus, dihantar, dalam penghantaran, diterima, diproses,
  sedang diproses, dalam proses, aktif, ชำระแล้ว, สำเร็จ, จัดส่งแล้ว, 已付款, 已支付, 已完成, 完成, 已发货, مدفوع, مكتمل, செலுத்தப்பட்டது`);
/** Who has not paid at once may never; what is owed, in contrast, is a sale on credit to some. */
const unpaid = list(
  'pending, pending payment, awaiting payment, on hold, incomplete, menunggu bayaran, รอดำเนินการ, 待付款, معلق',
);
const refunds = list(
  'shop order refund, order refund, refund, refunded, return, returned, reversal, chargeback, credit note, bayaran balik, pulangan, void',
);
const sales =
  list(`shop order, sale, sales, order, payment, charge, invoice, receipt, income, subscription, one time, rental, service, product, goods,
  repair, jualan, bayaran, sewa, yuran, perkhidmatan, pos, online, retail, wholesale, monthly, yearly, annual, in store, walk in, dine in,
  takeaway, take away, delivery, cash, card`);
/** States of the goods, not of the sale: what is not sent yet was sold. */
const fulfilmentState = /(^|_)(fulfil\w*|shipping|shipment|delivery|kitchen|stock|penghantaran)(_|$)/;

/** What a state is of: offers as well as sales, so that what was only sent is no sale; goods on their way; a sale. */
export type StateOf = 'offer' | 'goods' | 'sale';

export function countingRule(word: string, column: string, of: StateOf): CountingRule {
  const known = normalized(word);
  if (of === 'offer' && known === 'sent') return 'never';
  if (of === 'goods' && /return/.test(known)) return 'maybe';
  if (fulfilmentState.test(column)) return /^(cancel|void|return|batal)/.test(known) ? 'never' : 'counts';
  if (never.has(known)) return 'never';
  if (unpaid.has(known)) return 'unpaid';
  return counts.has(known) ? 'counts' : 'maybe';
}

/** What a kind of row is: money in, money back, or something else. */
export function rowKind(word: string): 'sale' | 'refund' | 'other' {
  const known = normalized(word);
  if (refunds.has(known)) return 'refund';
  return sales.has(known) ? 'sale' : 'other';
}
