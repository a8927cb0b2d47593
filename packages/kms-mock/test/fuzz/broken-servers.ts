import type { Kms, KmsServer, ListenOptions } from '@sealring/kms-mock'
import type { Handle } from '#src/aws-json.js'
import { KmsError } from '#src/errors.js'
import { listenHttp } from '#src/http-server.js'
import type { FuzzOptions } from './run-fuzz.js'

type Input = Readonly<Record<string, unknown>>
type Break = (input: Input, operation: string) => Promise<never> | undefined

/** A KMS with a fault, to see that it is found. */
export interface BrokenServer extends Partial<Pick<FuzzOptions, 'milliseconds' | 'growthBytes' | 'block'>> {
  /** It…; also what the command calls it. */
  readonly name: string
  readonly finding: RegExp
  /** Finds it soon; any other does too. */
  readonly seed?: number
  /** It takes the whole thread with it. */
  readonly endsThread?: boolean
  /** Runs before an operation does. */
  readonly breaks: Break
}

const isInput = (value: unknown): value is Input => typeof value === 'object' && value !== null

const fails = (error: Error): never => {
  throw error
}
let kept: unknown[] = []

/** All of them. */
export const brokenServers: readonly BrokenServer[] = [
  {
    name: 'throws a TypeError for a context that is a list',
    seed: 8,
    finding: /status 500: .*KMSInternalException/,
    breaks: ({ EncryptionContext }) =>
      Array.isArray(EncryptionContext) ? fails(new TypeError('not a map')) : undefined,
  },
  {
    name: 'rejects with a TypeError for a number of bytes of 0',
    seed: 4,
    finding: /status 500: .*KMSInternalException/,
    breaks: ({ NumberOfBytes }) =>
      NumberOfBytes === 0 ? Promise.reject(new TypeError('no bytes')) : undefined,
  },
  {
    name: 'repeats a plaintext that it does not like',
    seed: 8,
    finding: /the message of ValidationException repeats a secret/,
    breaks: ({ Plaintext, KeyId }) =>
      typeof Plaintext === 'string' && KeyId === undefined
        ? fails(new KmsError('ValidationException', `no key for ${Plaintext}`))
        : undefined,
  },
  {
    name: 'answers with an error that the operation does not have',
    seed: 4,
    finding: /DisabledException is no error of ListKeys/,
    breaks: ({ Limit }, operation) =>
      operation === 'ListKeys' && Limit === 0 ? fails(new KmsError('DisabledException', 'no')) : undefined,
  },
  {
    name: 'never answers a request with a marker',
    finding: /no answer in time/,
    milliseconds: 1000,
    breaks: ({ Marker }) => (Marker === undefined ? undefined : new Promise<never>(() => undefined)),
  },
  {
    name: 'forgets a promise that fails',
    finding: /nobody caught RangeError: forgotten/,
    endsThread: true,
    breaks: ({ KeyId }) => {
      if (KeyId === '') void Promise.reject(new RangeError('forgotten'))
      return undefined
    },
  },
  {
    name: 'keeps something of each request',
    finding: /memory grew by/,
    // Half of what it keeps of a block.
    growthBytes: 2 ** 22,
    block: 250,
    breaks: () => {
      kept.push(Array.from({ length: 4000 }, (_value, n) => n))
      return undefined
    },
  },
  {
    name: 'never leaves the processor for a null key',
    finding: /it does not end/,
    endsThread: true,
    breaks: ({ KeyId }) => {
      // oxlint-disable-next-line eslint/no-unmodified-loop-condition -- that is the fault
      while (KeyId === null);
      return undefined
    },
  },
]

/** Options for a run on one of them. */
export const brokenOptions = ({
  breaks,
  name: _name,
  finding: until,
  endsThread: _endsThread,
  seed: _seed,
  ...options
}: BrokenServer): Partial<FuzzOptions> => ({
  ...options,
  until,
  listen: (kms: Kms, listenOptions: ListenOptions): Promise<KmsServer> => {
    const handle: Handle = (operation, input, caller) =>
      (isInput(input) ? breaks(input, operation) : undefined) ?? kms.handle(operation, input, caller)
    const fallback = { region: 'us-east-1', accountId: '111122223333' }
    // What another run kept would weigh on all that comes after it.
    kept = []
    return listenHttp({ handle, fallback, controls: kms }, listenOptions)
  },
})

export const brokenServer = (name: string): BrokenServer => {
  const found = brokenServers.find((broken) => broken.name === name)
  if (found === undefined) throw new Error(`there is no broken server that ${name}`)
  return found
}
