import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { createStore, fileBackend, memoryBackend, type Store } from '@sealring/core'
import { kmsKeyring } from '@sealring/core/kms-keyring'
import { kmsFixture, type KmsFixture } from '../keyring/kms-fixture.js'
import { rejection } from './rejection.js'

const region = 'eu-west-1'
const name = 'billing/db-password'

describe('store: two folders and a KMS key', () => {
  let root: string
  let fixture: KmsFixture
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'sealring-store-'))
    fixture = await kmsFixture()
  })
  after(() => rm(root, { recursive: true, force: true }))

  const folder = (id: string) => join(root, id)
  const open = (): Store =>
    createStore({
      id: 'test',
      keyring: kmsKeyring({ generatorKeyId: fixture.keys[region], client: fixture.clients[region] }),
      locations: [
        fileBackend({ id: 'near', directory: folder('near'), createDirectory: true }),
        fileBackend({ id: 'far', directory: folder('far'), createDirectory: true }),
        memoryBackend({ id: 'memory' }),
      ],
      arbiter: 'far',
    })

  /** The only file below a folder that holds these bytes' size. */
  const blobFile = async (id: string, size: number): Promise<string> => {
    const entries = await readdir(folder(id), { recursive: true, withFileTypes: true })
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isFile() && (await readFile(path)).byteLength === size) return path
    }
    throw new Error(`No file of ${size} bytes at ${id}`)
  }

  it('keeps one blob in both, survives damage at either, and repairs both', async () => {
    const store = open()
    await store.put(name, 'one', { copies: 3 })
    const { size } = await store.put(name, 'two is longer')
    for (const id of ['near', 'far']) {
      const path = await blobFile(id, size)
      const bytes = await readFile(path)
      await rm(path)
      await writeFile(path, Buffer.concat([bytes.subarray(0, -20), Buffer.alloc(20)]))
      expect(Buffer.from((await open().get(name)).plaintext).toString()).to.equal('two is longer')
      const report = await open().repair({ prefix: name })
      expect(report.left).to.deep.equal([])
      const { clean } = await store.verify()
      expect(clean, `repaired ${id}`).to.equal(true)
    }
  })

  it('says that the key is disabled, and blames no copy', async () => {
    const KeyId = fixture.keys[region]
    await fixture.clients[region].send(new DisableKeyCommand({ KeyId }))
    const store = open()
    const refused = await rejection(store.get(name), 'DATA_KEY_NOT_UNWRAPPED')
    expect(refused.cause).to.be.instanceOf(Error)
    await rejection(store.put(name, 'three'), 'DATA_KEY_NOT_WRAPPED')
    expect((await store.history(name)).revisions).to.have.length(2)
    await fixture.clients[region].send(new EnableKeyCommand({ KeyId }))
    expect((await store.get(name)).revision).to.equal(2)
  })
})
