import { createKms } from '@sealring/kms-mock'
import type { Kms, KmsOptions } from '@sealring/kms-mock'
import { environmentClientOptions } from './environment-server.js'
import type { ClientOptions, Credentials } from './server-kind.js'

/** A KMS that answers over HTTP. */
export interface RunningKms {
  readonly id: 'kms-mock' | 'environment'
  readonly endpoint: string
  readonly region: string
  readonly credentials: Credentials
  /** Pass this to `KMSClient` or `KMS` as it stands. */
  readonly clientOptions: ClientOptions
  /** Clock, faults and audit of kms-mock; absent when the endpoint came from the environment. */
  readonly kms?: Kms
  /** Stops listening; may be called more than once; a no-op for a KMS that isn't ours. */
  stop(): Promise<void>
}

/**
 * Starts a KMS: the endpoint in `SEALRING_TEST_KMS_ENDPOINT` if there is one, otherwise kms-mock on a free loopback
 * port. kms-mock runs in this process, so it ends with it however that ends.
 * @param options those of `createKms`; unused for a KMS from the environment
 */
export async function startKms(options: KmsOptions = {}): Promise<RunningKms> {
  const fromEnvironment = process.env['SEALRING_TEST_KMS_ENDPOINT']
  if (fromEnvironment) {
    const clientOptions = environmentClientOptions(fromEnvironment)
    return { id: 'environment', ...clientOptions, clientOptions, stop: () => Promise.resolve() }
  }
  const kms = createKms(options)
  const server = await kms.listen()
  const clientOptions: ClientOptions = {
    endpoint: server.url,
    region: options.region ?? 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }
  let closed: Promise<void> | undefined
  return { id: 'kms-mock', ...clientOptions, clientOptions, kms, stop: () => (closed ??= server.close()) }
}
