/**
 * Words that name nobody: of a text column whose values are all among these, values may be shown although nobody confirmed it.
 * English and Malay, and some states in other scripts. Branches, products and staff look alike by shape and are not here; nor is a word that is also a name.
 */
const statuses = `
  valid, invalid, submitted, issued, address, confirm, awaiting return, resumed, active, inactive, open, closed, new, pending, processing, in progress, on hold, awaiting payment, pending payment, unpaid, paid, partially paid,
  part paid, partial, overdue, due, deposit, deposit paid, completed, complete, done, finished, confirmed, unconfirmed, accepted,
  approved, rejected, declined, failed, error, success, successful, succeeded, settled, captured, authorized, authorised, unsettled,
  requires payment method, requires capture, requires action, cancelled, canceled, cancel, void, voided, refunded, refund, partially
  refunded, partial refund, returned, return, return to sender, exchanged, draft, quote, quotation, test, deleted, archived, expired,
  abandoned, no show, noshow, rescheduled, scheduled, booked, arrived, checked in, checked out, in service, ready, ready to ship,
  to ship, shipping, shipped, packed, picked up, out for delivery, in transit, transit, delivered, delivery failed, collected,
  received, fulfilled, unfulfilled, partially fulfilled, restocked, trialing, trial, past due, paused, incomplete, uncollectible,
  cart, checkout, abandoned checkout, checkout draft, spam, duplicate, posted, unposted, invoiced, to invoice, sent, sale, sales, done, normal, ok, yes, no, true, false, publish, published, trash,
  aktif, tidak aktif, baru, menunggu, menunggu bayaran, belum bayar, belum dibayar, dibayar, sudah bayar, telah bayar, lunas, selesai,
  siap, batal, dibatalkan, dibatal, draf, dipulangkan, dikembalikan, bayaran balik, pulangan, gagal, berjaya, ditolak, diluluskan,
  lulus, dihantar, dalam penghantaran, diterima, tertunggak, separa bayar, diproses, sedang diproses, dalam proses, tertunda, ditutup, dibuka,
  ยกเลิก, ชำระแล้ว, ค้างชำระ, สำเร็จ, จัดส่งแล้ว, รอดำเนินการ, 已付款, 已支付, 未付款, 待付款, 已取消, 取消, 已完成, 完成, 已发货, 待发货, 已退款,
  退款, 作废, مدفوع, غير مدفوع, ملغي, ملغى, مكتمل, معلق, ரத்து, செலுத்தப்பட்டது, நிலுவையில்`;
const paymentMethods = `
  cash, card, credit card, debit card, credit, debit, cheque, check, bank, bank transfer, transfer, online transfer, online banking,
  online payment, wire, direct debit, giro, ibg, duitnow, duitnow qr, qr, qr pay, qrpay, fpx, jompay, touch n go, touch 'n go, tng,
  tng ewallet, tngo, e wallet, ewallet, wallet, grabpay, grab pay, boost, shopeepay, shopee pay, maybank qr, mae, bigpay, paypal,
  stripe, ipay88, billplz, toyyibpay, senangpay, razorpay, molpay, paynow, nets, visa, mastercard, master, master card, amex, american
  express, unionpay, alipay, wechat pay, wechatpay, apple pay, google pay, samsung pay, cod, cash on delivery, voucher, gift card,
  store credit, points, bnpl, atome, spaylater, instalment, installment, klarna, insurance, panel, other, others, none, unknown, manual, pos,
  tunai, kad, kad kredit, kad debit, cek, pindahan bank, pemindahan, pindahan wang, e dompet, ansuran, lain lain, lain`;
const channels = `
  web, website, webstore, online, online store, online shop, app, mobile, mobile app, ios, android, store, in store, instore, shop,
  walk in, walkin, counter, retail, wholesale, b2b, b2c, phone, telephone, call, email, whatsapp, telegram, facebook, instagram, tiktok,
  tiktok shop, tiktokshop, shopee, lazada, zalora, amazon, ebay, etsy, shopify, woocommerce, grab, grabfood, grab food, foodpanda,
  food panda, shopeefood, shopee food, airasia food, deliveroo, ubereats, uber eats, dine in, dinein, takeaway, take away, takeout, pickup,
  pick up, self pickup, delivery, drive thru, drive through, kiosk, marketplace, direct, referral, partner, agency, booking com, agoda,
  airbnb, expedia, admin, api, import, draft orders, internal, makan sini, bungkus, dalam talian, kedai, kaunter, penghantaran, telefon`;
const types = `
  shop order, shop order refund, order refund, sale, sales, refund, return, exchange, payment, payout, deposit, withdrawal, transfer, fee, fees, charge, adjustment, adj, discount,
  credit note, debit note, invoice, receipt, order, purchase, expense, income, in, out, credit, debit, cr, dr, subscription, one time,
  monthly, yearly, annual, annually, weekly, daily, quarterly, rental, service, repair, product, goods, shipping, tax, tip, reversal,
  chargeback, dispute, void, topup, top up, reload, jualan, belian, bayaran, bayaran balik, pulangan, sewa, yuran, perkhidmatan`;

const currencies = new Set([...Intl.supportedValuesOf('currency'), 'RM'].map((code) => code.toLowerCase()));
const listed = [statuses, paymentMethods, channels, types].join(',').split(',');
const words = new Set(listed.map((word) => normalized(word)));

/** `Walk-In` and `walk_in` as `walk in`; WooCommerce's `wc-completed` as `completed`. */
export function normalized(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_./-]+/g, ' ')
    .trim()
    .replace(/^wc /, '');
}

/** The text when it is a known word or the code of a currency; null for anything else. */
export function knownWord(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const word = normalized(value);
  return words.has(word) || currencies.has(word) ? value.trim() : null;
}
