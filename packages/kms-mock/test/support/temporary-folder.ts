import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'mocha'

/** A folder for the tests of one `describe`; gives paths in it. */
export const temporaryFolder = (): ((name: string) => string) => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealring-kms-mock-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))
  return (name) => join(folder, name)
}
