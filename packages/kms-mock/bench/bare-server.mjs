// The yardstick: node:http, one AES-256-GCM per request under a fixed key, and nothing of a KMS.
import { createCipheriv, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { report } from './report.mjs'

const key = Buffer.alloc(32, 7)

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, iv)
    const encrypted = cipher.update(body.subarray(0, 32))
    cipher.final()
    const sealed = Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64')
    const answer = JSON.stringify({ CiphertextBlob: sealed })
    response.writeHead(200, {
      'content-type': 'application/x-amz-json-1.1',
      'content-length': Buffer.byteLength(answer),
    })
    response.end(answer)
  })
})
server.listen(0, '127.0.0.1', () => report(server.address().port))
