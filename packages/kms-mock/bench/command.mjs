import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CreateKeyCommand, DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms'
import { load } from './load.mjs'
import { capture } from './requests.mjs'

const bin = fileURLToPath(new URL('../bin/sealring-kms-mock.cjs', import.meta.url))
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const megabytes = (pid) =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024)

async function start() {
  const child = spawn(process.execPath, [bin, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  return { child, port: Number(/:(\d+)/.exec(String(line))[1]) }
}

async function stop({ child }) {
  child.kill('SIGTERM')
  await once(child, 'exit')
}

async function spawned(...args) {
  const began = performance.now()
  await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit')
  return performance.now() - began
}

/** The command as users start it: time to its first answer to a signed request, and its memory (RSS, MB). */
export async function commandMeasures({ keys, count, clientOf }) {
  const createKey = await capture([new CreateKeyCommand({})])
  const firsts = []
  const floors = []
  for (let n = 0; n < 7; n += 1) {
    const began = performance.now()
    const command = await start()
    const { refused } = await load({ port: command.port, requests: createKey, connections: 1, count: 1 })
    firsts.push(performance.now() - began)
    if (refused > 0) throw new Error('the first answer is no 2xx')
    await stop(command)
    floors.push(await spawned('-e', '0'))
  }
  const command = await start()
  await sleep(1000)
  const idle = megabytes(command.child.pid)

  const client = clientOf(command.port)
  const ids = []
  for (let n = 0; n < keys; n += 1) ids.push((await client.send(new CreateKeyCommand({}))).KeyMetadata.KeyId)
  const Plaintext = Buffer.alloc(32, 1)
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: ids[0], Plaintext }))
  client.destroy()
  const requests = await capture([
    ...ids.map((KeyId) => new EncryptCommand({ KeyId, Plaintext })),
    new DecryptCommand({ CiphertextBlob }),
  ])
  const { refused, perSecond } = await load({ port: command.port, requests, count })
  if (refused > 0) throw new Error(`${refused} answers were no 2xx`)
  const after = megabytes(command.child.pid)
  await stop(command)
  const [firstAnswer, floor] = [firsts, floors].map((values) => Math.round(median(values)))
  return { firstAnswer, floor, idle, after, perSecond }
}
