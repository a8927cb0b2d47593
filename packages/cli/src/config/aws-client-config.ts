import { CliError } from '../cli-error.js'

/** Options of an AWS client; what is left out comes from the environment, as for every AWS tool. */
export interface AwsClientConfig {
  region?: string
  endpoint?: string
  requestHandler: { connectionTimeout: number; requestTimeout: number; throwOnRequestTimeout: boolean }
}

/** A location that doesn't answer must not hold up a command that another location can serve. In milliseconds. */
const timeouts = { connectionTimeout: 3_000, requestTimeout: 30_000, throwOnRequestTimeout: true }

/** Fails with CONFIG_INVALID where neither the configuration nor the environment names a region. */
export async function checkRegion(whose: string, region: () => Promise<string>): Promise<void> {
  try {
    await region()
  } catch (cause) {
    throw new CliError('CONFIG_INVALID', `No AWS region is known for ${whose}.`, {
      cause,
      hint: 'set "region" there in the configuration, or AWS_REGION, or a region in your AWS profile',
    })
  }
}

export function awsClientConfig(service: { region?: string; endpoint?: string }): AwsClientConfig {
  const { region, endpoint } = service
  return {
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    requestHandler: { ...timeouts },
  }
}
