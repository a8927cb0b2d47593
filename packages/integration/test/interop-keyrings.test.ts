import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { KMSClient } from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { buildClient } from '@sealring/core/envelope'
import { keptKeyringLanguages, keptKeyringsFolder, keyringLanguages } from '#src/interop/check-keyrings.js'
import { describedKeyring } from '#src/interop/described-keyring.js'
import { keyringKeysFile, presetKms, readKeyringKeys } from '#src/interop/keyring-keys.js'
import { keyringPlan, openKeyringMessages, type KeyringManifest } from '#src/interop/keyring-messages.js'
import { runManifests } from '#src/vectors/run-manifest.js'
import { vectorClient } from '#src/vectors/vector-client.js'

const { decrypt } = buildClient({ commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' })
const keys = readKeyringKeys()
const kms = presetKms(keys)

describe('messages of other SDKs’ ECDH and KMS RSA keyrings', () => {
  let client: KMSClient
  let stop: () => Promise<void>
  before(async () => {
    const server = await kms.listen()
    const { credentials } = kms.clientConfig()
    const config = { endpoint: server.url, region: 'us-west-2', maxAttempts: 1 }
    client = new KMSClient({ ...config, ...(credentials && { credentials }) })
    stop = async () => {
      client.destroy()
      await server.close()
    }
  })
  after(() => stop())

  it('are all there', () => {
    expect(keptKeyringLanguages().toSorted()).to.deep.equal(keyringLanguages.toSorted())
  })

  for (const language of keptKeyringLanguages())
    describe(language, () => {
      const folder = join(keptKeyringsFolder, language)
      const read = (path: string): Buffer => readFileSync(join(folder, path))
      const manifest: KeyringManifest = JSON.parse(read('manifest.json').toString())

      it('are those of the table, under its keys, and nothing else', () => {
        const ids = keyringPlan.map(({ id }) => id)
        expect(Object.keys(manifest.tests)).to.deep.equal(ids)
        expect(readdirSync(join(folder, 'ciphertexts')).toSorted()).to.deep.equal(ids.toSorted())
        expect(readdirSync(folder).toSorted()).to.deep.equal([
          'ciphertexts',
          'keys.json',
          'manifest.json',
          'plaintexts',
        ])
        expect(read('keys.json').equals(readFileSync(keyringKeysFile))).to.equal(true)
        const readme = readFileSync(join(keptKeyringsFolder, 'README.md'), 'utf8')
        const { name, version } = manifest.client
        expect(readme).to.include(`\`${language}/\` | ${name} ${version} `)
      })

      it('open, by KMS over HTTP where their keys are there', async () => {
        const { opened, faults } = await openKeyringMessages(folder, { client })
        expect(faults).to.deep.equal([])
        expect(opened).to.equal(keyringPlan.length)
      })

      it('open by the runner of vectors whole, in pieces and byte by byte, where the keys are raw', async () => {
        const [result] = await runManifests(folder, { client: vectorClient(), seed: 1 })
        const raw = keyringPlan.filter(({ open }) => open.type === 'raw-ecdh').length
        expect(result!.failures).to.deep.equal([])
        expect(result).to.include({ opened: raw, unsupported: keyringPlan.length - raw })
      })

      it('tell their whole context', async () => {
        for (const { id, open, context } of keyringPlan) {
          const message = read(`ciphertexts/${id}`)
          const { messageHeader } = await decrypt(describedKeyring(open, keys, { client }), message)
          expect(messageHeader.encryptionContext, id).to.include(context)
        }
      })

      it('stay shut where a byte of what names the parties is another', async () => {
        for (const { id, open } of keyringPlan.filter(({ suite }) => suite === '0478')) {
          const message = read(`ciphertexts/${id}`)
          // data-format/message-header.md#encrypted-data-key-entries: the info follows the provider id.
          const infoAt = message.indexOf(open.type) + open.type.length
          const last = infoAt + 2 + message.readUInt16BE(infoAt) - 1
          message[last]! ^= 1
          const code = await decrypt(describedKeyring(open, keys, { client }), message).then(
            () => 'opened',
            (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
          )
          expect(code, id).to.be.oneOf(['NO_DATA_KEY', 'DATA_KEY_NOT_UNWRAPPED'])
        }
      })
    })
})
