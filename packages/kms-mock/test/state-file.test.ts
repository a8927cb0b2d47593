import { chmod, mkdir, readFile, readdir, rm, stat, symlink, lstat, writeFile } from 'node:fs/promises'
import { KMSClient, ListKeysCommand } from '@aws-sdk/client-kms'
import { createClock, createKms, KmsStateError } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { thisHolder } from '#src/state/lock-holder.js'
import { caught, codeOf, nameOf } from './support/caught.js'
import { newKey } from './support/new-key.js'
import { clusterOf, cloudHsmStore } from './support/outside.js'
import { temporaryFolder } from './support/temporary-folder.js'

const Plaintext = Buffer.from('kept')
const material = Buffer.alloc(32, 5).toString('base64')

const codeOfCreating = (stateFile: string): unknown => {
  try {
    createKms({ stateFile })
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
  return undefined
}

const cluster = clusterOf('a')
const GranteePrincipal = 'arn:aws:iam::111122223333:root'

describe('state file', () => {
  const path = temporaryFolder()

  it('survives a restart: keys, states, aliases, ciphertexts', async () => {
    const stateFile = path('restart.json')
    const before = createKms({ stateFile, clock: createClock({ start: 1e12, frozen: true }) })
    const [kept, disabled, doomed] = [await newKey(before), await newKey(before), await newKey(before)]
    await before.handle('CreateKey', {
      Description: 'described',
      Tags: [{ TagKey: 'a', TagValue: 'b' }],
      Policy: '{"Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}',
      MultiRegion: true,
    })
    await before.handle('CreateAlias', { AliasName: 'alias/kept', TargetKeyId: kept })
    const { CiphertextBlob } = await before.handle('Encrypt', { KeyId: kept, Plaintext })
    await before.handle('DisableKey', { KeyId: disabled })
    await before.handle('ScheduleKeyDeletion', { KeyId: doomed })

    const after = createKms({ stateFile, clock: createClock({ start: 1e12, frozen: true }) })
    for (const operation of ['ListKeys', 'ListAliases']) {
      expect(await after.handle(operation)).to.deep.equal(await before.handle(operation))
    }
    for (const KeyId of [kept, disabled, doomed, 'alias/kept']) {
      expect(await after.handle('DescribeKey', { KeyId })).to.deep.equal(
        await before.handle('DescribeKey', { KeyId }),
      )
    }
    expect(await after.handle('Decrypt', { CiphertextBlob })).to.deep.include({ Plaintext })

    const later = createKms({ stateFile, clock: createClock({ start: 1e12 + 31 * 86_400_000 }) })
    expect(await nameOf(later.handle('DescribeKey', { KeyId: doomed }))).to.equal('NotFoundException')
  })

  it('has mode 0600, whatever it had before, and leaves nothing beside it', async () => {
    await mkdir(path('mode'))
    const stateFile = path('mode/state.json')
    const kms = createKms({ stateFile })
    await newKey(kms)
    await chmod(stateFile, 0o666)
    await newKey(kms)
    expect((await stat(stateFile)).mode & 0o777).to.equal(0o600)
    expect(await readdir(path('mode'))).to.deep.equal(['state.json'])
  })

  it('appears with the first change, not before', async () => {
    const stateFile = path('lazy.json')
    const kms = createKms({ stateFile })
    await kms.handle('ListKeys')
    expect(await nameOf(kms.handle('DisableKey', { KeyId: 'nonsense' }))).to.equal('NotFoundException')
    expect(await codeOf(stat(stateFile))).to.equal('ENOENT')
    await newKey(kms)
    await stat(stateFile)
  })

  it('is shared: each sees what the other changed, and neither undoes it', async () => {
    const stateFile = path('shared.json')
    const [one, two] = [createKms({ stateFile }), createKms({ stateFile })]
    const KeyId = await newKey(one)
    await two.handle('Encrypt', { KeyId, Plaintext })
    const ids = await Promise.all([one, two, one, two, one, two].map((kms) => newKey(kms)))
    await two.handle('DisableKey', { KeyId })
    expect(await nameOf(one.handle('Encrypt', { KeyId, Plaintext }))).to.equal('DisabledException')
    for (const id of ids) await one.handle('DescribeKey', { KeyId: id })
  })

  it('a seed goes on where it was, so that no id comes twice', async () => {
    const stateFile = path('seed.json')
    const ids = [
      await newKey(createKms({ stateFile, seed: 's' })),
      await newKey(createKms({ stateFile, seed: 's' })),
    ]
    const inMemory = createKms({ seed: 's' })
    expect(ids).to.deep.equal([await newKey(inMemory), await newKey(inMemory)])
  })

  it('preset keys are for a new file alone', async () => {
    const stateFile = path('preset.json')
    const keys = [{ region: 'us-east-1', keyId: '1234abcd-12ab-34cd-56ef-1234567890ab', material }]
    await newKey(createKms({ stateFile, keys }))
    await createKms({ stateFile }).handle('DescribeKey', { KeyId: keys[0]!.keyId })
    const other = [{ ...keys[0]!, keyId: '00000000-0000-4000-8000-000000000000' }]
    const again = createKms({ stateFile, keys: other })
    expect(await nameOf(again.handle('DescribeKey', { KeyId: other[0]!.keyId }))).to.equal(
      'NotFoundException',
    )
  })

  it('follows a symbolic link instead of replacing it', async () => {
    await writeFile(path('target.json'), '')
    await rm(path('target.json'))
    await newKey(createKms({ stateFile: path('target.json') }))
    await symlink(path('target.json'), path('link.json'))
    await newKey(createKms({ stateFile: path('link.json') }))
    expect((await lstat(path('link.json'))).isSymbolicLink()).to.equal(true)
    expect((await createKms({ stateFile: path('target.json') }).handle('ListKeys'))['Keys']).to.have.lengthOf(
      2,
    )
  })

  it('in a folder that is missing: refused at the start, with the path and the system’s code', () => {
    const stateFile = path('missing/state.json')
    expect(() => createKms({ stateFile }))
      .to.throw(KmsStateError, `cannot use the state file ${stateFile} (ENOENT)`)
      .that.includes({ code: 'KMS_STATE_IO', path: stateFile })
      .and.has.nested.property('cause.code', 'ENOENT')
  })

  describe('malformed', () => {
    const valid = async (): Promise<string> => {
      const stateFile = path('valid.json')
      await rm(stateFile, { force: true })
      const kms = createKms({ stateFile, cloudHsmClusters: [cluster] })
      const KeyId = await newKey(kms)
      await kms.handle('CreateAlias', { AliasName: 'alias/a', TargetKeyId: KeyId })
      await kms.handle('CreateGrant', { KeyId, GranteePrincipal, Operations: ['Encrypt'] })
      await kms.handle('Encrypt', { KeyId, Plaintext })
      await kms.handle('CreateCustomKeyStore', cloudHsmStore(cluster))
      return readFile(stateFile, 'utf8')
    }
    const damages: readonly [what: string, damage: (json: string) => string][] = [
      ['empty', () => ''],
      ['cut in the middle', (json) => json.slice(0, json.length / 2)],
      ['not JSON, with a key in it', (json) => json.replace('"materials"', 'materials')],
      ['another document', () => '{"hello":"world"}'],
      ['a list', () => '[]'],
      ['null', () => 'null'],
      ['an earlier version', (json) => json.replace(/"version": \d+/, '"version": 1')],
      ['a future version', (json) => json.replace(/"version": \d+/, '"version": 99')],
      ['a key id that is none', (json) => json.replace(/"keyId": "[^"]*"/, '"keyId": "../../etc"')],
      ['an unknown key state', (json) => json.replace('"Enabled"', '"Happy"')],
      ['short material', (json) => json.replace(/"bytes": "[^"]*"/, '"bytes": "AAAA"')],
      ['material under another id', (json) => json.replace(/"id": "[^"]*"/, '"id": "00"')],
      ['a usage that the key spec has not', (json) => json.replace('"ENCRYPT_DECRYPT"', '"SIGN_VERIFY"')],
      ['no material', (json) => json.replace(/"materials": \[[^\]]*\]/, '"materials": []')],
      ['an alias of no key', (json) => json.replace(/"targetKeyId": "[^"]*"/, '"targetKeyId": "x"')],
      ['a grant id that is none', (json) => json.replace(/"grantId": "[^"]*"/, '"grantId": "1"')],
      ['a grant without its token key', (json) => json.replace('"tokenKey"', '"other"')],
      ['a usage that is none', (json) => json.replace('"operation": "Encrypt"', '"operation": "Sing"')],
      [
        'a key of a store that is none',
        (json) => json.replace('"AWS_KMS"', '"AWS_CLOUDHSM", "customKeyStoreId": "cks-1"'),
      ],
      ['a key in no store from one', (json) => json.replace('"AWS_KMS"', '"EXTERNAL_KEY_STORE"')],
      ['an unknown connection state', (json) => json.replace('"DISCONNECTED"', '"LOST"')],
      [
        'a failure that did not fail',
        (json) => json.replace('"DISCONNECTED"', '"DISCONNECTED", "connectionErrorCode": "INTERNAL_ERROR"'),
      ],
      ['a connection that is made for ever', (json) => json.replace('"DISCONNECTED"', '"CONNECTING"')],
      ['a store of no type', (json) => json.replace('"type": "AWS_CLOUDHSM"', '"type": "SHELF"')],
      ['a store without its password', (json) => json.replace('"keyStorePassword"', '"other"')],
      ['a region that is none', (json) => json.replace('"us-east-1"', '"US EAST"')],
      [
        'a deletion date on an enabled key',
        (json) => json.replace('"description"', '"deletionAt": 1, "description"'),
      ],
    ]
    for (const [what, damage] of damages) {
      it(`${what}: KMS_STATE_MALFORMED, and not a byte of it is changed`, async () => {
        const stateFile = path('malformed.json')
        const json = damage(await valid())
        await writeFile(stateFile, json)
        expect(codeOfCreating(stateFile)).to.equal('KMS_STATE_MALFORMED')
        expect(await readFile(stateFile, 'utf8')).to.equal(json)
      })
    }

    it('while running: reads and changes fail, nothing is overwritten, no key is quoted', async () => {
      const stateFile = path('running.json')
      const kms = createKms({ stateFile })
      const KeyId = await newKey(kms)
      const json = (await readFile(stateFile, 'utf8')).replace('"materials"', 'materials')
      await writeFile(stateFile, json)
      const key = /"bytes": "([^"]*)"/.exec(json)![1]!
      for (const call of [kms.handle('Encrypt', { KeyId, Plaintext }), newKey(kms)]) {
        const error = await caught(call)
        expect(error.code).to.equal('KMS_STATE_MALFORMED')
        expect(`${error.stack} ${JSON.stringify(error.cause)}`).not.to.include(key.slice(0, 8))
      }
      expect(await readFile(stateFile, 'utf8')).to.equal(json)

      // An in-process client gets the very error; over HTTP it is a server fault, as no request caused it.
      const client = new KMSClient({ ...kms.clientConfig(), maxAttempts: 1 })
      expect(await codeOf(client.send(new ListKeysCommand({})))).to.equal('KMS_STATE_MALFORMED')
      const server = await kms.listen()
      const remote = new KMSClient({
        ...kms.clientConfig(),
        requestHandler: {},
        endpoint: server.url,
        maxAttempts: 1,
      })
      expect(await nameOf(remote.send(new ListKeysCommand({})))).to.equal('KMSInternalException')
      remote.destroy()
      await server.close()
    })
  })

  describe('lock', () => {
    const gone = 2 ** 22 + 1 // beyond the largest pid that Linux gives
    const holders: readonly [what: string, content: string, broken: boolean][] = [
      ['of a running process', JSON.stringify(thisHolder()), false],
      ['of a process that is gone', JSON.stringify({ ...thisHolder(), pid: gone }), true],
      ['of a process whose pid is another’s now', JSON.stringify({ ...thisHolder(), start: '1' }), true],
      ['of another machine', JSON.stringify({ ...thisHolder(), pid: gone, machine: 'elsewhere' }), false],
      ['that says nothing', '', false],
      ['that says nonsense', '{"pid":"x"}', false],
    ]
    for (const [what, content, broken] of holders) {
      it(`${what} is ${broken ? 'broken' : 'waited for, then KMS_STATE_LOCKED'}`, async () => {
        const stateFile = path('locked.json')
        await rm(stateFile, { force: true })
        await writeFile(`${stateFile}.lock`, content)
        const start = performance.now()
        if (broken) {
          await newKey(createKms({ stateFile, lockTimeoutMs: 0 }))
          expect(await codeOf(stat(`${stateFile}.lock`))).to.equal('ENOENT')
        } else {
          const kms = createKms({ stateFile, lockTimeoutMs: 150 })
          expect(await codeOf(newKey(kms))).to.equal('KMS_STATE_LOCKED')
          expect(performance.now() - start).to.be.at.least(150)
          expect(await readFile(`${stateFile}.lock`, 'utf8')).to.equal(content)
          // Reading needs no lock.
          await kms.handle('ListKeys')
        }
        await rm(`${stateFile}.lock`, { force: true })
      })
    }

    it('a guard left behind by a breaker that died is broken too', async () => {
      const stateFile = path('guarded.json')
      const dead = (): string => JSON.stringify({ ...thisHolder(), pid: gone })
      await writeFile(`${stateFile}.lock`, dead())
      await writeFile(`${stateFile}.lock.break`, dead())
      await newKey(createKms({ stateFile, lockTimeoutMs: 0 }))
      expect(await codeOf(stat(`${stateFile}.lock.break`))).to.equal('ENOENT')
    })

    it('is taken the moment it is free', async () => {
      const stateFile = path('freed.json')
      await writeFile(`${stateFile}.lock`, JSON.stringify(thisHolder()))
      const creation = newKey(createKms({ stateFile }))
      setTimeout(() => void rm(`${stateFile}.lock`), 100)
      await creation
    })
  })
})
