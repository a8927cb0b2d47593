// `kms.handle` by itself, beside the one AES-256-GCM that it can't do without; medians of seven interleaved rounds.
import { createCipheriv, randomBytes } from 'node:crypto'
import { createKms } from '@sealring/kms-mock'

const seconds = 0.2
const rounds = 7
const kms = createKms()
const { KeyMetadata } = await kms.handle('CreateKey', {})
const KeyId = KeyMetadata.Arn
const EncryptionContext = { tenant: '42', purpose: 'bench' }
const Plaintext = Buffer.alloc(32, 1)
const { CiphertextBlob } = await kms.handle('Encrypt', { KeyId, Plaintext, EncryptionContext })
const key = Buffer.alloc(32, 7)

let account = 100000000000
const runs = {
  'one AES-256-GCM': () => {
    const cipher = createCipheriv('aes-256-gcm', key, randomBytes(12))
    const encrypted = cipher.update(Plaintext)
    cipher.final()
    return [encrypted, cipher.getAuthTag()]
  },
  Encrypt: () => kms.handle('Encrypt', { KeyId, Plaintext, EncryptionContext }),
  Decrypt: () => kms.handle('Decrypt', { CiphertextBlob, EncryptionContext }),
  GenerateDataKey: () => kms.handle('GenerateDataKey', { KeyId, KeySpec: 'AES_256', EncryptionContext }),
  CreateKey: () => kms.handle('CreateKey', {}, { accountId: String(account) }),
}

const rates = Object.fromEntries(Object.keys(runs).map((name) => [name, []]))
for (let round = 0; round < rounds; round += 1) {
  account += 1
  for (const [name, run] of Object.entries(runs)) {
    const start = process.hrtime.bigint()
    const end = start + BigInt(seconds * 1e9)
    let calls = 0
    do {
      for (let n = 0; n < 50; n += 1) await run()
      calls += 50
    } while (process.hrtime.bigint() < end)
    rates[name].push((calls * 1e9) / Number(process.hrtime.bigint() - start))
  }
}
for (const values of Object.values(rates)) values.sort((a, b) => a - b)
const medians = Object.fromEntries(Object.entries(rates).map(([name, values]) => [name, values[rounds >> 1]]))
process.send(medians)
process.disconnect()
