import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { describe, it } from 'mocha'
import { jsonErrorPosition } from '#src/config/json-error-position.js'
import { checkConfig } from '#src/config/load-config.js'
import { sealring } from './sealring.js'
import { tempFolder } from './temp-folder.js'

const file = { type: 'file', id: 'near', directory: 'near' }
const bucket = { type: 's3', id: 's3', bucket: 'some-bucket' }
const good = {
  store: 'test',
  keyring: { type: 'raw-aes', namespace: 'n', name: 'k', keyEnv: 'KEY' },
  locations: [file],
}
const canary = 'c2VjcmV0LWNhbmFyeS1rZXk='

describe('configuration', () => {
  const folder = tempFolder()
  const withConfig = async (content: string) => {
    await writeFile(join(folder(), 'sealring.config.json'), content)
    return sealring(['list', '--json'], { cwd: folder() })
  }

  it('is missing', async () => {
    for (const args of [['list'], ['put', 'a'], ['get', 'a'], ['inspect', '--name', 'a']]) {
      const { exit, code, hint } = await sealring(args, { cwd: folder() })
      expect(exit).to.equal(3)
      expect(code).to.equal('CONFIG_NOT_FOUND')
      expect(hint).to.include('sealring init')
    }
  })

  it('is a folder', async () => {
    const { exit, code } = await sealring(['list', '--config', '.'], { cwd: folder() })
    expect(exit).to.equal(3)
    expect(code).to.equal('CONFIG_UNREADABLE')
  })

  it('is not JSON: the line is named, the content is not repeated', async () => {
    const { exit, code, stderr, json } = await withConfig(`{\n  "store": "a",\n  ${canary}\n}`)
    expect(exit).to.equal(3)
    expect(code).to.equal('CONFIG_INVALID')
    expect(json.error.message).to.include('line 3, column 3')
    expect(stderr + JSON.stringify(json)).not.to.include(canary)
  })

  const bad: readonly { what: string; config: unknown; pointer: string; says: string }[] = [
    { what: 'no object', config: [], pointer: '', says: '' },
    { what: 'no store', config: { ...good, store: undefined }, pointer: '/store', says: 'missing' },
    { what: 'a bad store id', config: { ...good, store: canary }, pointer: '/store', says: 'a-z 0-9' },
    { what: 'an unknown key', config: { ...good, extra: canary }, pointer: '/extra', says: 'store, keyring' },
    {
      what: 'no keyring type',
      config: { ...good, keyring: {} },
      pointer: '/keyring/type',
      says: 'kms, raw-aes',
    },
    {
      what: 'an unknown keyring type',
      config: { ...good, keyring: { type: canary } },
      pointer: '/keyring/type',
      says: 'kms, raw-aes, local-kms',
    },
    {
      what: 'an account id that is none',
      config: { ...good, locations: [{ ...bucket, expectedBucketOwner: canary }] },
      pointer: '/locations/0/expectedBucketOwner',
      says: 'twelve digits',
    },
    {
      what: 'an encryption that is no object',
      config: { ...good, locations: [{ ...bucket, encryption: canary }] },
      pointer: '/locations/0/encryption',
      says: 'KMS key',
    },
    {
      what: 'an encryption with an unknown key',
      config: { ...good, locations: [{ ...bucket, encryption: { kmsKey: canary } }] },
      pointer: '/locations/0/encryption/kmsKey',
      says: 'kmsKeyId, bucketKey',
    },
    {
      what: 'a key in place of its file',
      config: { ...good, keyring: { type: 'raw-aes', namespace: 'n', name: 'k', key: canary } },
      pointer: '/keyring/key',
      says: 'keyFile, keyEnv',
    },
    {
      what: 'neither key file nor variable',
      config: { ...good, keyring: { type: 'raw-aes', namespace: 'n', name: 'k' } },
      pointer: '/keyring',
      says: 'keyFile or keyEnv',
    },
    {
      what: 'both key file and variable',
      config: { ...good, keyring: { ...good.keyring, keyFile: 'k' } },
      pointer: '/keyring',
      says: 'keyFile or keyEnv',
    },
    {
      what: "a namespace that is AWS KMS's",
      config: { ...good, keyring: { ...good.keyring, namespace: 'aws-kms' } },
      pointer: '/keyring/namespace',
      says: 'not aws-kms',
    },
    {
      what: 'a KMS keyring without a key',
      config: { ...good, keyring: { type: 'kms' } },
      pointer: '/keyring/generatorKeyId',
      says: 'missing',
    },
    { what: 'no location', config: { ...good, locations: [] }, pointer: '/locations', says: '1 to 16' },
    {
      what: 'an unknown location type',
      config: { ...good, locations: [file, { type: 'gcs', id: 'x' }] },
      pointer: '/locations/1/type',
      says: 'dynamodb, s3, file',
    },
    {
      what: 'a location without its table',
      config: { ...good, locations: [{ type: 'dynamodb', id: 'x' }] },
      pointer: '/locations/0/table',
      says: 'missing',
    },
    {
      what: 'an endpoint that is no address',
      config: { ...good, locations: [{ type: 's3', id: 'x', bucket: 'bucket', endpoint: 'nowhere' }] },
      pointer: '/locations/0/endpoint',
      says: 'http',
    },
    {
      what: 'two locations of one id',
      config: { ...good, locations: [file, file] },
      pointer: '/locations/1/id',
      says: 'differ',
    },
    { what: 'an unknown arbiter', config: { ...good, arbiter: 'far' }, pointer: '/arbiter', says: 'near' },
    {
      what: 'an unknown suite',
      config: { ...good, suite: 'fast' },
      pointer: '/suite',
      says: 'signed, unsigned',
    },
  ]
  for (const { what, config, pointer, says } of bad)
    it(`has ${what}`, async () => {
      const { exit, code, stderr, json } = await withConfig(JSON.stringify(config))
      expect(exit).to.equal(3)
      expect(code).to.equal('CONFIG_INVALID')
      const found = json.problems.find((p) => p.pointer === pointer)
      expect(found?.problem).to.include(says)
      expect(json.error.message).to.include(pointer || '/')
      expect(stderr + JSON.stringify(json)).not.to.include(canary)
    })

  it('accepts what it should', () => {
    const kms = { type: 'kms', generatorKeyId: 'alias/a', keyIds: ['b'], region: 'eu-central-1' }
    const aws = [
      { type: 'dynamodb', id: 'a', table: 'abc', namespace: 'n', endpoint: 'http://127.0.0.1:1' },
      { type: 's3', id: 'b', bucket: 'abc', prefix: 'p/', forcePathStyle: true, region: 'eu-west-1' },
    ]
    for (const config of [
      good,
      { ...good, keyring: kms, locations: [...aws, file], arbiter: 'b', suite: 'unsigned' },
    ])
      expect(checkConfig(config).problems).to.deep.equal([])
  })

  it('is checked by what the schema generates', async () => {
    const script = fileURLToPath(new URL('../scripts/generate-validator.mjs', import.meta.url))
    await promisify(execFile)(process.execPath, [script, '--check'])
  })
})

describe('jsonErrorPosition', () => {
  it('finds an inserted fault', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.nat(), (text, at) => {
        // Ahead of a structural character no token can begin with this one.
        const places = [...text.matchAll(/[{[,:\]}]/g)].map(({ index }) => index)
        fc.pre(places.length > 0)
        const place = places[at % places.length]!
        const broken = `${text.slice(0, place)}\u0001${text.slice(place)}`
        try {
          JSON.parse(broken)
          expect.fail('it parses')
        } catch (error) {
          expect(jsonErrorPosition(broken, error)).to.deep.equal({ line: 1, column: place + 1 })
        }
      }),
    )
  })
})
