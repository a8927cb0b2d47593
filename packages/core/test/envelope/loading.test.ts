import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { describe, it } from 'mocha'

const report = `
  const { createRequire } = await import('node:module')
  const modules = Object.keys(createRequire(process.cwd() + '/x.js').cache)
  console.log(JSON.stringify({
    clients: modules.filter((path) => /@aws-sdk|@smithy|client-node/.test(path)),
    http: process.moduleLoadList.filter((name) => /^NativeModule https?$/.test(name)),
  }))`

function loadedBy(specifier: string): { clients: string[]; http: string[] } {
  const source = `await import(${JSON.stringify(specifier)});${report}`
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return JSON.parse(output)
}

describe('importing', () => {
  for (const specifier of ['@sealring/core/envelope', '@sealring/core/keyring']) {
    it(`${specifier} loads no client of an AWS service`, () => {
      expect(loadedBy(specifier)).to.deep.equal({ clients: [], http: [] })
    })
  }

  it('@sealring/core/kms-keyring does, so that this test can fail', () => {
    expect(loadedBy('@sealring/core/kms-keyring').clients).to.not.deep.equal([])
  })
})
