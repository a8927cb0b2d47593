import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { zipSync } from 'fflate'
import { after, before, describe, it } from 'mocha'
import { refused, test, vectorFolder, writeFolder } from './vector-folder.js'

const command = fileURLToPath(import.meta.resolve('#src/vectors/run-command.js'))

function vectorsRun(cwd: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [command, ...args], { cwd }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    )
  })
}

describe('vectors:run', () => {
  let folder: ReturnType<typeof writeFolder>
  before(() => {
    const kms = test({ 'master-keys': [{ type: 'aws-kms' }] })
    const folders = {
      good: {
        opens: test(),
        kms,
        refused: test({ ciphertext: 'file://ciphertexts/refused', result: refused }),
      },
      bad: { opens: test(), '\u001b[2Jwrong': test({ result: refused }) },
      kms: { kms },
    }
    const files = new Map<string, Uint8Array>()
    for (const [name, tests] of Object.entries(folders))
      for (const [path, bytes] of vectorFolder(2, tests)) files.set(`${name}/${path}`, bytes)
    files.set('good.zip', zipSync(Object.fromEntries(vectorFolder(2, folders.good))))
    folder = writeFolder(files)
  })
  after(() => folder.remove())

  it('prints the counts, and ends with 0 when none failed and one passed', async () => {
    const { code, out } = await vectorsRun(folder.path, 'good', join(folder.path, 'good.zip'))
    expect(code).to.equal(0)
    expect(out).to.include('3 messages: 2 passed (1 opened; 1 refused), 0 failed, 1 unsupported')
    expect(out).to.include('unsupported: 1 aws-kms')
    expect(out).to.include('refused with: 1 FRAME_UNAUTHENTIC')
    expect(out).to.match(/2 manifests, 6 messages: 4 passed .* 0 failed, 2 unsupported\n$/)
  })

  it('names what failed by id and code, on one line without control characters', async () => {
    const { code, out } = await vectorsRun(folder.path, '--seed', '5', 'good', 'bad')
    expect(code).to.equal(1)
    expect(out).to.match(/^ {2}FAILED \?\[2Jwrong: MESSAGE_OPENED: /m)
    expect(out).to.include('the same pieces again: --seed 5')
  })

  it('ends with 1 when nothing passed', async () => {
    expect((await vectorsRun(folder.path, 'kms')).code).to.equal(1)
    const missing = await vectorsRun(folder.path, 'good', 'none')
    expect(missing.code).to.equal(1)
    expect(missing.out).to.include('VECTOR_SOURCE_INVALID')
  })

  it('--json: the same as data', async () => {
    const { code, out } = await vectorsRun(folder.path, '--json', 'good', 'bad')
    const { total, manifests } = JSON.parse(out)
    expect(code).to.equal(1)
    expect(total).to.deep.equal({
      scenarios: 5,
      passed: 3,
      opened: 2,
      openedWithRequiredContext: 0,
      refused: 1,
      failed: 1,
      unsupported: 1,
    })
    expect(manifests).to.have.lengthOf(2)
    expect(manifests[1].failures[0]).to.include({ id: '\u001b[2Jwrong', code: 'MESSAGE_OPENED' })
  })

  it('wrong arguments: usage and 2', async () => {
    for (const args of [[], ['--other', 'good'], ['--seed', 'x', 'good']]) {
      const { code, err, out } = await vectorsRun(folder.path, ...args)
      expect(code).to.equal(2)
      expect(out).to.equal('')
      expect(err).to.match(/^Usage: npm run vectors:run/)
    }
  })
})
