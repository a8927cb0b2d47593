import { fileBackend, sealedBlob } from '@sealring/core'
import { randomBytes } from 'node:crypto'

/*
 * A process of its own that creates revisions: node file-child.js <directory> <size> <first> <last>
 * Its blobs start with their revision, so that a reader can tell where they belong. One line a result.
 */
const [directory = '', size = '0', first = '1', last = '0'] = process.argv.slice(2)
const backend = fileBackend({ id: 'child', directory })
for (let revision = Number(first); revision <= Number(last); revision++) {
  const bytes = randomBytes(Number(size))
  bytes.writeUIntBE(revision, 0, 6)
  const blob = sealedBlob(bytes)
  const { outcome } = await backend.create({ name: 'shared/name', revision }, blob)
  process.stdout.write(`${revision} ${outcome} ${blob.digest}\n`)
}
