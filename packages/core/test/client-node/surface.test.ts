import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import clientNodeByDefault, * as dropIn from '@sealring/core/client-node'
import * as envelope from '@sealring/core/envelope'
import { keyring } from './fixture.js'

const require = createRequire(import.meta.url)
const engine = ['buildClient', 'buildDecrypt', 'buildEncrypt']
const folder = dirname(require.resolve('@sealring/core/package.json'))

/** What the installed package exports; `import *` adds names of the module system. */
const theirs: Readonly<Record<string, unknown>> = require('@aws-crypto/client-node')
const names = Object.keys(theirs).toSorted()

/** Names, and those under which client-node's own object is found. */
function compared(surface: Readonly<Record<string, unknown>>): {
  missing: string[]
  more: string[]
  own: string[]
} {
  return {
    missing: names.filter((name) => !(name in surface)),
    // Node adds __esModule where a module with a default export is required.
    more: Object.keys(surface).filter((name) => !names.includes(name) && name !== '__esModule'),
    own: names.filter((name) => surface[name] !== theirs[name]),
  }
}

describe('@sealring/core/client-node', () => {
  it('is compared with the 49 names of client-node 5.0.2', () => {
    expect(names).to.have.length(49)
    expect(require('@aws-crypto/client-node/package.json').version).to.equal('5.0.2')
  })

  it('exports every name of client-node, and client-node’s own objects but for the engine', () => {
    expect(compared(dropIn)).to.deep.equal({ missing: [], more: ['default'], own: engine })
  })

  it('exports them by default, too, as Node does for a CommonJS package', () => {
    expect(compared(clientNodeByDefault)).to.deep.equal({ missing: [], more: [], own: engine })
  })

  it('gives them to require, with our engine', () => {
    // From Node 23 on, `export *` of a CommonJS module would make require return that module itself.
    const required: Readonly<Record<string, unknown>> = require('@sealring/core/client-node')
    expect(compared(required)).to.deep.equal({ missing: [], more: ['default'], own: engine })
    expect(required['buildClient']).to.equal(envelope.buildClient)
  })

  it('has the buildClient of the envelope', () => {
    expect(dropIn.buildClient).to.equal(envelope.buildClient)
  })

  it('seals and opens by its halves', async () => {
    const { result } = await dropIn.buildEncrypt().encrypt(keyring, 'halves')
    const { plaintext } = await dropIn.buildDecrypt().decrypt(keyring, result)
    expect(plaintext.toString()).to.equal('halves')
  })
})

/** As the README of client-node has it; only the name of the package changes. */
const program = (load: string) => `
  ${load}
  const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
  const keyring = new RawAesKeyringNode({
    keyName: 'name', keyNamespace: 'namespace', unencryptedMasterKey: new Uint8Array(32),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  })
  async function main() {
    const { result } = await encrypt(keyring, 'asdf', { encryptionContext: { stage: 'demo' } })
    const { plaintext, messageHeader } = await decrypt(keyring, result)
    console.log(plaintext.toString(), messageHeader.encryptionContext.stage)
  }
  void main()`
const used = 'buildClient, CommitmentPolicy, RawAesKeyringNode, RawAesWrappingSuiteIdentifier'
const ways: Readonly<Record<string, (name: string) => [file: string, text: string]>> = {
  'named imports': (name) => ['named.mjs', program(`import { ${used} } from '${name}'`)],
  'import *': (name) => ['star.mjs', program(`import * as all from '${name}'\nconst { ${used} } = all`)],
  'a default import': (name) => [
    'default.mjs',
    program(`import all from '${name}'\nconst { ${used} } = all`),
  ],
  'import()': (name) => ['dynamic.mjs', program(`const { ${used} } = await import('${name}')`)],
  require: (name) => ['required.cjs', program(`const { ${used} } = require('${name}')`)],
  'what TypeScript makes of import * for CommonJS': (name) => [
    'typescript.cjs',
    program(`const all = require('tslib').__importStar(require('${name}'))\nconst { ${used} } = all`),
  ],
}

function run(file: string, text: string, place: string): string {
  const path = join(place, file)
  writeFileSync(path, text)
  return execFileSync(process.execPath, [path], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()
}

describe('a program that changes one import', () => {
  const place = mkdtempSync(join(folder, 'dist-test', 'program-'))
  after(() => rmSync(place, { recursive: true }))

  for (const [way, write] of Object.entries(ways)) {
    for (const name of ['@aws-crypto/client-node', '@sealring/core/client-node']) {
      it(`by ${way}: ${name}`, () => {
        expect(run(...write(name), place)).to.equal('asdf demo')
      })
    }
  }
})

describe('without @aws-crypto/client-node installed', () => {
  const place = mkdtempSync(join(tmpdir(), 'sealring-without-'))
  const modules = join(place, 'node_modules')
  before(() => {
    const core = join(modules, '@sealring/core')
    mkdirSync(core, { recursive: true })
    // Copied, since Node looks for packages from where a link leads.
    for (const part of ['dist', 'package.json'])
      cpSync(join(folder, part), join(core, part), { recursive: true })
    mkdirSync(join(modules, '@aws-crypto'))
    for (const name of ['material-management-node', 'raw-aes-keyring-node']) {
      const target = dirname(require.resolve(`@aws-crypto/${name}/package.json`))
      symlinkSync(target, join(modules, '@aws-crypto', name), 'junction')
    }
  })
  after(() => rmSync(place, { recursive: true }))

  const report = (specifier: string) =>
    `import('${specifier}').then(({ buildClient }) => console.log(typeof buildClient), ({ code, message }) => console.log(code, message))`

  it('the drop-in surface says which package is missing (ERR_MODULE_NOT_FOUND)', () => {
    const said = run('missing.mjs', report('@sealring/core/client-node'), place)
    expect(said).to.match(/^ERR_MODULE_NOT_FOUND Cannot find package '@aws-crypto\/client-node'/)
  })

  it('the envelope works', () => {
    expect(run('envelope.mjs', report('@sealring/core/envelope'), place)).to.equal('function')
  })
})
