import { parseArgs } from 'node:util'
import { createKms } from './kms.js'
import type { KmsConfig } from './read-config-file.js'
import type { PresetKey } from './state/preset-key.js'

const help = `sealring-kms-mock: an AWS KMS for tests and local use

Usage: npx @sealring/kms-mock [--port N] [--host HOST] [--allow-non-loopback] [--region REGION] [--state FILE]
                              [--keys FILE] [--config FILE] [--seed TEXT] [--json] [--transport KIND]

  --port N         the port to listen on (default 8080; 0 takes a free one)
  --host HOST      the address to listen on (default 127.0.0.1)
  --allow-non-loopback
                   permits a host beyond loopback: whoever reaches it may use every key
  --region REGION  the region of unsigned requests (default us-east-1)
  --state FILE     keeps all that there is in FILE (mode 0600); without it, it ends with the process
  --keys FILE      keys that are there from the start, and after POST /reset (JSON, see the README)
  --config FILE    account, clock, clusters, external key store proxies and more (JSON, see the README);
                   what an option says as well, the option decides
  --seed TEXT      the same key ids and key material each time: for tests, never for secrets
  --json           one line of JSON per request on standard output; no plaintext, no key bytes
  --transport KIND fast (default), or node: node:http reads every request
  --help           prints this

Point any AWS SDK or the AWS CLI at the printed address, for example:
  aws kms create-key --endpoint-url http://127.0.0.1:8080

Beside KMS: GET /health, POST /reset, GET and POST /clock, POST and DELETE /faults, GET /calls (see the README).
SIGTERM and SIGINT stop it once the requests under way are answered.
`

const usageError = 2
const runtimeError = 1

const options = {
  port: { type: 'string', default: '8080' },
  host: { type: 'string', default: '127.0.0.1' },
  'allow-non-loopback': { type: 'boolean', default: false },
  region: { type: 'string' },
  state: { type: 'string' },
  keys: { type: 'string' },
  config: { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'boolean', default: false },
  transport: { type: 'string', default: 'fast' },
  help: { type: 'boolean', default: false },
} as const

const isTransport = (text: string): text is 'fast' | 'node' => text === 'fast' || text === 'node'

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values']

const fail = (error: unknown, exitCode: number): void => {
  process.stderr.write(`sealring-kms-mock: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = exitCode
}

const writeLine = (entry: object): void => void process.stdout.write(`${JSON.stringify(entry)}\n`)

const parse = (): Values | undefined => {
  try {
    const { values } = parseArgs({ options })
    if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65535)
      throw new Error('--port takes 0 to 65535')
    if (!isTransport(values.transport)) throw new Error('--transport takes fast or node')
    return values
  } catch (error) {
    fail(error, usageError)
    return undefined
  }
}

const presets = async (path: string): Promise<PresetKey[]> => {
  // Loaded on use: most starts need no schema.
  const { readKeysFile } = await import('./read-keys-file.js')
  return readKeysFile(path)
}

const config = async (path: string): Promise<KmsConfig> => {
  const { readConfigFile } = await import('./read-config-file.js')
  return readConfigFile(path)
}

const start = async (values: Values): Promise<void> => {
  const kms = createKms({
    ...(values.config !== undefined && (await config(values.config))),
    ...(values.region !== undefined && { region: values.region }),
    ...(values.state !== undefined && { stateFile: values.state }),
    ...(values.keys !== undefined && { keys: await presets(values.keys) }),
    ...(values.seed !== undefined && { seed: values.seed }),
  })
  const server = await kms.listen({
    port: Number(values.port),
    host: values.host,
    allowNonLoopback: values['allow-non-loopback'],
    ...(isTransport(values.transport) && { transport: values.transport }),
    ...(values.json && { log: writeLine }),
  })
  const { url } = server
  const state = values.state === undefined ? 'in memory' : `in ${values.state}`
  if (values.json) writeLine({ time: new Date().toISOString(), listening: url, state: values.state ?? null })
  else process.stdout.write(`sealring-kms-mock listens on ${url} (state ${state})\n`)
  // Whoever read the lines is gone: no reason to stop serving.
  process.stdout.on('error', () => undefined)
  const stop = (): void => void server.close().catch((error: unknown) => fail(error, runtimeError))
  // Again and again: a second signal must not cut what the first one gave time to.
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

const values = parse()
if (values?.help === true) process.stdout.write(help)
else if (values !== undefined) void start(values).catch((error: unknown) => fail(error, runtimeError))
