import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { createKms } from '@sealring/kms-mock'

// Sign through the pure handler against bare crypto.sign on one thread, in interleaved rounds: what KMS costs beside the
// signature. The ratio is the result; the machine moves both sides alike. `--rounds 7 --milliseconds 300`

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? fallback : Number(process.argv[at + 1])
}
const rounds = option('rounds', 7)
const milliseconds = option('milliseconds', 300)
const target = 0.4

const Message = Buffer.alloc(256, 7)
const subjects = [
  {
    KeySpec: 'ECC_NIST_P256',
    SigningAlgorithm: 'ECDSA_SHA_256',
    pair: () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }),
  },
  {
    KeySpec: 'RSA_2048',
    SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256',
    pair: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  },
]

/** Calls per second. */
async function rate(call) {
  const begin = performance.now()
  let calls = 0
  while (performance.now() - begin < milliseconds) {
    for (let n = 0; n < 20; n += 1) await call()
    calls += 20
  }
  return (calls / (performance.now() - begin)) * 1000
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]

const kms = createKms()
for (const { KeySpec, SigningAlgorithm, pair } of subjects) {
  const { KeyMetadata } = await kms.handle('CreateKey', { KeySpec, KeyUsage: 'SIGN_VERIFY' })
  const request = { KeyId: KeyMetadata.KeyId, Message, SigningAlgorithm }
  // Parsed once, as KMS does.
  const key = createPrivateKey(pair().privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const bare = () => sign('sha256', Message, key)
  const handled = () => kms.handle('Sign', request)

  await kms.handle('Verify', { ...request, Signature: (await handled()).Signature })
  await rate(bare)
  await rate(handled)
  const measured = []
  for (let round = 0; round < rounds; round += 1) {
    measured.push({ bare: await rate(bare), handled: await rate(handled) })
  }
  const ratio = median(measured.map((round) => round.handled / round.bare))
  const per = (name) => Math.round(median(measured.map((round) => round[name])))
  console.log(
    `${KeySpec}: crypto.sign ${per('bare')}/s, handle('Sign') ${per('handled')}/s, ratio ${ratio.toFixed(2)} (target ${target})`,
  )
  if (ratio < target) process.exitCode = 1
}
