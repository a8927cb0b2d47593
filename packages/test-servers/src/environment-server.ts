import type { ClientOptions, Credentials, ServerKind, Service } from './server-kind.js'

/** The AWS variables that a server from the environment is spoken to with; `test` where they are unset. */
function environmentCredentials(): Credentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env
  return {
    accessKeyId: AWS_ACCESS_KEY_ID || 'test',
    secretAccessKey: AWS_SECRET_ACCESS_KEY || 'test',
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  }
}

/** Region, credentials and endpoint of a server that somebody else runs. */
export function environmentClientOptions(endpoint: string): ClientOptions {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env
  return {
    endpoint,
    region: AWS_REGION || AWS_DEFAULT_REGION || 'us-east-1',
    credentials: environmentCredentials(),
  }
}

/** The server whose endpoint an environment variable names; undefined when the variable is unset. */
export function environmentServer<Extra extends object>(
  service: Service,
  variable: string,
  extra: Extra,
): ServerKind<ClientOptions & Extra> | undefined {
  const endpoint = process.env[variable]
  if (!endpoint) return undefined
  const clientOptions = { ...environmentClientOptions(endpoint), ...extra }
  return {
    service,
    id: 'environment',
    from: 'environment',
    checks: [],
    unavailable: () => Promise.resolve(undefined),
    start: () =>
      Promise.resolve({
        service,
        id: 'environment',
        endpoint,
        region: clientOptions.region,
        credentials: clientOptions.credentials,
        clientOptions,
        knownFaults: [],
        checks: [],
        stop: () => Promise.resolve(),
      }),
  }
}
