// One put of a stream keeps the same bytes at S3 and in a file, whatever the size: each raw copy is hashed on its way into
// @aws-crypto/client-node's own decryptStream, whose plaintext is compared with what was sealed.
// node packages/integration/bench/identical-gib.mjs [--check] [--size=1024] [--server=versitygw]
// --size in MiB; --server an id of an S3 server that honours conditions. A smaller put in another process tells how much memory the size
// costs: the blueprint allows 32 MB. What client-node holds is measured too, without a limit of ours.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'

const mebibyte = 2 ** 20
const allowedGrowth = 32e6
const allowedPeak = 192e6
const key = Buffer.alloc(32, 7)

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    size: { type: 'string', default: '1024' },
    server: { type: 'string', default: 'versitygw' },
    // Of a child.
    child: { type: 'string' },
    client: { type: 'string' },
    folder: { type: 'string' },
  },
})

if (values.child === undefined) await parent()
else await child(Number(values.child), JSON.parse(values.client), values.folder)

async function parent() {
  const { startS3 } = await import('@sealring/test-servers')
  const sizes = [Math.min(64, Number(values.size)), Number(values.size)]
  const results = []
  for (const size of sizes) {
    const folder = await mkdtemp(join(tmpdir(), 'sealring-identical-'))
    const server = await startS3(values.server)
    try {
      // Not spawnSync: this process has to take what the server logs, or the server waits.
      const { stdout } = await promisify(execFile)(execPath, [
        fileURLToPath(import.meta.url),
        `--child=${size}`,
        `--client=${JSON.stringify(server.clientOptions)}`,
        `--folder=${folder}`,
      ])
      results.push(JSON.parse(stdout))
    } finally {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    }
  }
  for (const { size, receipt, copies } of results) {
    console.log(`${size} MiB, receipt ${receipt}`)
    for (const { place, digest, opened } of copies)
      console.log(`  ${place.padEnd(5)} ${digest}  ${opened ? 'opened' : 'NOT OPENED'} by client-node`)
  }
  console.table(
    results.map(({ size, put, opening, seconds }) => ({
      'entry, MiB': size,
      'peak of put, MB': Math.round(put / 1e6),
      'and opening by client-node, MB': Math.round(opening / 1e6),
      'put, s': seconds.put.toFixed(1),
      'opening both, s': seconds.opening.toFixed(1),
    })),
  )
  const identical = results.every(({ receipt, copies }) =>
    copies.every(({ digest, opened }) => digest === receipt && opened),
  )
  const growth = results[1].put - results[0].put
  console.log(
    `${identical ? 'identical' : 'NOT IDENTICAL'}; the put takes ${Math.round(growth / 1e6)} MB more for the larger ` +
      `(limit ${allowedGrowth / 1e6}), ${Math.round(results[1].put / 1e6)} MB at the peak (limit ${allowedPeak / 1e6})`,
  )
  if (!identical || (values.check && (growth > allowedGrowth || results[1].put > allowedPeak)))
    process.exitCode = 1
}

async function child(size, clientOptions, folder) {
  const [{ CreateBucketCommand, GetObjectCommand, S3Client }, { s3Backend }, { createStore, fileBackend }] =
    await Promise.all([
      import('@aws-sdk/client-s3'),
      import('@sealring/backend-s3'),
      import('@sealring/core'),
    ])
  const { rawAesKeyring } = await import('@sealring/core/keyring')
  const client = new S3Client(clientOptions)
  const bucket = 'identical'
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  const store = createStore({
    id: 'identical',
    keyring: rawAesKeyring({ namespace: 'proof', name: 'key', key }),
    locations: [s3Backend({ id: 's3', client, bucket }), fileBackend({ id: 'file', directory: folder })],
    arbiter: 'file',
    spool: { directory: folder },
  })
  const seconds = {}
  let began = performance.now()
  const sealed = createHash('sha256')
  const receipt = await store.put('large', generated(size * mebibyte, sealed))
  seconds.put = (performance.now() - began) / 1000
  const put = peak()
  if (receipt.copies.some(({ outcome }) => outcome !== 'stored')) throw new Error('A copy is missing.')
  const plaintextDigest = sealed.digest('hex')

  began = performance.now()
  const open = await opener()
  const places = {
    s3: async () => {
      const Key = 'entries/large/999999999998'
      return (await client.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body
    },
    file: async () => createReadStream(join(folder, 'large', '@', '000000000001')),
  }
  const copies = []
  for (const [place, read] of Object.entries(places)) {
    const { digest, plaintext } = await open(await read())
    copies.push({ place, digest, opened: plaintext === plaintextDigest })
  }
  seconds.opening = (performance.now() - began) / 1000
  client.destroy()
  console.log(JSON.stringify({ size, receipt: receipt.digest, copies, put, opening: peak(), seconds }))
}

/** By AWS's own library, without any of this one. */
async function opener() {
  const { buildClient, CommitmentPolicy, RawAesKeyringNode } = await import('@aws-crypto/client-node')
  const { RawAesWrappingSuiteIdentifier } = await import('@aws-crypto/raw-aes-keyring-node')
  const { decryptStream } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
  const keyring = new RawAesKeyringNode({
    keyNamespace: 'proof',
    keyName: 'key',
    unencryptedMasterKey: new Uint8Array(key),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  })
  return async (message) => {
    const [ofMessage, ofPlaintext] = [createHash('sha256'), createHash('sha256')]
    const onTheWay = new Transform({
      transform(piece, _encoding, done) {
        ofMessage.update(piece)
        done(null, piece)
      },
    })
    await pipeline(message, onTheWay, decryptStream(keyring), async (plaintext) => {
      for await (const piece of plaintext) ofPlaintext.update(piece)
    })
    return { digest: ofMessage.digest('hex'), plaintext: ofPlaintext.digest('hex') }
  }
}

/** The same bytes each time, in fresh pieces, each unlike the others; hashed as they are given. */
async function* generated(size, hash) {
  for (let at = 0; at < size; at += 65_536) {
    const piece = Buffer.alloc(Math.min(65_536, size - at), at >>> 16)
    piece.writeUInt32BE(at >>> 16, 0)
    hash.update(piece)
    yield piece
  }
}

/** As the system saw it: getrusage(2) counts in kilobytes. */
function peak() {
  return process.resourceUsage().maxRSS * 1024
}
