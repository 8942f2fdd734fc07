/** Somebody who must never be named in a summary. */
export interface Person {
  readonly name: string;
  readonly ic: string;
  readonly phone: string;
  readonly email: string;
  readonly address: string;
  readonly plate: string;
  readonly account: string;
}

const named = (index: number, name: string, mail: string, address: string): Person => ({
  name,
  ic: `${String(60 + index).padStart(2, '0')}0${1 + (index % 9)}1${index % 9}-1${index % 5}-${5101 + index * 37}`,
  phone: `+601${index % 10}-${7310000 + index * 48611}`,
  email: `${mail}@${['surat', 'posta', 'mel'][index % 3]}-${index}.example`,
  address,
  plate: `${['WXQ', 'JTB', 'PKV', 'BQS'][index % 4]} ${4107 + index * 53}`,
  account: `51${4408000000 + index * 7919317}`,
});

/** Names in six scripts and languages, few enough that each has many rows: they look like a category. */
export const people: readonly Person[] = [
  named(0, 'Zulkhairi bin Maznan', 'zulkhairi.maznan', '14 Lorong Cempaka Biru 3, 43000 Kajang'),
  named(1, 'Qistina Humaira binti Radzuan', 'qistina.hr', 'B-12-7 Pangsapuri Seroja Indah, 81100 Johor Bahru'),
  named(2, 'Chong Yoke Pheng', 'ypchong', '88 Jalan Kenanga Perdana, 11900 Bayan Lepas'),
  named(3, '陳曉彤慧', 'xiaotong', '吉隆坡蕉賴路九十三號'),
  named(4, '欧阳睿哲', 'ouyang.rz', '槟城乔治市椰脚街二十一号'),
  named(5, 'கவிதாஞ்சலி முருகவேல்', 'kavithanjali', '27 ஜாலான் மெலாத்தி, கிள்ளான்'),
  named(6, 'தமிழ்ச்செல்வன் இராசேந்திரன்', 'tamilselvan', '5 தாமான் ஸ்ரீ மூடா, ஷா ஆலம்'),
  named(7, 'ปิยวัฒน์ ศรีสุขเกษม', 'piyawat.s', '199/4 ซอยสุขุมวิท 71 กรุงเทพ'),
  named(8, 'กมลชนก วงศ์ไพศาล', 'kamonchanok', '62 ถนนนิมมานเหมินท์ เชียงใหม่'),
  named(9, 'عبد الرحمن الحضرمي', 'abdulrahman.h', 'شارع الزهور ٤٥، كوالالمبور'),
  named(10, 'نورهان المصطفاوي', 'norhan.m', 'حي السلام ١٢، شاه علم'),
  named(11, 'Bartholomew Wrexham-Pugh', 'bwpugh', '3 Quayside Villas, Straits Wharf, 10250 Penang'),
  named(12, 'Thivyaharshini Kunaseelan', 'thivya.k', '41 Persiaran Rajawali Timur, 30020 Ipoh'),
  named(13, 'Ungku Syafinaz Tengku Rozhan', 'syafinaz.ur', 'Lot 5522 Kampung Binjai Rendah, 21300 Kuala Terengganu'),
];

/** Those who work there: fewer still. */
export const staff: readonly Person[] = [
  named(20, 'Mastura Zainorin', 'mastura.z', '9 Taman Desa Bakti, 45000 Kuala Selangor'),
  named(21, 'Gopinathan Veerasamy', 'gopi.v', '2 Lorong Permai Hijau, 14000 Bukit Mertajam'),
  named(22, '黎嘉欣', 'lai.kahyan', '新山大丰花园七号'),
  named(23, 'Fitzgerald Obuasi', 'fitz.o', '71 Persiaran Bukit Kiara Lama, 50480 Kuala Lumpur'),
];

/** Things that look like people by their shape: nobody said that they may be shown. */
export const products = [
  { sku: 'KZ-2250', name: 'Kopi Zamrud 250g', price: 18.9 },
  { sku: 'TM-0410', name: 'Teh Mawarani', price: 12.5 },
  { sku: 'SB-7781', name: 'Sambal Bondazu', price: 9.8 },
  { sku: 'KG-3302', name: 'Kerepek Ganyongan', price: 6.4 },
  { sku: 'MB-9120', name: 'Minyak Bidarais', price: 34 },
  { sku: 'BT-5518', name: 'Baulu Temasikan', price: 15.2 },
] as const;

export const branches = ['Cawangan Serindit', 'Cawangan Pulasanan', 'Kedai Tiramat'] as const;

const common = new Set(['binti', 'Tengku']);
const latin = /^[\x20-\x7e]+$/;
const parts = ({ name }: Person) =>
  name.split(' ').filter((part) => !common.has(part) && part.length > (latin.test(part) ? 4 : 1));
const values = (person: Person) => [...Object.values(person), ...parts(person)];

/** All that must not be in anything a summary puts out; names whole and in parts. */
export const canaries: readonly string[] = [
  ...[...people, ...staff].flatMap(values),
  ...products.flatMap(({ sku, name }) => [sku, name]),
  ...branches,
];
