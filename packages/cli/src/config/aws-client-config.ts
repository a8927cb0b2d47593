/** Options of an AWS client; what is left out comes from the environment, as for every AWS tool. */
export interface AwsClientConfig {
  region?: string
  endpoint?: string
  requestHandler: { connectionTimeout: number; requestTimeout: number; throwOnRequestTimeout: boolean }
}

/** A location that doesn't answer must not hold up a command that another location can serve. In milliseconds. */
const timeouts = { connectionTimeout: 3_000, requestTimeout: 30_000, throwOnRequestTimeout: true }

export function awsClientConfig(service: { region?: string; endpoint?: string }): AwsClientConfig {
  const { region, endpoint } = service
  return {
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    requestHandler: { ...timeouts },
  }
}
