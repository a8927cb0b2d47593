import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'

/** Seals and opens, signed and unsigned, and meets a keyring whose classes nobody can find. */
const program = `
  import { buildClient } from '@sealring/core/envelope'
  import { rawAesKeyring } from '@sealring/core/keyring'
  const keyring = rawAesKeyring({ namespace: 'bundle', name: 'key', key: new Uint8Array(32) })
  const { encrypt, decrypt } = buildClient()
  const run = async () => {
    const opened = []
    for (const suiteId of [0x0478, 0x0578]) {
      const { result } = await encrypt(keyring, 'text', { suiteId, encryptionContext: { a: 'b' } })
      opened.push((await decrypt(keyring, result)).plaintext.toString())
    }
    const foreign = { onEncrypt: () => {}, onDecrypt: () => {} }
    const code = await encrypt(foreign, 'text').catch((error) => error.code)
    console.log(JSON.stringify({ opened, code }))
  }
  run()`

const formats = {
  cjs: {},
  // What every bundler asks for where CommonJS packages end up in a module.
  esm: {
    banner: {
      js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
    },
  },
} as const

describe('in a bundle', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'sealring-bundle-'))
  })
  after(() => rmSync(folder, { recursive: true }))

  for (const [format, options] of Object.entries(formats)) {
    it(`the envelope works, without an AWS service client in it (${format})`, () => {
      const outfile = join(folder, format === 'cjs' ? 'bundle.cjs' : 'bundle.mjs')
      const { metafile } = buildSync({
        stdin: { contents: program, resolveDir: import.meta.dirname },
        bundle: true,
        platform: 'node',
        target: 'node20',
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the table above
        format: format as keyof typeof formats,
        outfile,
        metafile: true,
        logLevel: 'silent',
        ...options,
      })
      const clients = Object.keys(metafile.inputs).filter((path) => /@aws-sdk|@smithy|client-node/.test(path))
      expect(clients).to.deep.equal([])
      // In a folder without node_modules: nothing is found outside the bundle.
      const output = execFileSync(process.execPath, [outfile], { cwd: folder, encoding: 'utf8' })
      expect(JSON.parse(output)).to.deep.equal({ opened: ['text', 'text'], code: 'KEYRING_INVALID' })
    })
  }
})
