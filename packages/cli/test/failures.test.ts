import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { beforeEach, describe, it } from 'mocha'
import { closedPort } from './closed-port.js'
import { blobsOf, damage, filesBelow, initLocal, putText } from './local-store.js'
import { sealring } from './sealring.js'
import type { Outcome } from './sealring.js'
import { tempFolder } from './temp-folder.js'

const canary = 'plaintext-canary-8c2f'

/** A failure has its exit code, code and hint, says the same in JSON, prints nothing else, and no plaintext. */
function expectFailure(outcome: Outcome, exit: number, code: string, hint: string): void {
  expect(outcome.code, outcome.stderr).to.equal(code)
  expect(outcome.exit).to.equal(exit)
  expect(outcome.hint).to.include(hint)
  const text = outcome.stdout.toString()
  if (text !== '') expect(outcome.json.error).to.include({ code, hint: outcome.hint })
  for (const secret of [canary, Buffer.from(canary).toString('base64'), Buffer.from(canary).toString('hex')])
    expect(text + outcome.stderr).not.to.include(secret)
  expect(outcome.stderr).not.to.match(/^ +at /m)
}

describe('failures', () => {
  const folder = tempFolder()
  const run = (args: string[], input: string | Uint8Array = '', env: Record<string, string> = {}) =>
    sealring(args, { cwd: folder(), input, env })
  const config = async (
    keyring: object,
    locations: object[],
    file = 'sealring.config.json',
    arbiter?: string,
  ) => writeFile(join(folder(), file), JSON.stringify({ store: 'test', keyring, locations, arbiter }))

  describe('of names', () => {
    beforeEach(() => initLocal(folder()))

    it('an unknown name', async () => {
      for (const args of [
        ['get', 'nobody'],
        ['history', 'nobody'],
        ['inspect', '--name', 'nobody'],
      ]) {
        expectFailure(await run(args), 5, 'NOT_FOUND', 'sealring list')
        expectFailure(await run([...args, '--json']), 5, 'NOT_FOUND', 'sealring list')
      }
      await putText(folder(), 'a', canary)
      expectFailure(await run(['get', 'a', '--revision', '2']), 5, 'NOT_FOUND', 'sealring history')
    })

    it('a bad name', async () => {
      const names = [
        '',
        '/a',
        'a//b',
        '../a',
        'a\\b',
        'tab\there',
        'sealring/x',
        'x'.repeat(256),
        'cafe\u0301',
      ]
      for (const name of names) {
        expectFailure(await run(['put', name], canary), 4, 'INVALID_NAME', 'segments')
        expectFailure(await run(['get', name, '--json']), 4, 'INVALID_NAME', 'segments')
        expectFailure(await run(['inspect', '--name', name]), 4, 'INVALID_NAME', 'segments')
      }
      expect(await blobsOf(folder(), 'near')).to.deep.equal([])
    }).timeout(60_000)

    it('a file that is not there, and a value where a file belongs', async () => {
      expectFailure(await run(['put', 'a', canary]), 4, 'INPUT_UNREADABLE', 'never given as an argument')
      expectFailure(await run(['put', 'a', '.']), 4, 'INPUT_UNREADABLE', 'standard input')
      expectFailure(await run(['inspect', canary, '--json']), 4, 'INPUT_UNREADABLE', 'no such file')
      expect(await blobsOf(folder(), 'near')).to.deep.equal([])
    })
  })

  describe('of locations', () => {
    const keyring = { type: 'raw-aes', namespace: 'test', name: 'key', keyEnv: 'KEY' }
    const near = { type: 'file', id: 'near', directory: '.sealring/near' }
    const env = {
      KEY: randomBytes(32).toString('base64'),
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    }
    let s3: object
    beforeEach(async () => {
      await mkdir(join(folder(), '.sealring', 'near'), { recursive: true })
      const endpoint = `http://127.0.0.1:${await closedPort()}`
      s3 = { type: 's3', id: 's3', bucket: 'bucket', region: 'us-east-1', endpoint, forcePathStyle: true }
    })

    it('a replica that is unreachable: the put is kept, and says where', async () => {
      await config(keyring, [near, s3])
      const first = await run(['put', 'a'], canary, env)
      expectFailure(first, 8, 'UNDETERMINED', 'try again')
      await config(keyring, [near, s3], undefined, 'near')
      const put = await run(['put', 'a', '--json'], canary, env)
      expectFailure(put, 9, 'PUT_INCOMPLETE', 'sealring repair a')
      expect(put.json.error.message).to.match(/stored in near; s3 does not hold it \(UNREACHABLE/)
      expect(put.json.receipt.committed).to.equal(true)
      const got = await run(['get', 'a'], '', env)
      expect(got.exit).to.equal(0)
      expect(got.stdout.toString()).to.equal(canary)
      expect((await run(['list'], '', env)).stdout.toString()).to.equal('a\n')
      expectFailure(await run(['verify', '--json']), 8, 'VERIFY_INCOMPLETE', 'every location')
      expect((await run(['repair', '--json'], '', env)).exit).to.equal(8)
      expect((await run(['put', 'b', '--copies', '1'], canary, env)).exit).to.equal(0)
    }).timeout(60_000)

    it('an arbiter that is unreachable: nothing is written, nothing is made up', async () => {
      await config(keyring, [s3, near])
      expectFailure(await run(['put', 'a'], canary, env), 8, 'UNREACHABLE', 'endpoint')
      expectFailure(await run(['get', 'a', '--json'], '', env), 8, 'UNDETERMINED', 'arbiter')
      expectFailure(await run(['history', 'a'], '', env), 8, 'UNDETERMINED', 'arbiter')
      expectFailure(await run(['list', '--json'], '', env), 8, 'LIST_INCOMPLETE', 'again')
      expect(await filesBelow(join(folder(), '.sealring'))).to.deep.equal([])
    }).timeout(60_000)

    it('another arbiter than the locations know, another store, another id', async () => {
      await config(keyring, [near])
      expect((await run(['put', 'a'], canary, env)).exit).to.equal(0)
      const before = await filesBelow(join(folder(), '.sealring'))
      await mkdir(join(folder(), 'far'))
      await config(keyring, [{ type: 'file', id: 'far', directory: 'far' }, near])
      expectFailure(await run(['put', 'a'], canary, env), 12, 'ARBITER_MISMATCH', '"arbiter"')
      await config(keyring, [{ ...near, id: 'other' }])
      expectFailure(await run(['put', 'a', '--json'], canary, env), 12, 'LOCATION_MISMATCH', 'id')
      const other = { store: 'other', keyring, locations: [near] }
      await writeFile(join(folder(), 'sealring.config.json'), JSON.stringify(other))
      expectFailure(await run(['put', 'a'], canary, env), 12, 'STORE_MISMATCH', '"store"')
      expect(await filesBelow(join(folder(), '.sealring'))).to.deep.equal(before)
    })

    it('a folder that does not exist, and an option that the location refuses', async () => {
      await config(keyring, [{ ...near, directory: 'nowhere' }])
      expectFailure(await run(['put', 'a'], canary, env), 13, 'LOCATION_NOT_FOUND', 'folder')
      expect(await readdir(folder())).not.to.include('nowhere')
      await config(keyring, [{ ...s3, prefix: '../up' }])
      const refused = await run(['get', 'a', '--json'], '', env)
      expectFailure(refused, 3, 'CONFIG_INVALID', 'correct the file')
      expect(refused.json.error.message).to.include('/locations/0')
    })
  })

  describe('of keys', () => {
    it('a disabled key: refused, and nothing is lost', async () => {
      await initLocal(folder())
      await putText(folder(), 'a', canary)
      const kms = createKms({ stateFile: join(folder(), '.sealring', 'kms.json') })
      const shown = await run(['inspect', '--name', 'a', '--json'])
      const KeyId = shown.json.encryptedDataKeys[0]?.providerInfo
      const before = await filesBelow(join(folder(), '.sealring'))

      await kms.handle('DisableKey', { KeyId })
      expectFailure(await run(['get', 'a', '-o', 'out', '--json']), 6, 'DATA_KEY_NOT_UNWRAPPED', 'enable')
      expectFailure(await run(['put', 'a'], canary), 6, 'DATA_KEY_NOT_WRAPPED', 'enable')
      expect((await run(['verify'])).exit, 'no key is needed').to.equal(0)
      expectFailure(await run(['verify', '--open', '--json']), 6, 'DATA_KEY_NOT_UNWRAPPED', 'keyring')
      expect(await readdir(folder())).not.to.include('out')
      expect(await filesBelow(join(folder(), '.sealring'))).to.deep.equal(before)

      await kms.handle('ScheduleKeyDeletion', { KeyId })
      expectFailure(await run(['get', 'a']), 6, 'DATA_KEY_NOT_UNWRAPPED', 'pending deletion')
      await kms.handle('CancelKeyDeletion', { KeyId })
      await kms.handle('EnableKey', { KeyId })
      expect((await run(['get', 'a'])).stdout.toString()).to.equal(canary)
    }).timeout(60_000)

    it('no region anywhere', async () => {
      const env = { AWS_REGION: '', AWS_DEFAULT_REGION: '', AWS_CONFIG_FILE: join(folder(), 'none') }
      for (const location of [
        { type: 'dynamodb', id: 'there', table: 'secrets' },
        { type: 's3', id: 'there', bucket: 'secrets' },
      ]) {
        await config({ type: 'raw-aes', namespace: 'n', name: 'k', keyEnv: 'KEY' }, [location])
        expectFailure(await run(['get', 'a'], '', env), 3, 'CONFIG_INVALID', 'AWS_REGION')
      }
    })

    it('a local key whose state is gone, or is none', async () => {
      await initLocal(folder())
      await putText(folder(), 'a', canary)
      const state = join(folder(), '.sealring', 'kms.json')
      await writeFile(state, 'no state')
      expectFailure(await run(['get', 'a', '--json']), 6, 'KEY_UNAVAILABLE', 'restore .sealring/kms.json')
      await rm(state)
      expectFailure(await run(['get', 'a']), 6, 'KEY_UNAVAILABLE', 'restore .sealring/kms.json')
      expectFailure(await run(['put', 'a'], canary), 6, 'KEY_UNAVAILABLE', 'restore .sealring/kms.json')
      expect(await blobsOf(folder(), 'near')).to.have.length(1)
      expect(await readdir(join(folder(), '.sealring'))).not.to.include('kms.json')
    })

    it('a wrong, missing or malformed raw key', async () => {
      const keyFile = { type: 'raw-aes', namespace: 'test', name: 'key', keyFile: 'key' }
      const directory = '.sealring/near'
      await mkdir(join(folder(), directory), { recursive: true })
      await config(keyFile, [{ type: 'file', id: 'near', directory }])
      const key = join(folder(), 'key')
      expectFailure(await run(['put', 'a'], canary), 6, 'KEY_UNAVAILABLE', 'openssl rand')
      await writeFile(key, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 })
      const put = await run(['put', 'a'], canary)
      expect(put.exit, put.stderr).to.equal(0)
      expect(put.stderr).to.equal('')
      const good = await readFile(key)
      for (const bad of [
        '',
        'not base64!',
        randomBytes(31).toString('base64'),
        randomBytes(32).toString('hex'),
      ]) {
        await writeFile(key, bad)
        const outcome = await run(['get', 'a', '--json'])
        expectFailure(outcome, 6, 'KEY_UNAVAILABLE', '32 random bytes')
        if (bad !== '') expect(outcome.stdout + outcome.stderr).not.to.include(bad)
      }
      await writeFile(key, randomBytes(32).toString('base64'))
      expectFailure(await run(['get', 'a']), 6, 'DATA_KEY_NOT_UNWRAPPED', 'names the key that sealed')
      await writeFile(key, good)
      expect((await run(['get', 'a'])).stdout.toString()).to.equal(canary)

      await config({ ...keyFile, keyFile: undefined, keyEnv: 'KEY' }, [
        { type: 'file', id: 'near', directory },
      ])
      expectFailure(await run(['get', 'a']), 6, 'KEY_UNAVAILABLE', 'openssl rand')
      expect((await run(['get', 'a'], '', { KEY: good.toString() })).stdout.toString()).to.equal(canary)
    }).timeout(60_000)

    it('a KMS that is not there', async () => {
      const endpoint = `http://127.0.0.1:${await closedPort()}`
      await mkdir(join(folder(), 'near'))
      const generatorKeyId = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
      const near = { type: 'file', id: 'near', directory: 'near' }
      const env = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' }
      await config({ type: 'kms', generatorKeyId, endpoint }, [near])
      expectFailure(await run(['put', 'a'], canary, env), 6, 'DATA_KEY_NOT_WRAPPED', 'KMS does not answer')
      await config({ type: 'kms', generatorKeyId: 'alias/a', region: 'us-east-1', endpoint }, [near])
      expectFailure(await run(['put', 'a'], canary, env), 6, 'KEY_UNAVAILABLE', 'KMS does not answer')
    }).timeout(60_000)
  })

  describe('of sealed bytes', () => {
    it('garbage and truncated messages', async () => {
      await initLocal(folder())
      await putText(folder(), 'a', canary)
      const [blob] = await blobsOf(folder(), 'near')
      const bytes = await readFile(blob!)
      const inputs = [randomBytes(300), Buffer.alloc(0), bytes.subarray(0, -1), bytes.toString('base64')]
      for (const input of [...inputs, Buffer.concat([bytes, bytes])]) {
        const { exit, code, hint, json } = await run(['inspect', '--json'], input)
        expect(exit).to.equal(7)
        expect(code).to.match(/^MESSAGE_/)
        expect(json.error.hint).to.equal(hint)
      }
    })

    it('every copy damaged: no plaintext, no output file, nothing changed', async () => {
      await initLocal(folder())
      await putText(folder(), 'a', canary)
      const before = await filesBelow(join(folder(), '.sealring'))
      for (const location of ['near', 'far'])
        for (const file of await blobsOf(folder(), location)) await truncate(file)
      expectFailure(await run(['get', 'a', '-o', 'out', '--json']), 7, 'UNREADABLE', 'backup')
      expect(await readdir(folder())).not.to.include('out')
      expectFailure(await run(['verify', '--open', '--json']), 11, 'VERIFY_DIFFERS', 'backup')
      expect(await filesBelow(join(folder(), '.sealring'))).to.deep.equal(before)
    })

    it('a bit flipped in every copy', async () => {
      await initLocal(folder())
      await putText(folder(), 'a', canary)
      await damage(folder(), 'near')
      await damage(folder(), 'far')
      const { exit, stdout } = await run(['get', 'a'])
      expect([6, 7]).to.include(exit)
      expect(stdout).to.have.length(0)
    })
  })
})

async function truncate(file: string): Promise<void> {
  const bytes = await readFile(file)
  await writeFile(file, bytes.subarray(0, -100))
}
