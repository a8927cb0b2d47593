import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'mocha'

/** A new folder for each test of a suite, removed afterwards. Call the result inside a test. */
export function tempFolder(): () => string {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealring-cli-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  return () => folder
}
