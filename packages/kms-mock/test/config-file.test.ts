import { writeFile } from 'node:fs/promises'
import { readConfigFile } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { caught } from './support/caught.js'
import { clusterOf, proxyOf } from './support/outside.js'
import { temporaryFolder } from './support/temporary-folder.js'

describe('a configuration file', () => {
  const path = temporaryFolder()
  const read = async (json: string): Promise<object> => {
    await writeFile(path('config.json'), json)
    return readConfigFile(path('config.json'))
  }

  it('may be empty, or say all there is', async () => {
    expect(await read('{}')).to.deep.equal({})
    const all = {
      accountId: '444455556666',
      region: 'eu-west-1',
      seed: 's',
      seedOutputs: false,
      transitionMs: 0,
      lockTimeoutMs: 1,
      cloudHsmClusters: [clusterOf('a', { hsms: ['a'], connectionError: 'USER_LOCKED_OUT' })],
      xksProxies: [proxyOf('p', { trouble: 'TIMED_OUT', vpcEndpointService: { name: 'n' } })],
    }
    const clock = { start: '2026-01-01', frozen: true }
    expect(await read(JSON.stringify({ $schema: 'x', ...all, clock }))).to.deep.equal({
      ...all,
      clock: { start: new Date('2026-01-01'), frozen: true },
    })
  })

  const secret = 'the-secret-marker'
  const refused: readonly [what: string, json: string, where: RegExp][] = [
    ['no JSON', `{"seed":"${secret}"`, /is not JSON$/],
    ['a list', '[]', /must be object$/],
    ['a misspelt option', '{"regoin":"x"}', /must NOT have additional/],
    ['an account that is none', `{"accountId":"${secret}"}`, /\/accountId /],
    ['a span that is none', '{"transitionMs":-1}', /\/transitionMs /],
    ['a date that is none', '{"clock":{"start":"2026-13-45"}}', /\/clock\/start is no date/],
    ['a cluster without its password', '{"cloudHsmClusters":[{}]}', /\/cloudHsmClusters\/0 /],
    [
      'a trouble that is none',
      JSON.stringify({ xksProxies: [{ ...proxyOf('p'), trouble: secret }] }),
      /\/xksProxies\/0\/trouble /,
    ],
  ]
  for (const [what, json, where] of refused) {
    it(`${what}: refused, saying where and never what`, async () => {
      const error = await caught(read(json))
      expect(error).to.have.property('code', 'KMS_OPTION_INVALID')
      expect(error.message).to.match(where).and.not.to.include(secret)
    })
  }

  it('that is missing: refused, with its cause', async () => {
    const error = await caught(readConfigFile(path('none.json')))
    expect(error).to.have.property('code', 'KMS_OPTION_INVALID')
    expect(error.cause).to.have.property('code', 'ENOENT')
  })
})
