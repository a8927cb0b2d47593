import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { blobsOf, damage, filesBelow, initLocal, putText } from './local-store.js'
import { sealring } from './sealring.js'
import { tempFolder } from './temp-folder.js'

const warningOfLocalKey = /^sealring: warning: using the local key /m

describe('the embedded default', () => {
  const folder = tempFolder()

  it('goes the whole way: put, get, list, history, damage, verify, repair', async () => {
    const cwd = folder()
    const run = (args: string[], input?: string | Uint8Array) =>
      sealring(args, { cwd, ...(input !== undefined && { input }) })
    await initLocal(cwd)

    const first = await run(['put', 'demo/password'], 's3cret')
    expect(first.exit, first.stderr).to.equal(0)
    expect(first.stdout.toString()).to.match(
      /^demo\/password revision 1 sha256 [0-9a-f]{64} stored in near, far\n$/,
    )
    expect(first.stderr.match(new RegExp(warningOfLocalKey, 'gm'))).to.have.length(1)

    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256))
    await writeFile(join(cwd, 'in.bin'), bytes)
    expect((await run(['put', 'demo/file', 'in.bin', '--context', 'env=prod'])).exit).to.equal(0)
    expect((await run(['put', 'demo/password', '-'], 'n3w')).exit).to.equal(0)
    expect((await run(['put', 'empty'], '')).exit).to.equal(0)

    const got = await run(['get', 'demo/password'])
    expect(got.stdout.toString()).to.equal('n3w')
    expect(got.stderr).to.match(warningOfLocalKey)
    expect((await run(['get', 'demo/password', '--revision', '1'])).stdout.toString()).to.equal('s3cret')
    expect((await run(['get', 'demo/file', '--freshness', 'all'])).stdout.equals(bytes)).to.equal(true)
    expect((await run(['get', 'empty'])).stdout).to.have.length(0)

    const list = await run(['list'])
    expect(list.stdout.toString().trim().split('\n').toSorted()).to.deep.equal([
      'demo/file',
      'demo/password',
      'empty',
    ])
    expect(list.stderr, 'no key is used').to.equal('')
    expect((await run(['list', 'demo/', '--json'])).json['names']).to.have.members([
      'demo/file',
      'demo/password',
    ])

    const history = (await run(['history', 'demo/password', '--json'])).json
    expect(history.revisions.map((r) => r.revision)).to.deep.equal([1, 2])
    expect((await run(['history', 'demo/password'])).stdout.toString()).to.equal(
      history.revisions.map((r) => `${r.revision}\t${r.size}\t${r.digest}\n`).join(''),
    )

    const clean = await run(['verify', '--open'])
    expect(clean.exit, clean.stderr).to.equal(0)
    expect(clean.stdout.toString()).to.include('names: 3, revisions: 4, copies: 8 agreed')

    await damage(cwd, 'far')
    const despite = await run(['get', 'demo/password'])
    expect(despite.exit).to.equal(0)
    expect(despite.stdout.toString()).to.equal('n3w')

    const differs = await run(['verify', '--json'])
    expect(differs.exit).to.equal(11)
    expect(differs.code).to.equal('VERIFY_DIFFERS')
    expect(differs.json['clean']).to.equal(false)
    expect(differs.json['copies']).to.include({ agreed: 4, differs: 4 })
    expect(differs.hint).to.include('sealring repair')

    const repaired = await run(['repair'])
    expect(repaired.exit, repaired.stdout + repaired.stderr).to.equal(0)
    const again = await run(['repair', '--json'])
    expect(again.exit).to.equal(0)
    expect(again.json).to.deep.equal({ writes: [], left: [], retained: [], failures: [] })
    expect((await run(['verify', '--open'])).exit).to.equal(0)
    expect((await run(['get', 'demo/file'])).stdout.equals(bytes)).to.equal(true)
  }).timeout(60_000)

  it('repairs a damaged copy, by prefix', async () => {
    await initLocal(folder())
    await putText(folder(), 'a/one', 'x')
    await damage(folder(), 'far')
    expect((await sealring(['verify'], { cwd: folder() })).exit).to.equal(11)
    expect((await sealring(['verify', 'b/'], { cwd: folder() })).exit).to.equal(0)
    const { exit, json } = await sealring(['repair', 'a/', '--json'], { cwd: folder() })
    expect(exit).to.equal(0)
    const replaced = { name: 'a/one', revision: 1, location: 'far', action: 'replaced' }
    expect(json['writes']).to.deep.include(replaced)
    expect((await sealring(['verify'], { cwd: folder() })).exit).to.equal(0)
  })

  it('mends the arbiter, and until then puts nothing on top of what is damaged there', async () => {
    await initLocal(folder())
    await putText(folder(), 'a', 'x')
    await damage(folder(), 'near')
    const put = await sealring(['put', 'a'], { cwd: folder(), input: 'y' })
    expect(put.code, put.stderr).to.equal('BLOB_DAMAGED')
    expect((await sealring(['repair'], { cwd: folder() })).exit).to.equal(0)
    expect((await sealring(['put', 'a'], { cwd: folder(), input: 'y' })).exit).to.equal(0)
    expect((await sealring(['verify', '--open'], { cwd: folder() })).exit).to.equal(0)
  })

  it('reads on when the nearest copy is damaged, and says so', async () => {
    await initLocal(folder())
    await putText(folder(), 'a', 'x')
    await damage(folder(), 'near')
    const got = await sealring(['get', 'a'], { cwd: folder() })
    expect(got.exit).to.equal(0)
    expect(got.stdout.toString()).to.equal('x')
    expect(got.stderr).to.match(/^sealring: warning: near: /m)
    expect((await sealring(['verify'], { cwd: folder() })).exit).to.equal(11)
    await sealring(['repair'], { cwd: folder() })
    expect((await sealring(['get', 'a'], { cwd: folder() })).stdout.toString()).to.equal('x')
  })

  it('explains which key opens a message, and that another does not', async () => {
    await initLocal(folder())
    await putText(folder(), 'demo', 'x')
    const shown = await sealring(['explain', '--name', 'demo', '--json'], { cwd: folder() })
    expect(shown.exit, shown.stderr).to.equal(0)
    expect(shown.json['stored']).to.include({ name: 'demo', revision: 1 })
    expect(shown.json.attempts.map(({ code }) => code)).to.deep.equal(['OPENS'])
    const [blob] = await blobsOf(folder(), 'near')
    const file = await sealring(['explain', blob!], { cwd: folder() })
    expect(file.stdout.toString()).to.match(/^0\tOPENS\t/)
    const other = join(folder(), 'other')
    await mkdir(other)
    await initLocal(other)
    const refused = await sealring(['explain', blob!, '--json'], { cwd: other })
    expect(refused.exit).to.equal(6)
    expect(refused.code).to.equal('DATA_KEY_NOT_UNWRAPPED')
    expect(refused.json.attempts.map(({ code }) => code)).to.deep.equal(['NOT_MINE'])
  })

  it('keeps the same bytes in both folders, and the digest is theirs', async () => {
    await initLocal(folder())
    const { json } = await putText(folder(), 'demo', 'x')
    const [near] = await blobsOf(folder(), 'near')
    const [far] = await blobsOf(folder(), 'far')
    expect((await readFile(near!)).equals(await readFile(far!))).to.equal(true)
    const shown = await sealring(['inspect', '--name', 'demo', '--json'], { cwd: folder() })
    expect(shown.json.stored).to.include({
      name: 'demo',
      revision: 1,
      location: 'near',
      digest: json.digest,
    })
    expect(shown.json['encryptionContext']).to.include({ 'sealring-store': 'local', 'sealring-name': 'demo' })
    const file = await sealring(['inspect', far!], { cwd: folder() })
    expect(file.exit).to.equal(0)
    expect(file.stdout.toString()).to.match(/^suite +0x0578 /m)
    const stdin = await sealring(['inspect', '--json'], { cwd: folder(), input: await readFile(near!) })
    expect(stdin.json['messageId']).to.equal(shown.json['messageId'])
    expect(stdin.stderr, 'no key is used').to.equal('')
  })

  it('lets only its owner read the key', async () => {
    await initLocal(folder())
    const state = join(folder(), '.sealring', 'kms.json')
    expect((await stat(state)).mode & 0o777).to.equal(0o600)
    expect((await stat(join(folder(), '.sealring'))).mode & 0o777).to.equal(0o700)
    expect(await readFile(join(folder(), '.sealring', '.gitignore'), 'utf8')).to.equal('*\n')
  })

  it('is never set up twice over the same configuration', async () => {
    await initLocal(folder())
    await putText(folder(), 'demo', 'x')
    const config = join(folder(), 'sealring.config.json')
    const before = await readFile(config, 'utf8')
    for (const args of [['--local'], ['--store', 'a', '--aes-key-env', 'K', '--location', 'file:x']]) {
      const { exit, code, hint } = await sealring(['init', ...args], { cwd: folder() })
      expect(exit).to.equal(3)
      expect(code).to.equal('CONFIG_EXISTS')
      expect(hint).to.include('nothing was changed')
    }
    expect(await readFile(config, 'utf8')).to.equal(before)
    expect((await sealring(['get', 'demo'], { cwd: folder() })).stdout.toString()).to.equal('x')
  })

  it('keeps the key that is there when the configuration is set up anew', async () => {
    await initLocal(folder())
    await putText(folder(), 'demo', 'x')
    const other = await sealring(['init', '--local', '--config', 'other.json', '--json'], { cwd: folder() })
    expect(other.exit).to.equal(0)
    expect(other.json.config.keyring.type).to.equal('local-kms')
    const got = await sealring(['get', 'demo', '--config', 'other.json'], { cwd: folder() })
    expect(got.stdout.toString()).to.equal('x')
  })

  it('finds its folders from anywhere, by --config and SEALRING_CONFIG', async () => {
    await initLocal(folder())
    await putText(folder(), 'demo', 'x')
    const cwd = join(folder(), 'elsewhere')
    await mkdir(cwd)
    expect((await sealring(['get', 'demo'], { cwd })).code).to.equal('CONFIG_NOT_FOUND')
    const config = join('..', 'sealring.config.json')
    expect((await sealring(['get', 'demo', '--config', config], { cwd })).stdout.toString()).to.equal('x')
    expect(
      (await sealring(['get', 'demo'], { cwd, env: { SEALRING_CONFIG: config } })).stdout.toString(),
    ).to.equal('x')
  })

  it('takes two puts at once: both are kept', async () => {
    await initLocal(folder())
    const values = ['one', 'two', 'three', 'four']
    const puts = await Promise.all(
      values.map((input) => sealring(['put', 'race', '--json'], { cwd: folder(), input })),
    )
    for (const { exit, stderr } of puts) expect(exit, stderr).to.equal(0)
    const revisions = puts.map(({ json }) => json.revision)
    expect(revisions.toSorted((a, b) => a - b)).to.deep.equal([1, 2, 3, 4])
    for (const [i, revision] of revisions.entries()) {
      const { stdout } = await sealring(['get', 'race', '--revision', String(revision)], { cwd: folder() })
      expect(stdout.toString()).to.equal(values[i])
    }
    expect((await sealring(['verify', '--open'], { cwd: folder() })).exit).to.equal(0)
    expect(
      (await filesBelow(folder())).filter((file) => /tmp/.test(file.slice(folder().length))),
    ).to.deep.equal([])
  }).timeout(60_000)

  it('sets up once when started twice at the same time', async () => {
    const both = await Promise.all([1, 2].map(() => sealring(['init', '--local'], { cwd: folder() })))
    expect(both.map(({ exit }) => exit ?? -1).toSorted((a, b) => a - b)).to.deep.equal([0, 3])
    await putText(folder(), 'demo', 'x')
  })
})
