import { createHash } from 'node:crypto'
import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { filesBelow, initLocal, putText } from './local-store.js'
import { sealring } from './sealring.js'
import { tempFolder } from './temp-folder.js'

describe('destroy', () => {
  const folder = tempFolder()
  const run = (args: string[], input = '') => sealring(args, { cwd: folder(), input })

  /** The digests of all files of all locations. */
  async function digests(): Promise<Set<string>> {
    const files = await filesBelow(join(folder(), '.sealring'))
    const contents = await Promise.all(files.map((file) => readFile(file)))
    return new Set(contents.map((bytes) => createHash('sha256').update(bytes).digest('hex')))
  }

  it('takes one revision away, everywhere, when its name is typed', async () => {
    await initLocal(folder())
    const first = await putText(folder(), 'demo/a', 'one')
    await putText(folder(), 'demo/a', 'two')
    expect((await digests()).has(first.json.digest)).to.equal(true)

    const done = await run(['destroy', 'demo/a', '--revision', '1'], 'demo/a\n')
    expect(done.exit, done.stderr).to.equal(0)
    expect(done.stderr).to.match(/Revision 1 of demo\/a will be destroyed everywhere, for ever\./)
    expect(done.stdout.toString()).to.equal(
      `demo/a revision 1 sha256 ${first.json.digest} destroyed in near, far\n`,
    )
    expect((await digests()).has(first.json.digest)).to.equal(false)
    const gone = await run(['get', 'demo/a', '--revision', '1'])
    expect(gone.exit).to.equal(5)
    expect(gone.code).to.equal('DESTROYED')
    expect((await run(['get', 'demo/a'])).stdout.toString()).to.equal('two')
    expect((await run(['verify', '--open'])).exit).to.equal(0)
    // The number is not given again.
    expect((await putText(folder(), 'demo/a', 'three')).json.revision).to.equal(3)
  }).timeout(60_000)

  it('takes all revisions away without a question, and tells it as a document', async () => {
    await initLocal(folder())
    for (const value of ['one', 'two']) await putText(folder(), 'demo', value)
    const { exit, json, stderr } = await run(
      ['destroy', 'demo', '--all', '--yes', '--json'].concat('--request-id', 'job-7'),
    )
    expect(exit, stderr).to.equal(0)
    expect(json).to.include({ store: 'local', name: 'demo', requestId: 'job-7', arbiter: 'near' })
    expect(json.revisions.map(({ revision }) => revision)).to.deep.equal([1, 2])
    const copy = { outcome: 'destroyed', retained: [], forks: [] }
    for (const each of json.revisions)
      expect(each).to.deep.include({
        committed: true,
        copies: [
          { location: 'near', ...copy },
          { location: 'far', ...copy },
        ],
      })
    expect((await run(['get', 'demo'])).code).to.equal('DESTROYED')
  })

  it('destroys nothing when something else than the name is typed', async () => {
    await initLocal(folder())
    await putText(folder(), 'demo', 'x')
    for (const typed of ['', 'y\n', 'demo2\n', 'demo \n']) {
      const refused = await run(['destroy', 'demo', '--all'], typed)
      expect(refused.exit, JSON.stringify(typed)).to.equal(4)
      expect(refused.code).to.equal('NOT_CONFIRMED')
    }
    expect((await run(['get', 'demo'])).stdout.toString()).to.equal('x')
  })

  it('says which location may still hold it, and does the rest later', async () => {
    await initLocal(folder())
    const { json } = await putText(folder(), 'demo', 'x')
    const [far, away] = ['far', 'away'].map((name) => join(folder(), '.sealring', name))
    await rename(far!, away!)
    const partly = await run(['destroy', 'demo', '--all', '--yes', '--json'])
    expect(partly.exit).to.equal(9)
    expect(partly.code).to.equal('DESTROY_INCOMPLETE')
    expect(partly.json.error.message).to.include('revision 1: far may still hold it')
    expect(partly.json.receipt).to.deep.include({ name: 'demo' })
    expect(partly.hint).to.include('`sealring destroy demo --revision 1`')
    await rename(away!, far!)
    expect((await digests()).has(json.digest)).to.equal(true)
    const rest = await run(['destroy', 'demo', '--revision', '1', '--yes'])
    expect(rest.exit, rest.stderr).to.equal(0)
    expect((await digests()).has(json.digest)).to.equal(false)
  })

  it('knows no entry, revision or name that is not there', async () => {
    await initLocal(folder())
    await putText(folder(), 'demo', 'x')
    for (const args of [
      ['other', '--all'],
      ['demo', '--revision', '2'],
    ])
      expect((await run(['destroy', ...args, '--yes'])).code).to.equal('NOT_FOUND')
    expect((await run(['destroy', '/', '--all', '--yes'])).code).to.equal('INVALID_NAME')
  })
})
