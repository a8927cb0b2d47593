import { AlgorithmSuiteIdentifier, NodeAlgorithmSuite } from '@aws-crypto/material-management-node'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { algorithmSuites, commitKeyLength, ivLength, tagLength } from '#src/materials/algorithm-suites.js'

describe('algorithm suites', () => {
  it('are those of client-node, row by row', () => {
    const ids = Object.values(AlgorithmSuiteIdentifier).filter((id) => typeof id === 'number')
    expect(new Set(algorithmSuites.keys())).to.deep.equal(new Set<number>(ids))
    for (const id of ids) {
      const theirs = new NodeAlgorithmSuite(id)
      const { id: ourId, ...row } = algorithmSuites.get(id)!
      expect({ ...row, name: '' }, row.name).to.deep.equal({
        name: '',
        messageFormat: theirs.messageFormat,
        cipher: theirs.encryption,
        keyLength: theirs.keyLength / 8,
        committing: theirs.commitment === 'KEY',
        ...(theirs.kdfHash === undefined ? {} : { kdfHash: theirs.kdfHash }),
        ...(theirs.signatureCurve === undefined
          ? {}
          : { signature: { curve: theirs.signatureCurve, hash: theirs.signatureHash } }),
      })
      expect([ourId, theirs.ivLength, theirs.tagLength / 8]).to.deep.equal([id, ivLength, tagLength])
      if (row.committing) expect(theirs.suiteDataLength).to.equal(commitKeyLength)
    }
  })
})
