import { expect } from 'chai'
import { beforeEach, describe, it } from 'mocha'
import { initLocal, putText } from './local-store.js'
import { sealring } from './sealring.js'
import { tempFolder } from './temp-folder.js'

describe('options of put and get', () => {
  const folder = tempFolder()
  beforeEach(() => initLocal(folder()))
  const run = (args: string[], input = '') => sealring(args, { cwd: folder(), input })

  it('binds the context, and asks for it', async () => {
    await run(['put', 'a', '--context', 'env=prod', '--context', 'note=x=y', '--context', 'empty='], 'v')
    const { json } = await run(['get', 'a', '--json'])
    expect(json['context']).to.deep.equal({ env: 'prod', note: 'x=y', empty: '' })
    expect((await run(['get', 'a', '--context', 'env=prod'])).stdout.toString()).to.equal('v')
    const other = await run(['get', 'a', '--context', 'env=test'])
    expect(other.exit).to.equal(4)
    expect(other.code).to.equal('CONTEXT_MISMATCH')
    expect(other.stdout).to.have.length(0)
    const reserved = await run(['put', 'a', '--context', 'sealring-name=b'], 'v')
    expect(reserved.exit).to.equal(4)
    expect(reserved.code).to.equal('INVALID_CONTEXT')
  })

  it('compares and sets', async () => {
    const first = await run(['put', 'a', '--if-revision', '0', '--json'], 'one')
    expect(first.exit).to.equal(0)
    expect((await run(['put', 'a', '--if-revision', '0'], 'x')).exit).to.equal(10)
    const byDigest = `1:${first.json.digest}`
    expect((await run(['put', 'a', '--if-revision', byDigest], 'two')).exit).to.equal(0)
    const late = await run(['put', 'a', '--if-revision', byDigest], 'x')
    expect(late.exit).to.equal(10)
    expect(late.code).to.equal('CONFLICT')
    expect((await run(['put', 'a', '--if-revision', '1'], 'x')).exit).to.equal(10)
    expect((await run(['put', 'a', '--if-revision', '7'], 'x')).exit).to.equal(10)
    expect((await run(['put', 'a', '--if-revision', '2'], 'three')).exit).to.equal(0)
    expect((await run(['get', 'a'])).stdout.toString()).to.equal('three')
  }).timeout(60_000)

  it('puts once for one request id', async () => {
    const first = await run(['put', 'a', '--request-id', 'job-7', '--json'], 'v')
    const again = await run(['put', 'a', '--request-id', 'job-7', '--json'], 'v')
    expect(again.exit).to.equal(0)
    expect(again.json).to.include({ revision: 1, digest: first.json.digest, requestId: 'job-7' })
  })

  it('asks for a number of copies', async () => {
    expect((await run(['put', 'a', '--copies', '1'], 'v')).exit).to.equal(0)
    const tooMany = await run(['put', 'a', '--copies', '3'], 'v')
    expect(tooMany.exit).to.equal(4)
    expect(tooMany.code).to.equal('INVALID_ARGUMENT')
  })

  it('shows the plaintext in JSON only when asked', async () => {
    await putText(folder(), 'a', 'canary-plaintext')
    const without = await run(['get', 'a', '--json'])
    expect(without.json).to.include({ name: 'a', revision: 1, size: 16, servedBy: 'near' })
    expect(without.json).not.to.have.property('plaintext')
    const encoded = Buffer.from('canary-plaintext').toString('base64')
    expect(without.stdout.toString()).not.to.include('canary').and.not.to.include(encoded)
    expect((await run(['get', 'a', '--json', '--with-plaintext'])).json['plaintext']).to.equal(encoded)
  })
})
