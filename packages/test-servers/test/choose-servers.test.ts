import { readdirSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import {
  availableDynamodbServers,
  availableS3Servers,
  dynamodbServerKinds,
  faultList,
  s3ServerKinds,
  startDynamodb,
  startKms,
  startS3,
  TestServerError,
} from '@sealring/test-servers'
import type { ServerKind } from '@sealring/test-servers'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { chooseServers, startChosen } from '#src/choose-servers.js'
import { failure } from './protocol-case.js'

const VARIABLES = [
  'SEALRING_TEST_SERVERS',
  'SEALRING_TEST_S3_ENDPOINT',
  'SEALRING_TEST_DYNAMODB_ENDPOINT',
  'SEALRING_TEST_KMS_ENDPOINT',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
]

const ids = (kinds: readonly { readonly id: string }[]): string[] => kinds.map(({ id }) => id)

/** A kind that this machine lacks. */
function lacking(kind: ServerKind): ServerKind {
  return { ...kind, unavailable: () => Promise.resolve(`${kind.id}: not here`) }
}

describe('choice of servers', () => {
  let saved: (string | undefined)[]

  beforeEach(() => {
    saved = VARIABLES.map((name) => process.env[name])
    for (const name of VARIABLES) delete process.env[name]
  })

  afterEach(() => {
    for (const [index, name] of VARIABLES.entries()) {
      if (saved[index] === undefined) delete process.env[name]
      else process.env[name] = saved[index]
    }
  })

  it('npm asks for the servers that Node alone can run', async () => {
    process.env['SEALRING_TEST_SERVERS'] = 'npm'
    expect(ids(await availableS3Servers())).to.deep.equal(['s3rver'])
    expect(ids(await availableDynamodbServers()))
      .to.include('dynalite')
      .and.not.to.include('moto')
  })

  it('unset asks for those of npm and whatever was installed', async () => {
    expect(ids(await availableS3Servers())).to.include('s3rver')
    expect(ids(await availableDynamodbServers())).to.include('dynalite')
  })

  it('a list of ids asks for these, and they must be there', async () => {
    process.env['SEALRING_TEST_SERVERS'] = 's3rver, dynalite'
    expect(ids(await availableS3Servers())).to.deep.equal(['s3rver'])
    expect(ids(await availableDynamodbServers())).to.deep.equal(['dynalite'])
    const kinds = s3ServerKinds().map(lacking)
    const error = await failure(chooseServers({ environment: undefined, kinds }), TestServerError)
    expect(error.code).to.equal('SERVER_UNAVAILABLE')
  })

  it('a list with an id that nobody has is refused', async () => {
    process.env['SEALRING_TEST_SERVERS'] = 's3rver,dynalit'
    expect((await failure(availableS3Servers(), TestServerError)).code).to.equal('SERVER_UNKNOWN')
  })

  it('all demands one without known faults', async () => {
    process.env['SEALRING_TEST_SERVERS'] = 'all'
    const s3rver = s3ServerKinds().find(({ id }) => id === 's3rver')!
    const error = await failure(chooseServers({ environment: undefined, kinds: [s3rver] }), TestServerError)
    expect(error.code).to.equal('NO_FAULTLESS_SERVER')
    const dynoxide: ServerKind = {
      ...dynamodbServerKinds()[0]!,
      unavailable: () => Promise.resolve(undefined),
    }
    expect(ids(await chooseServers({ environment: undefined, kinds: [dynoxide] }))).to.deep.equal([
      'dynoxide',
    ])
  })

  it('without an id, dynalite stands in where dynoxide has no build', async () => {
    const kinds = dynamodbServerKinds().map((kind) => (kind.id === 'dynoxide' ? lacking(kind) : kind))
    const server = await startChosen({ environment: undefined, kinds }, undefined)
    expect(server.id).to.equal('dynalite')
    await server.stop()
  })

  it('an unknown id and a lack of everything have their codes', async () => {
    expect((await failure(startS3('ceph'), TestServerError)).code).to.equal('SERVER_UNKNOWN')
    const kinds = dynamodbServerKinds().map(lacking)
    const nothing = startChosen({ environment: undefined, kinds }, undefined)
    expect((await failure(nothing, TestServerError)).code).to.equal('SERVER_UNAVAILABLE')
  })

  it('endpoints and credentials come from the environment where it has them', async () => {
    process.env['SEALRING_TEST_S3_ENDPOINT'] = 'http://127.0.0.1:1'
    process.env['SEALRING_TEST_DYNAMODB_ENDPOINT'] = 'http://127.0.0.1:2'
    process.env['SEALRING_TEST_KMS_ENDPOINT'] = 'http://127.0.0.1:3'
    const bare = await startS3()
    expect(bare.credentials).to.deep.equal({ accessKeyId: 'test', secretAccessKey: 'test' })
    expect(bare.clientOptions).to.include({ region: 'us-east-1', forcePathStyle: true })
    process.env['AWS_ACCESS_KEY_ID'] = 'id'
    process.env['AWS_SECRET_ACCESS_KEY'] = 'secret'
    process.env['AWS_SESSION_TOKEN'] = 'token'
    process.env['AWS_REGION'] = 'eu-west-1'
    const servers = await Promise.all([startS3(), startDynamodb(), startKms()])
    for (const [index, server] of servers.entries()) {
      expect(server.id).to.equal('environment')
      expect(server.clientOptions).to.deep.include({
        endpoint: `http://127.0.0.1:${index + 1}`,
        region: 'eu-west-1',
        credentials: { accessKeyId: 'id', secretAccessKey: 'secret', sessionToken: 'token' },
      })
      await server.stop()
    }
    expect(ids(await availableS3Servers())).to.deep.equal(['environment'])
    expect(ids(await availableDynamodbServers())).to.deep.equal(['environment'])
  })
})

describe('known faults', () => {
  const faults = faultList({ service: 's3', id: 's3rver' }, 'protocol')
  const LISTED = 'a range is served as asked'
  const fail = (): never => {
    throw new Error('as asked')
  }

  it('a case that is not listed counts as it runs', async () => {
    await faults.expect('a new case', () => undefined)
    expect((await failure(faults.expect('a new case', fail), Error)).message).to.equal('as asked')
    expect(faults.title('a new case')).to.equal('a new case')
  })

  it('a listed case is expected to fail, visibly, and may not pass', async () => {
    await faults.expect(LISTED, fail)
    await faults.expect(LISTED, () => Promise.reject(new Error('as asked')))
    const error = await failure(
      faults.expect(LISTED, () => undefined),
      TestServerError,
    )
    expect(error.code).to.equal('KNOWN_FAULT_PASSED')
    expect(faults.title(LISTED)).to.include('known fault of s3rver')
  })

  it('a listed case of another suite does not count', async () => {
    const others = faultList({ service: 's3', id: 's3rver' }, 'another-suite')
    await others.expect(LISTED, () => undefined)
  })

  it('a listed case that the suite no longer has is refused', () => {
    expect(() => faults.assertCasesExist([LISTED]))
      .to.throw(TestServerError)
      .with.property('code', 'KNOWN_FAULT_STALE')
  })

  const FOLDER = new URL('../src/known-faults/', import.meta.url)
  const read = (path: string): object => JSON.parse(readFileSync(new URL(path, FOLDER), 'utf8'))
  const kinds = [...s3ServerKinds(), ...dynamodbServerKinds()]

  it('every server has a list, and every list a server', () => {
    for (const service of ['s3', 'dynamodb'] as const) {
      const servers = ids(kinds.filter((kind) => kind.service === service))
      expect(readdirSync(new URL(service, FOLDER))).to.have.members(servers.map((id) => `${id}.json`))
    }
  })

  for (const { service, id } of kinds) {
    it(`the list of ${service} ${id} is valid`, () => {
      const ajv = new Ajv({ allErrors: true })
      const list = read(`${service}/${id}.json`)
      const valid = ajv.validate(read('known-faults.schema.json'), list)
      expect(valid, ajv.errorsText()).to.equal(true)
      expect(list).to.include({ service, server: id })
    })
  }
})
