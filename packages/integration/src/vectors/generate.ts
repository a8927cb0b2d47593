import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { vectorFiles, vectorsFolder } from './vector-files.js'

const files = vectorFiles()
for (const folder of ['ciphertexts', 'plaintexts']) {
  rmSync(join(vectorsFolder, folder), { recursive: true, force: true })
  mkdirSync(join(vectorsFolder, folder), { recursive: true })
}
for (const [path, content] of files) writeFileSync(join(vectorsFolder, path), content)
process.stdout.write(`test-vectors: ${files.size} files written\n`)
