// How fast kms-mock answers over HTTP, beside a bare node:http server that does one AES-GCM per request.
//   npm run bench -w packages/kms-mock [-- --million] [-- --check]
// --million: memory after 1,000,000 requests over 10,000 keys (about a minute) instead of a tenth of that over 1,000 keys
// --warm-up N: requests of each operation to each server before anything is measured (15000)
// --check: the exit code is 1 if a target is missed
import { fork } from 'node:child_process'
import { createDecipheriv } from 'node:crypto'
import { parseArgs } from 'node:util'
import {
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
} from '@aws-sdk/client-kms'
import { commandMeasures } from './command.mjs'
import { load } from './load.mjs'
import { capture } from './requests.mjs'

const { values: options } = parseArgs({
  options: {
    million: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '0.3' },
    rounds: { type: 'string', default: '7' },
    'warm-up': { type: 'string', default: '15000' },
  },
})
const seconds = Number(options.seconds)
const rounds = Number(options.rounds)
/** Requests of each operation to each server before anything is measured. */
const warmUp = Number(options['warm-up'])

const Plaintext = Buffer.alloc(32, 1)
const EncryptionContext = { tenant: '42', purpose: 'bench' }
const here = (file) => new URL(file, import.meta.url)
const message = (child) => new Promise((resolve) => child.once('message', resolve))
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]

async function startServer(file, ...args) {
  const child = fork(here(file), args)
  const { port } = await message(child)
  const usage = () => {
    child.send('usage')
    return message(child)
  }
  return { port, usage, stop: () => child.disconnect() }
}

const clientOf = (port) =>
  new KMSClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: '111122223333', secretAccessKey: 'bench' },
  })

/** What to send to a KMS: a key of its own, and a ciphertext to open. */
async function prepareKms(server) {
  const client = clientOf(server.port)
  const KeyId = (await client.send(new CreateKeyCommand({}))).KeyMetadata.Arn
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext, EncryptionContext }))
  const [encrypt, decrypt, generate] = await capture([
    new EncryptCommand({ KeyId, Plaintext, EncryptionContext }),
    new DecryptCommand({ CiphertextBlob, EncryptionContext }),
    new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext }),
  ])
  const open = async (sample) => {
    const blob = Buffer.from(JSON.parse(sample).CiphertextBlob, 'base64')
    return (await client.send(new DecryptCommand({ CiphertextBlob: blob, EncryptionContext }))).Plaintext
  }
  const check = {
    Encrypt: async (sample) => Plaintext.equals(await open(sample)),
    Decrypt: (sample) => Plaintext.equals(Buffer.from(JSON.parse(sample).Plaintext, 'base64')),
    GenerateDataKey: async (sample) =>
      Buffer.from(JSON.parse(sample).Plaintext, 'base64').equals(await open(sample)),
    CreateKey: (sample) => JSON.parse(sample).KeyMetadata.Arn.startsWith('arn:aws:kms:'),
  }
  return {
    requests: { Encrypt: encrypt, Decrypt: decrypt, GenerateDataKey: generate },
    check: (operation, sample) => check[operation](sample),
    end: () => client.destroy(),
  }
}

/** The bare server gets the same bytes as the KMS; its answer is opened with the key that it holds. */
function checkBare(sample) {
  const blob = Buffer.from(JSON.parse(sample).CiphertextBlob, 'base64')
  const decipher = createDecipheriv('aes-256-gcm', Buffer.alloc(32, 7), blob.subarray(0, 12))
  decipher.setAuthTag(blob.subarray(12, 28))
  const opened = Buffer.concat([decipher.update(blob.subarray(28)), decipher.final()])
  return opened.toString().startsWith('{')
}

const servers = {
  bare: await startServer('bare-server.mjs'),
  node: await startServer('kms-server.mjs', 'node'),
  fast: await startServer('kms-server.mjs', 'fast'),
}
const names = Object.keys(servers)
const prepared = { node: await prepareKms(servers.node), fast: await prepareKms(servers.fast) }
prepared.bare = { requests: prepared.node.requests, check: (_operation, sample) => checkBare(sample) }

const operations = ['Encrypt', 'Decrypt', 'GenerateDataKey', 'CreateKey']
const results = Object.fromEntries(
  operations.map((operation) => [
    operation,
    Object.fromEntries(names.map((name) => [name, { rates: [], perCpu: [], busy: [] }])),
  ]),
)

