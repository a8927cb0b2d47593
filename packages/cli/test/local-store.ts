import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { sealring } from './sealring.js'
import type { Outcome } from './sealring.js'

/** Run `sealring init --local` in a folder. */
export async function initLocal(cwd: string): Promise<void> {
  const { exit, stderr } = await sealring(['init', '--local'], { cwd })
  expect(exit, stderr).to.equal(0)
}

/** Put a value from standard input; fails the test when that fails. */
export async function putText(cwd: string, name: string, input: string): Promise<Outcome> {
  const outcome = await sealring(['put', name, '--json'], { cwd, input })
  expect(outcome.exit, outcome.stderr).to.equal(0)
  return outcome
}

/** All files below a folder. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** The files of a location that hold sealed bytes: revision 1, 2 and so on. */
export async function blobsOf(cwd: string, location: string): Promise<string[]> {
  return (await filesBelow(join(cwd, '.sealring', location))).filter((file) =>
    /[/\\]@[/\\]\d{12}$/.test(file),
  )
}

/** Flip a bit of every sealed blob of a location. */
export async function damage(cwd: string, location: string): Promise<void> {
  const files = await blobsOf(cwd, location)
  expect(files).not.to.have.length(0)
  for (const file of files) {
    const bytes = await readFile(file)
    bytes[bytes.length >> 1]! ^= 1
    await writeFile(file, bytes)
  }
}
