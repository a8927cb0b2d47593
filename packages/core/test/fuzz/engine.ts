import type { Duplex, Readable } from 'node:stream'
import * as envelope from '@sealring/core/envelope'
import type {
  ClientOptions,
  DecryptOptions,
  DecryptOutput,
  HeaderInfo,
  InspectOptions,
  MaterialsSource,
  MessageInfo,
} from '@sealring/core/envelope'

type OpenStream = (source: MaterialsSource, options?: DecryptOptions) => Duplex

/** What is fuzzed of a client. Functions that it doesn't have are no targets. */
export interface FuzzedClient {
  readonly decrypt: (
    source: MaterialsSource,
    message: Uint8Array | Readable,
    options?: DecryptOptions,
  ) => Promise<DecryptOutput>
  readonly decryptStream?: OpenStream
  readonly decryptUnsignedMessageStream?: OpenStream
}

/** What is fuzzed: the engine, or one that was broken to see that the fuzzer notices. */
export interface FuzzedEngine {
  readonly buildClient: (options: ClientOptions) => FuzzedClient
  readonly inspect: (message: Uint8Array, options?: InspectOptions) => MessageInfo
  readonly inspectHeader?: (message: Uint8Array, options?: InspectOptions) => HeaderInfo
  readonly decryptRange?: typeof envelope.decryptRange
}

/** Ours. */
export const engine: FuzzedEngine = {
  buildClient: (options) => envelope.buildClient(options),
  inspect: envelope.inspect,
  inspectHeader: envelope.inspectHeader,
  decryptRange: envelope.decryptRange,
}
