import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import { startDynamodb, startS3 } from '@sealring/test-servers'
import type { RunningServer, S3ClientOptions } from '@sealring/test-servers'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { closedPort } from './closed-port.js'
import { sealring } from './sealring.js'

interface Service {
  id?: string
  region?: string
  endpoint?: string
}

interface Config {
  keyring: Service
  locations: Service[]
}

describe('KMS, DynamoDB and S3', () => {
  let folder: string
  let kms: Kms
  let dynamodb: RunningServer
  let s3: RunningServer<S3ClientOptions>
  let keyArn: string
  // Servers from the environment may be shared.
  const place = `sealring-cli-${randomUUID().slice(0, 8)}`
  const stops: (() => Promise<unknown>)[] = []

  before(async function () {
    this.timeout(60_000)
    folder = await mkdtemp(join(tmpdir(), 'sealring-cli-'))
    stops.push(() => rm(folder, { recursive: true, force: true }))
    kms = createKms({ region: 'us-east-1' })
    const server = await kms.listen()
    stops.push(() => server.close())
    dynamodb = await startDynamodb()
    stops.push(() => dynamodb.stop())
    s3 = await startS3()
    stops.push(() => s3.stop())
    const client = new S3Client(s3.clientOptions)
    await client.send(new CreateBucketCommand({ Bucket: place }))
    client.destroy()
    const { KeyMetadata } = await new KMSClient(kms.clientConfig()).send(new CreateKeyCommand({}))
    keyArn = KeyMetadata!.Arn!
    await kms.handle('CreateAlias', { AliasName: 'alias/app', TargetKeyId: keyArn })

    const init = await run(
      [
        'init',
        '--store',
        'prod',
        '--kms-key',
        'alias/app',
        '--region',
        'us-east-1',
        '--create-tables',
      ].concat(['--location', `dynamodb:${place}`, '--location', `s3:${place}/app/secrets`]),
      { AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint },
    )
    expect(init.exit, init.stderr).to.equal(0)
    expect(init.stdout.toString()).to.include(`table ${place} created`)
    await edit((config) => {
      expect(config.locations.map(({ id, region }) => [id, region])).to.deep.equal([
        ['dynamodb', 'us-east-1'],
        ['s3', 'us-east-1'],
      ])
      config.keyring.endpoint = server.url
      Object.assign(config.locations[0]!, { endpoint: dynamodb.endpoint, region: dynamodb.region })
      Object.assign(config.locations[1]!, { endpoint: s3.endpoint, region: s3.region, forcePathStyle: true })
    })
  })

  after(async () => {
    for (const stop of stops.toReversed()) await stop()
  })

  /** Endpoints are for people who know what they do: they are written into the file. */
  async function edit(change: (config: Config) => void): Promise<void> {
    const file = join(folder, 'sealring.config.json')
    const config: Config = JSON.parse(await readFile(file, 'utf8'))
    change(config)
    await writeFile(file, JSON.stringify(config))
  }

  const run = (args: string[], env: Record<string, string> = {}, input: string | Uint8Array = '') =>
    sealring(args, {
      cwd: folder,
      input,
      env: {
        AWS_ACCESS_KEY_ID: s3.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.credentials.secretAccessKey,
        // As the server's own clientOptions ask for where it can't read the SDK's default checksums.
        ...(s3.clientOptions.requestChecksumCalculation && {
          AWS_REQUEST_CHECKSUM_CALCULATION: 'WHEN_REQUIRED',
          AWS_RESPONSE_CHECKSUM_VALIDATION: 'WHEN_REQUIRED',
        }),
        ...env,
      },
    })

  it('puts, gets, lists, verifies, and reads on without DynamoDB', async () => {
    const secret = 'aws-secret-canary'
    const put = await run(['put', 'billing/db-password', '--context', 'env=prod', '--json'], {}, secret)
    expect(put.exit, put.stderr).to.equal(0)
    expect(put.stderr, 'no warning for a real key').to.equal('')
    expect(put.json['copies']).to.deep.equal([
      { location: 'dynamodb', outcome: 'stored' },
      { location: 's3', outcome: 'stored' },
    ])
    expect((await run(['get', 'billing/db-password'])).stdout.toString()).to.equal(secret)
    expect((await run(['list', 'billing/'])).stdout.toString()).to.equal('billing/db-password\n')
    const verified = await run(['verify', '--open', '--json'])
    expect(verified.exit, verified.stderr).to.equal(0)
    expect(verified.json['copies']).to.include({ agreed: 2 })

    const client = new S3Client(s3.clientOptions)
    const found = await client.send(
      new ListObjectsV2Command({ Bucket: place, Prefix: 'app/secrets/entries/' }),
    )
    const Key = found.Contents![0]!.Key!
    const object = await client.send(new GetObjectCommand({ Bucket: place, Key }))
    const digest = createHash('sha256')
      .update(await object.Body!.transformToByteArray())
      .digest('hex')
    client.destroy()
    expect(digest).to.equal(put.json.digest)
    const shown = await run(['inspect', '--name', 'billing/db-password', '--location', 's3', '--json'])
    expect(shown.json.stored['digest']).to.equal(digest)
    expect(shown.json.encryptedDataKeys[0]?.providerInfo).to.equal(keyArn)

    await kms.handle('DisableKey', { KeyId: keyArn })
    const refused = await run(['get', 'billing/db-password'])
    expect(refused.exit).to.equal(6)
    expect(refused.hint).to.include('enable')
    await kms.handle('EnableKey', { KeyId: keyArn })

    const port = await closedPort()
    await edit((config) => {
      config.locations[0]!.endpoint = `http://127.0.0.1:${port}`
    })
    const without = await run(['get', 'billing/db-password'])
    expect(without.exit, without.stderr).to.equal(0)
    expect(without.stdout.toString()).to.equal(secret)
    expect(without.stderr).to.match(/^sealring: warning: dynamodb: \w+: UNREACHABLE: /m)
    const late = await run(['put', 'billing/db-password'], {}, 'another')
    expect(late.exit).to.equal(8)
    expect(late.code).to.equal('UNREACHABLE')
  }).timeout(60_000)
})
