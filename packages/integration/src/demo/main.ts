import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildClient, KmsKeyringNode } from '@aws-crypto/client-node'
import { createStore, SealringError, type Entry } from '@sealring/core'
import { awsErrorName } from '@sealring/core/keyring'
import { kmsKeyring } from '@sealring/core/kms-keyring'
import { demoEnvironment } from './environment.js'
import { narrator } from './narrator.js'
import { damageDynamodbCopy, dynamodbCopy, fileCopy, s3Copy } from './raw-copies.js'

const readme = fileURLToPath(new URL('../../../../README.md', import.meta.url))

function expect(truth: boolean, what: string): void {
  if (!truth) throw new Error(`The demo expected that ${what}.`)
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const short = (digest: string): string => `${digest.slice(0, 16)}…`

const readBack = (entry: Entry): string => {
  const failures = entry.failures.map(({ location, code }) => `${location}: ${code}`).join(', ')
  return `${entry.plaintext.length} bytes from ${entry.servedBy}${failures && `; on the way ${failures}`}`
}

async function demo(path: string): Promise<void> {
  const narrate = narrator((text) => process.stdout.write(text))
  const plaintext = await readFile(path)
  const name = 'demo/file'

  narrate.heading(`Sealring demo: ${basename(path)}, ${plaintext.length} bytes`)
  const env = await narrate.step('start servers on loopback', demoEnvironment, ({ servers }) =>
    [servers.kms, servers.dynamodb, servers.s3]
      .map(({ id, endpoint }) => `${id} ${endpoint.slice(7)}`)
      .join(', '),
  )
  try {
    const { kms, keyArn, dynamodb, table, s3, bucket, folder, locations, servers } = env
    const s3Process = servers.s3.process
    if (!s3Process) throw new Error('The demo stops its S3 server: unset SEALRING_TEST_S3_ENDPOINT.')
    const store = createStore({
      id: 'demo',
      keyring: kmsKeyring({ generatorKeyId: keyArn, client: kms }),
      locations,
      arbiter: 'dynamodb',
    })

    narrate.heading('One seal, three places')
    const receipt = await narrate.step(
      'put',
      () => store.put(name, plaintext, { context: { purpose: 'demo' } }),
      ({ revision, size, copies }) =>
        `revision ${revision}, ${size} sealed bytes, ${copies.filter(({ outcome }) => outcome === 'stored').length} copies`,
    )
    const found = await narrate.step(
      'read the raw bytes',
      () =>
        Promise.all([
          s3Copy(s3, bucket, receipt.size),
          dynamodbCopy(dynamodb, table, receipt.size),
          fileCopy(folder, receipt.size),
        ]),
      () => 'from each service, without Sealring; SHA-256:',
    )
    for (const { digest, where } of [{ digest: receipt.digest, where: 'receipt' }, ...found])
      process.stdout.write(`      ${digest}  ${where}\n`)
    expect(
      found.every(({ digest }) => digest === receipt.digest),
      'the four digests are equal',
    )

    const oracle = buildClient()
    await narrate.step(
      'open with @aws-crypto/client-node',
      () =>
        oracle.decrypt(
          new KmsKeyringNode({ generatorKeyId: keyArn, clientProvider: () => kms }),
          found[0].bytes,
        ),
      (opened) => {
        expect(opened.plaintext.equals(plaintext), 'client-node opens what was put')
        return `${opened.plaintext.length} bytes, the same`
      },
    )

    narrate.heading('What breaks')
    const read = async (title: string, servedBy: string): Promise<void> => {
      const entry = await narrate.step(title, () => store.get(name), readBack)
      expect(sha256(entry.plaintext) === sha256(plaintext), 'get returns what was put')
      expect(entry.servedBy === servedBy, `${servedBy} serves`)
    }
    await read('get', 's3')
    await narrate.step(
      'stop the S3 server',
      () => s3Process.kill(),
      () => 'connections are refused',
    )
    await read('get, S3 stopped', 'dynamodb')
    await narrate.step(
      'damage the DynamoDB item',
      () => damageDynamodbCopy(dynamodb, table, receipt.size),
      () => 'one bit',
    )
    await read('get, S3 stopped, item damaged', 'folder')
    await narrate.step(
      'disable the KMS key',
      () => kms.disableKey({ KeyId: keyArn }),
      () => keyArn.split(':').at(-1)!,
    )
    await narrate.step(
      'get, key disabled',
      () =>
        store.get(name).then(
          () => expect(false, 'a disabled key opens nothing'),
          (error: unknown) => error,
        ),
      (error) => {
        const code = error instanceof SealringError ? error.code : 'none'
        expect(code === 'DATA_KEY_NOT_UNWRAPPED', 'the refusal has its code')
        return `refused: ${code}, ${awsErrorName(error)}`
      },
    )
    await narrate.step(
      'enable the key, start S3 again',
      async () => {
        await kms.enableKey({ KeyId: keyArn })
        await s3Process.restart()
      },
      () => 'its objects are still there',
    )

    narrate.heading('What mends')
    const counts = (copies: Readonly<Record<string, number>>): string =>
      Object.entries(copies)
        .filter(([, n]) => n > 0)
        .map(([state, n]) => `${n} ${state}`)
        .join(', ')
    const before = await narrate.step(
      'verify, without the key',
      () => store.verify(),
      ({ copies, findings }) =>
        `${counts(copies)}: ${findings.map(({ location, state }) => `${location} ${state}`).join(', ')}`,
    )
    expect(!before.clean, 'verify names the damaged copy')
    await narrate.step(
      'repair',
      () => store.repair(),
      ({ writes }) => writes.map(({ location, action }) => `${location} ${action}`).join(', '),
    )
    const after = await narrate.step(
      'verify, opening each',
      () => store.verify({ open: true }),
      ({ copies }) => counts(copies),
    )
    expect(after.clean, 'everything agrees after the repair')
    await narrate.step(
      'repair again',
      () => store.repair(),
      ({ writes }) => {
        expect(writes.length === 0, 'a second repair writes nothing')
        return 'nothing to do'
      },
    )
    const mended = await dynamodbCopy(dynamodb, table, receipt.size)
    expect(mended.digest === receipt.digest, 'the item has its bytes back')
    narrate.heading(
      `Done: ${name} revision ${receipt.revision}, ${short(receipt.digest)} in ${locations.length} places.`,
    )
  } finally {
    await env.stop()
  }
}

// Addressed to whoever ships the AWS SDK, not to whoever looks at the demo.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

// npm runs scripts in the project's folder; INIT_CWD is where the user typed the command.
const given = process.argv[2]
try {
  await demo(given === undefined ? readme : resolve(process.env.INIT_CWD ?? '.', given))
} catch (error) {
  process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
