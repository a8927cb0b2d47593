import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { sealring } from './sealring.js'
import { tempFolder } from './temp-folder.js'

const kmsKeyId = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'

describe('the S3 options of the configuration', () => {
  const folder = tempFolder()

  it('reach S3', async () => {
    const asked: { method: string; headers: IncomingHttpHeaders }[] = []
    // An empty bucket that refuses to be written.
    const server = createServer(({ method = '', headers, url }, response) => {
      asked.push({ method, headers })
      const list = url!.includes('list-type=2')
      const status = list ? 200 : method === 'GET' || method === 'HEAD' ? 404 : 403
      const code = status === 404 ? 'NoSuchKey' : 'AccessDenied'
      response.writeHead(status, { 'content-type': 'application/xml' })
      response.end(
        list ? '<ListBucketResult/>' : method === 'HEAD' ? '' : `<Error><Code>${code}</Code></Error>`,
      )
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    try {
      if (typeof address !== 'object' || address === null) throw new Error('The server has no port.')
      const location = {
        type: 's3',
        id: 's3',
        bucket: 'some-bucket',
        region: 'eu-central-1',
        forcePathStyle: true,
        endpoint: `http://127.0.0.1:${address.port}`,
        encryption: { kmsKeyId, bucketKey: true },
        expectedBucketOwner: '111122223333',
      }
      const keyring = { type: 'raw-aes', namespace: 'n', name: 'k', keyEnv: 'KEY' }
      const config = { store: 'test', keyring, locations: [location] }
      await writeFile(join(folder(), 'sealring.config.json'), JSON.stringify(config))
      const env = {
        AWS_ACCESS_KEY_ID: 'id',
        AWS_SECRET_ACCESS_KEY: 'secret',
        KEY: Buffer.alloc(32, 7).toString('base64'),
      }
      const { exit, code, stderr } = await sealring(['put', 'a'], { cwd: folder(), input: 'x', env })
      expect(code, stderr).to.equal('ACCESS_DENIED')
      expect(exit).to.equal(13)
      for (const { headers } of asked)
        expect(headers).to.include({ 'x-amz-expected-bucket-owner': '111122223333' })
      const written = asked.filter(({ method }) => method === 'POST' || method === 'PUT')
      expect(written).not.to.have.length(0)
      for (const { headers } of written)
        expect(headers).to.include({
          'x-amz-server-side-encryption': 'aws:kms',
          'x-amz-server-side-encryption-aws-kms-key-id': kmsKeyId,
          'x-amz-server-side-encryption-bucket-key-enabled': 'true',
        })
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})
