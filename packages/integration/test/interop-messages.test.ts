import { readFileSync } from 'node:fs'
import { describe, it } from 'mocha'
import { expect } from 'chai'
import { buildClient } from '@sealring/core/envelope'
import { keptFolder, keptLanguages } from '#src/interop/check-language.js'
import { readManifest } from '#src/interop/manifest.js'
import { messageSuites } from '#src/interop/message-cases.js'
import { rawKeyring, type KeyEntry } from '#src/interop/raw-keyring.js'
import { runManifests } from '#src/vectors/run-manifest.js'
import { vectorClient } from '#src/vectors/vector-client.js'

/** How many messages each SDK wrote, and how many of them with a pair of the context that is not stored. */
const counts: Readonly<Record<string, { opened: number; openedWithRequiredContext: number }>> = {
  go: { opened: 165, openedWithRequiredContext: 22 },
  java: { opened: 198, openedWithRequiredContext: 33 },
  python: { opened: 209, openedWithRequiredContext: 33 },
  rust: { opened: 165, openedWithRequiredContext: 22 },
}

/** The kept messages of a language, with what a reader is given. */
function keptMessages(language: string) {
  const folder = `${keptFolder}${language}/`
  const file = (uri: string): Buffer => readFileSync(folder + uri.slice('file://'.length))
  const { tests, keys } = readManifest(`${folder}manifest.json`)
  const entries: Record<string, KeyEntry> = JSON.parse(file(keys).toString()).keys
  return Object.entries(tests).map(([id, test]) => ({
    id,
    message: file(test.ciphertext),
    context: test['encryption-context'],
    contextRequired: test.cmm === 'RequiredEncryptionContext',
    keyring: rawKeyring(
      test['master-keys'].map(({ key }) => entries[key]!),
      test['master-keys'][0]!['provider-id'],
    ),
  }))
}

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'opened',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  )

describe('messages of other SDKs', () => {
  it('are all there', () => {
    expect(keptLanguages().toSorted()).to.deep.equal(Object.keys(counts))
  })

  for (const [language, expected] of Object.entries(counts))
    describe(language, () => {
      const messages = keptMessages(language)
      const { decrypt } = buildClient({ commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' })

      it('open whole, in pieces and byte by byte, of every suite', async () => {
        const [result] = await runManifests(`${keptFolder}${language}`, { client: vectorClient(), seed: 1 })
        expect(result!.failures).to.deep.equal([])
        expect(result).to.include({ ...expected, scenarios: expected.opened, unsupported: 0 })
        const suites = new Set(messages.map(({ id }) => id.slice(0, 4)))
        expect([...suites].toSorted()).to.deep.equal(messageSuites)
      })

      it('tell their whole context, what the reader reproduced included', async () => {
        for (const { id, keyring, message, context } of messages) {
          const { messageHeader } = await decrypt(keyring, message, { encryptionContext: context })
          expect(messageHeader.encryptionContext, id).to.include(context)
        }
      })

      it('stay shut without the pairs that they do not store, and with others', async () => {
        for (const { id, keyring, message, context } of messages.filter((kept) => kept.contextRequired)) {
          // RSA does not bind the context; the tag of the header does.
          const code = id.endsWith('-rsa') ? 'HEADER_UNAUTHENTIC' : 'DATA_KEY_NOT_UNWRAPPED'
          expect(await codeOf(decrypt(keyring, message)), id).to.equal(code)
          const encryptionContext = { ...context, tenant: 'another' }
          expect(await codeOf(decrypt(keyring, message, { encryptionContext })), id).to.equal(code)
        }
      })

      it('stay shut for a client that asks for commitment, unless they commit', async () => {
        const strict = buildClient()
        for (const { id, keyring, message } of messages.filter(({ id }) => id.endsWith('-frame')))
          expect(await codeOf(strict.decrypt(keyring, message)), id).to.equal(
            /^0[45]/.test(id) ? 'opened' : 'SUITE_NOT_ALLOWED',
          )
      })
    })
})
