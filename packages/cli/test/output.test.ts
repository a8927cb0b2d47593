import { once } from 'node:events'
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect } from 'chai'
import { beforeEach, describe, it } from 'mocha'
import { initLocal, putText } from './local-store.js'
import { sealring, startSealring } from './sealring.js'
import { tempFolder } from './temp-folder.js'

describe('output', () => {
  const folder = tempFolder()
  beforeEach(async () => {
    await initLocal(folder())
    await putText(folder(), 'a', 'value')
  })
  const get = (...args: string[]) => sealring(['get', 'a', ...args], { cwd: folder() })
  const leftovers = async () => (await readdir(folder())).filter((name) => name.endsWith('.tmp'))

  it('writes a file that only its owner reads', async () => {
    const { exit, stdout } = await get('-o', 'out')
    expect(exit).to.equal(0)
    expect(stdout).to.have.length(0)
    expect(await readFile(join(folder(), 'out'), 'utf8')).to.equal('value')
    expect((await stat(join(folder(), 'out'))).mode & 0o777).to.equal(0o600)
    expect(await leftovers()).to.deep.equal([])
  })

  it('replaces a file only with --force', async () => {
    await writeFile(join(folder(), 'out'), 'mine')
    const refused = await get('-o', 'out')
    expect(refused.exit).to.equal(4)
    expect(refused.code).to.equal('OUTPUT_EXISTS')
    expect(refused.hint).to.include('--force')
    expect(refused.stderr, 'the key is not even asked for').not.to.include('local key')
    expect(await readFile(join(folder(), 'out'), 'utf8')).to.equal('mine')
    const forced = await get('-o', 'out', '--force', '--json')
    expect(forced.exit).to.equal(0)
    expect(forced.json.revision).to.equal(1)
    expect(await readFile(join(folder(), 'out'), 'utf8')).to.equal('value')
    expect((await stat(join(folder(), 'out'))).mode & 0o777).to.equal(0o600)
  })

  it('replaces no folder, link or device', async () => {
    await mkdir(join(folder(), 'dir'))
    await symlink('target', join(folder(), 'link'))
    for (const out of ['dir', 'link', '/dev/null']) {
      const { exit, code } = await get('-o', out, '--force')
      expect(exit).to.equal(4)
      expect(code).to.equal('OUTPUT_UNWRITABLE')
    }
    expect((await get('-o', 'nowhere/out')).code).to.equal('OUTPUT_UNWRITABLE')
    expect(await leftovers()).to.deep.equal([])
  })

  it('leaves no file behind when there is nothing to get', async () => {
    const { exit } = await sealring(['get', 'nobody', '-o', 'out'], { cwd: folder() })
    expect(exit).to.equal(5)
    expect(await readdir(folder())).not.to.include('out')
  })

  it('ends quietly when the reader goes away', async () => {
    const big = Buffer.alloc(4_000_000, 'x')
    await writeFile(join(folder(), 'big'), big)
    expect((await sealring(['put', 'big', 'big'], { cwd: folder() })).exit).to.equal(0)
    const child = startSealring(['get', 'big'], { cwd: folder() })
    child.stdin.end()
    const closed = once(child, 'close')
    await once(child.stdout, 'readable')
    child.stdout.destroy()
    const stderr = (await buffer(child.stderr)).toString()
    expect((await closed)[0]).to.equal(141)
    expect(stderr).not.to.match(/Error|at /)
    const whole = await sealring(['get', 'big'], { cwd: folder() })
    expect(whole.stdout.equals(big)).to.equal(true)
  })

  it('stops at SIGINT', async () => {
    const child = startSealring(['put', 'a'], { cwd: folder() })
    const [closed, stderr] = [once(child, 'close'), buffer(child.stderr)]
    // More than a pipe holds: it is written once the command reads.
    await new Promise((resolve) => child.stdin.write(Buffer.alloc(2_000_000), resolve))
    child.kill('SIGINT')
    expect((await closed)[0]).to.equal(130)
    expect((await stderr).toString()).to.match(/^sealring: INTERRUPTED: /m)
    const history = await sealring(['history', 'a', '--json'], { cwd: folder() })
    expect(history.json.revisions).to.have.length(1)
  })
})
