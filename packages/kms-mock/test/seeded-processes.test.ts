import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { memberAt } from './support/member.js'
import { temporaryFolder } from './support/temporary-folder.js'

describe('one seed and one state file', () => {
  const path = temporaryFolder()

  it('two that create at once never make two keys of one material, of whatever form', async () => {
    for (const multiRegion of [
      [false, true],
      [true, false],
      [true, true],
      [false, false],
    ]) {
      const stateFile = path(`${multiRegion.join('-')}.json`)
      const all = multiRegion.map((MultiRegion) => ({
        MultiRegion,
        kms: createKms({ stateFile, seed: 'shared' }),
      }))
      const made = await Promise.all(
        all.map(({ kms, MultiRegion }) => kms.handle('CreateKey', { MultiRegion })),
      )
      const materials = made.map((answer) => memberAt(answer, 'KeyMetadata', 'CurrentKeyMaterialId'))
      expect(new Set(materials).size, multiRegion.join()).to.equal(2)
    }
  })
})
