import { createServer } from 'node:net'
import { KMSClient } from '@aws-sdk/client-kms'

/** Whether these bytes are one whole request. */
function isWhole(bytes) {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(bytes.latin1Slice(0, end))?.[1] ?? '0'
  return bytes.length === end + 4 + Number(length)
}

/**
 * The bytes that the unmodified SDK sends for these commands, signature and all, as a socket received them.
 * `accountId` goes out as the access key id, which kms-mock takes for the account.
 */
export async function capture(commands, { region = 'us-east-1', accountId = '111122223333' } = {}) {
  const captured = []
  const server = createServer((socket) => {
    let bytes = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk])
      if (!isWhole(bytes)) return
      captured.push(bytes)
      bytes = Buffer.alloc(0)
      socket.write(
        'HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: 2\r\n\r\n{}',
      )
    })
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = new KMSClient({
    region,
    endpoint: `http://127.0.0.1:${server.address().port}`,
    credentials: { accessKeyId: accountId, secretAccessKey: 'bench' },
  })
  for (const command of commands) await client.send(command)
  client.destroy()
  await new Promise((resolve) => server.close(resolve))
  return captured
}
