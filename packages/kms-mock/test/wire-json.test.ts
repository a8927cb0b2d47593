import { expect } from 'chai'
import * as fc from 'fast-check'
import { describe, it } from 'mocha'
import { wireJson } from '#src/wire-json.js'

/** The same by way of JSON.stringify. */
const reference = (value: unknown): string =>
  JSON.stringify(value, function (this: Record<string, unknown>, name, given: unknown) {
    const own = this[name]
    if (own instanceof Date) return own.getTime() / 1000
    return own instanceof Uint8Array ? Buffer.from(own).toString('base64') : given
  })

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  // Lone surrogates, too: no output has any, but whatever comes is to stay JSON.
  fc.string({
    unit: fc.constantFrom('"', '\\', '\u007f', '\u0000', '\n', 'é', ' ', '~', '\ud800', '\udc00', '🌍'),
  }),
)
const outputs = fc.dictionary(
  texts,
  fc.anything({
    key: texts,
    values: [
      texts,
      fc.boolean(),
      fc.integer(),
      fc.constantFrom(undefined, null, 0.5, -0),
      fc.uint8Array(),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.date({ noInvalidDate: true }),
    ],
    maxDepth: 3,
  }),
)

describe('wireJson', () => {
  it('writes what JSON.stringify does, blobs as base64, timestamps as seconds', () => {
    fc.assert(
      fc.property(outputs, (output) => {
        expect(wireJson(output)).to.equal(reference(output))
      }),
    )
  })

  it('leaves out what is absent, and puts null in its place in a list', () => {
    expect(wireJson({ a: undefined, b: [undefined, 1], c: {} })).to.equal('{"b":[null,1],"c":{}}')
  })
})
