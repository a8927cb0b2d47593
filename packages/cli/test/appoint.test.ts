import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { filesBelow, initLocal, putText } from './local-store.js'
import { sealring } from './sealring.js'
import { tempFolder } from './temp-folder.js'

describe('appoint', () => {
  const folder = tempFolder()
  const run = (args: string[], input = '') => sealring(args, { cwd: folder(), input })
  const configFile = () => join(folder(), 'sealring.config.json')

  async function setArbiter(arbiter: string): Promise<void> {
    const config: object = JSON.parse(await readFile(configFile(), 'utf8'))
    await writeFile(configFile(), JSON.stringify({ ...config, arbiter }))
  }

  it('moves the arbiter when its id is typed, and what it lacks with it', async () => {
    await initLocal(folder())
    await putText(folder(), 'demo/a', 'one')
    for (const file of await filesBelow(join(folder(), '.sealring', 'far', 'demo'))) await rm(file)

    const moved = await run(['appoint', 'far'], 'far\n')
    expect(moved.exit, moved.stderr).to.equal(0)
    expect(moved.stderr).to.match(/far will be the arbiter\. Have all writers stopped\?/)
    expect(moved.stderr).to.include('set "arbiter": "far" in the configuration of every client')
    expect(moved.stdout.toString()).to.match(/^adopted\tfar\tdemo\/a\t1$/m)
    expect(moved.stdout.toString()).to.match(/^arbiter: far \(manifests written: near, far\)$/m)

    const before = await run(['put', 'demo/a'], 'two')
    expect(before.exit).to.equal(12)
    expect(before.code).to.equal('ARBITER_MISMATCH')
    expect(before.hint).to.include('sealring appoint --help')
    await setArbiter('far')
    expect((await putText(folder(), 'demo/a', 'two')).json.revision).to.equal(2)
    expect((await run(['verify', '--open'])).exit).to.equal(0)

    const again = await run(['appoint', 'far', '--yes', '--json'])
    expect(again.stderr).to.equal('')
    expect(again.json).to.deep.include({ arbiter: 'far', rewritten: [] })
  })

  it('writes lost manifests anew', async () => {
    await initLocal(folder())
    await putText(folder(), 'demo', 'x')
    const manifests = (await filesBelow(join(folder(), '.sealring', 'near'))).filter((file) =>
      file.includes('manifest'),
    )
    expect(manifests).to.have.length(1)
    await rm(manifests[0]!)
    const refused = await run(['put', 'demo'], 'y')
    expect(refused.code).to.equal('ARBITER_BEHIND')
    expect(refused.hint).to.include('`sealring appoint ARBITER`')
    const renewed = await run(['appoint', 'near', '--yes'])
    expect(renewed.exit, renewed.stderr).to.equal(0)
    expect(renewed.stderr).not.to.include('warning')
    expect(renewed.stdout.toString()).to.equal('arbiter: near (manifests written: near)\n')
    expect((await putText(folder(), 'demo', 'y')).json.revision).to.equal(2)
  })

  it('changes nothing when something else is typed, or the location is unknown', async () => {
    await initLocal(folder())
    await putText(folder(), 'demo', 'x')
    const unsure = await run(['appoint', 'far'], 'y\n')
    expect([unsure.exit, unsure.code]).to.deep.equal([4, 'NOT_CONFIRMED'])
    const unknown = await run(['appoint', 'elsewhere', '--yes'])
    expect([unknown.exit, unknown.code]).to.deep.equal([4, 'INVALID_ARGUMENT'])
    expect(unknown.hint).to.equal('its locations are near, far')
    expect((await putText(folder(), 'demo', 'y')).json.revision).to.equal(2)
  })
})
