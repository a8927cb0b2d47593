// Parted by single spaces.
const words = [
  "a a/b a/b/c ab A A/b a/B aA Aa a- a--b a_b a.b a. a.. .a ... - _ 1 01 000000000001 a/000000000001 a/1 it's",
  'names n __proto__ constructor CON con nul.txt aux/lpt1 COM1.x tab? * ** % %41 %2f a%2fb a%2Fb 100% @ @/@ a@b',
  'a/@ a=b = a+b + a/+ ~ ~a a~ # a#1 n#a ! $x & (a) "quoted" , ; : a:b <a> | {x} [0] ^ ` é É e ö/ü ß ss İ ı ﬀ',
  '日本語/鍵 ключ 😀 � sealring-like a/sealring',
]

/**
 * Legal entry names that careless encodings mix up, refuse or lose: by case folding, Unicode normalisation,
 * separators and escapes of their own, device names, length, or by one name being the start of another.
 */
export const awkwardNames: readonly string[] = [
  ...words.flatMap((line) => line.split(' ')),
  'with space',
  'a b/c d',
  'x'.repeat(255),
  'x'.repeat(254),
  'X'.repeat(255),
  'é'.repeat(127),
  '😀'.repeat(63),
  '%'.repeat(255),
  `${'a/'.repeat(127)}a`,
  `${'A/'.repeat(127)}A`,
]
