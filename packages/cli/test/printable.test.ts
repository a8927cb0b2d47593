import { expect } from 'chai'
import * as fc from 'fast-check'
import { describe, it } from 'mocha'
import { printable } from '#src/printable.js'

describe('printable', () => {
  it('leaves ordinary text as it is', () => {
    for (const text of ['', 'billing/db-password', 'Grüße, 東京 🔑']) expect(printable(text)).to.equal(text)
  })

  it('shows what could steer a terminal or forge a line', () => {
    expect(printable('a\u001b[31m\nsealring: ok\u202e')).to.equal('a\\u{1b}[31m\\u{a}sealring: ok\\u{202e}')
  })

  it('lets nothing of the kind through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.to.match(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u)
      }),
    )
  })
})