async function measure(operation, name, createKey) {
  const server = servers[name]
  const requests = [operation === 'CreateKey' ? createKey : prepared[name].requests[operation]]
  const before = await server.usage()
  const { answers, refused, sample, perSecond } = await load({ port: server.port, requests, seconds })
  const used = (await server.usage()).cpu - before.cpu
  if (refused > 0) throw new Error(`${name}, ${operation}: ${refused} of ${answers} answers were no 2xx`)
  if (!(await prepared[name].check(operation, sample))) {
    throw new Error(`${name}, ${operation}: an answer does not open`)
  }
  const result = results[operation][name]
  result.rates.push(perSecond)
  result.perCpu.push(answers / used)
  result.busy.push((used * perSecond) / answers)
}

/** An account of its own for each round: no account comes near its quota of keys. */
async function newKeyRequest(n) {
  const [createKey] = await capture([new CreateKeyCommand({})], { accountId: `${222200000000 + n}` })
  return createKey
}

/** V8 compiles what runs often: a server's first ten thousand requests cost several times as much as the others. */
async function warm(operation, name, createKey) {
  const requests = [operation === 'CreateKey' ? createKey : prepared[name].requests[operation]]
  const { refused } = await load({ port: servers[name].port, requests, count: warmUp })
  if (refused > 0) throw new Error(`${name}, ${operation}: ${refused} answers were no 2xx`)
}

// CreateKey by itself: what it leaves to the garbage collector would be counted with whatever comes after it.
for (const group of [operations.filter((operation) => operation !== 'CreateKey'), ['CreateKey']]) {
  for (let round = 0; round <= rounds; round += 1) {
    const createKey = await newKeyRequest(round)
    const run = round === 0 ? warm : measure
    for (const operation of group) for (const name of names) await run(operation, name, createKey)
  }
}

const misses = []
const judged = (label, value, met) => {
  if (!met) misses.push(label)
  return `${value}${met ? '' : ' ✗'}`
}
const cells = (first, ...rest) =>
  console.log(first.padEnd(18) + rest.map((cell) => String(cell).padStart(15)).join(''))

console.log(
  `\nAnswers per second, median of ${rounds} interleaved rounds of ${seconds} s, 16 connections; server busy in %`,
)
cells('', 'bare', 'ours, node', 'ours, fast', 'node/bare', 'fast/bare', 'fast/node')
cells('target', '', '', '', '≥ 0.60', '≥ 1.10', '≥ 1.60')
for (const by of ['rates', 'perCpu']) {
  if (by === 'perCpu')
    console.log('\nThe same per second of the server’s CPU time (other load on the machine counts less)')
  for (const operation of operations) {
    const result = results[operation]
    const [bare, node, fast] = names.map((name) => median(result[name][by]))
    // Of CreateKey no more is asked than to be in the order of Encrypt: see below.
    const isJudged = by === 'rates' && operation !== 'CreateKey'
    const ratio = (kind, value, target) =>
      isJudged ? judged(`${operation} ${kind}`, value.toFixed(2), value >= target) : value.toFixed(2)
    const shown = names.map((name, index) => {
      const rate = Math.round([bare, node, fast][index])
      return by === 'rates' ? `${rate} (${Math.round(median(result[name].busy) * 100)} %)` : rate
    })
    cells(
      operation,
      ...shown,
      ratio('node/bare', node / bare, 0.6),
      ratio('fast/bare', fast / bare, 1.1),
      ratio('fast/node', fast / node, 1.6),
    )
  }
}
console.log('\nCreateKey to Encrypt')
for (const name of ['node', 'fast']) {
  const [encrypt, create] = ['Encrypt', 'CreateKey'].map((operation) =>
    median(results[operation][name].rates),
  )
  const value = create / encrypt
  cells(`ours, ${name}`, judged(`CreateKey/Encrypt, ${name}`, value.toFixed(2), value >= 0.5), '≥ 0.50')
}
prepared.node.end()
prepared.fast.end()
for (const server of Object.values(servers)) server.stop()

const pure = await message(fork(here('pure-handler.mjs')))
console.log('\nThe pure handler, calls per second')
for (const [name, rate] of Object.entries(pure)) {
  cells(name, Math.round(rate), (rate / pure['one AES-256-GCM']).toFixed(2))
}

const keys = options.million ? 10_000 : 1_000
const count = options.million ? 1_000_000 : 100_000
const command = await commandMeasures({ keys, count, clientOf })
console.log('\nThe command')
cells(
  'first answer',
  judged('first answer', `${command.firstAnswer} ms`, command.firstAnswer <= 150),
  '≤ 150 ms',
)
cells('node -e 0', `${command.floor} ms`)
cells('idle', judged('idle', `${command.idle} MB`, command.idle < 70), '< 70 MB')
cells(
  `after ${count}`,
  judged('memory', `${command.after} MB`, command.after < 150),
  '< 150 MB',
  `${keys} keys, ${Math.round(command.perSecond)} answers/s`,
)
if (misses.length > 0) console.log(`\nmissed: ${misses.join(', ')}`)
if (options.check && misses.length > 0) process.exitCode = 1
