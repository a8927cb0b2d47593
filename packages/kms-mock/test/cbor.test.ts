import { expect } from 'chai'
import { describe, it } from 'mocha'
import { readCbor } from '#src/cryptography/cbor.js'
import { attestation, claimsWith } from './support/attestation.js'

const read = (hex: string): unknown => readCbor(Buffer.from(hex, 'hex'))

/** RFC 8949, appendix A, as far as documents use it. */
const examples: readonly [hex: string, value: unknown][] = [
  ['00', 0],
  ['17', 23],
  ['1818', 24],
  ['1903e8', 1000],
  ['1a000f4240', 1_000_000],
  ['1b000000e8d4a51000', 1_000_000_000_000],
  ['1bffffffffffffffff', 18_446_744_073_709_551_615n],
  ['20', -1],
  ['3903e7', -1000],
  ['3bffffffffffffffff', -18_446_744_073_709_551_616n],
  ['f4', false],
  ['f5', true],
  ['f6', null],
  ['f7', undefined],
  ['4401020304', Buffer.of(1, 2, 3, 4)],
  ['62c3bc', 'ü'],
  ['83010203', [1, 2, 3]],
  ['8301820203820405', [1, [2, 3], [4, 5]]],
  [
    'a201020304',
    new Map([
      [1, 2],
      [3, 4],
    ]),
  ],
  ['c11a514b67b0', { tag: 1, value: 1_363_896_240 }],
]

/** What isn't read: each a reason of its own. */
const refused: Readonly<Record<string, string>> = {
  nothing: '',
  'an argument cut off': '19ff',
  'bytes cut off': '4401',
  'text cut off': '6561',
  'text that is not UTF-8': '61ff',
  'an array cut off': '8301',
  'an array longer than everything': '9bffffffffffffffff',
  'a map without its last value': 'a101',
  'a key twice': 'a201020103',
  'a key that is an array': 'a18001',
  'an indefinite length': '9f01ff',
  'a reserved length': '1c',
  'a float': 'f93c00',
  'a simple value of no meaning': 'e0',
  'two items': '0000',
  'too deep': `${'81'.repeat(40)}00`,
}

describe('CBOR', () => {
  for (const [hex, value] of examples) {
    it(`reads ${hex}`, () => {
      expect(read(hex)).to.deep.equal(value)
    })
  }

  for (const [what, hex] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      expect(() => read(hex)).to.throw(SyntaxError)
    })
  }

  it('a damaged document is read or refused, never anything else', () => {
    const document = attestation(claimsWith(Buffer.alloc(294, 5)))
    for (let at = 0; at < document.length; at += 1) {
      for (const bit of [0x01, 0x20, 0x80]) {
        const damaged = Buffer.from(document)
        damaged[at]! ^= bit
        try {
          readCbor(damaged)
        } catch (error) {
          expect(error).to.be.instanceOf(SyntaxError)
        }
      }
    }
  })
})
