import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { inputs } from '#src/model/inputs.generated.js'
import { operations } from '#src/operations/operations.js'
import { decodeInput } from '#src/validation/decode-input.js'
import type { StructureShape } from '#src/validation/shape.js'
import { validateInput } from '#src/validation/validate-input.js'
import { boundaryCases } from './support/boundary-cases.js'
import type { BoundaryCase } from './support/boundary-cases.js'
import { caught } from './support/caught.js'

/** Where the API Reference is narrower than the model, and an operation says so in the model's words. */
const narrower: readonly string[] = [
  'ListAliases limit: the greatest value, 1000',
  'ListGrants limit: the greatest value, 1000',
  'ListResourceTags limit: the greatest value, 1000',
  'ListRetirableGrants limit: the greatest value, 1000',
]

const messageOf = ({ problems }: BoundaryCase): string =>
  `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected: ${problems.join('; ')}`

const errorOf = async (run: () => unknown): Promise<Error | undefined> => {
  try {
    await run()
    return undefined
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
}

describe('the bounds of the model', () => {
  for (const [name, { input }] of operations) {
    it(`${name}: at, below and above`, async () => {
      const kms = createKms()
      for (const boundary of boundaryCases(input)) {
        const title = `${name} ${boundary.path}: ${boundary.about}`
        if (boundary.problems.length > 0) {
          const error = await caught(kms.handle(name, boundary.input))
          expect(error, title).to.include({ name: 'ValidationException', message: messageOf(boundary) })
        } else if (!narrower.includes(title)) {
          // The value is valid; what the operation thinks of it, with the keys that there are not, is not the point.
          const error = await errorOf(() => kms.handle(name, boundary.input))
          expect(error?.name, title).not.to.equal('SerializationException')
          expect(error?.message ?? '', title).not.to.include(`at '${boundary.path}' failed to satisfy`)
        }
      }
    })
  }

  it('of every operation of the model, whether it is there or not', async () => {
    let cases = 0
    for (const [name, input] of Object.entries<StructureShape>(inputs)) {
      for (const boundary of boundaryCases(input)) {
        const error = await errorOf(() => validateInput(decodeInput(boundary.input, input), input))
        const expected = boundary.problems.length === 0 ? undefined : messageOf(boundary)
        expect(error?.message, `${name} ${boundary.path}: ${boundary.about}`).to.equal(expected)
        cases += 1
      }
    }
    expect(cases).to.be.greaterThan(1000)
  })

  it('never shows what is sensitive', () => {
    const hidden = Object.entries<StructureShape>(inputs).flatMap(([name, input]) =>
      boundaryCases(input)
        .filter(({ path }) => /password|plaintext|accessKeyId|secretAccessKey/i.test(path))
        .map((boundary) => ({ name, ...boundary })),
    )
    expect(hidden.filter(({ problems }) => problems.length > 0)).to.have.length.greaterThan(20)
    for (const { name, path, problems } of hidden) {
      for (const problem of problems) expect(problem, `${name} ${path}`).to.match(/^Value at '/)
    }
  })
})
