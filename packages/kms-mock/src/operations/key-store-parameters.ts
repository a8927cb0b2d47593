import { validationError } from '../errors.js'
import type { Input } from '../model/input.js'
import type { CustomKeyStore, XksProxySettings } from '../state/custom-key-store.js'

type Parameters = Input<'CreateCustomKeyStore'> & Input<'UpdateCustomKeyStore'>

const parametersOf = {
  AWS_CLOUDHSM: ['CloudHsmClusterId', 'KeyStorePassword', 'TrustAnchorCertificate'],
  EXTERNAL_KEY_STORE: [
    'XksProxyUriEndpoint',
    'XksProxyUriPath',
    'XksProxyAuthenticationCredential',
    'XksProxyConnectivity',
    'XksProxyVpcEndpointServiceName',
    'XksProxyVpcEndpointServiceOwner',
  ],
} as const satisfies Record<CustomKeyStore['type'], readonly (keyof Parameters)[]>

/**
 * Refuses parameters of the other type of key store.
 * @throws KmsError ValidationException
 */
export const checkParametersOfType = (type: CustomKeyStore['type'], input: Partial<Parameters>): void => {
  const others = type === 'AWS_CLOUDHSM' ? parametersOf.EXTERNAL_KEY_STORE : parametersOf.AWS_CLOUDHSM
  const wrong = others.filter((name) => input[name] !== undefined)
  if (wrong.length > 0) {
    throw validationError(`${wrong.join(', ')} cannot be specified for a custom key store of type ${type}.`)
  }
}

/**
 * A parameter that the type of key store needs.
 * @throws KmsError ValidationException
 */
export const required = <T>(name: string, value: T | undefined): T => {
  if (value === undefined) throw validationError(`${name} is required for this custom key store.`)
  return value
}

/**
 * The proxy settings of a request, on top of those that are there.
 * @throws KmsError ValidationException
 */
export const proxySettings = (
  input: Partial<Parameters>,
  before: Partial<XksProxySettings>,
  accountId: string,
): XksProxySettings => {
  const {
    XksProxyAuthenticationCredential: credential,
    XksProxyVpcEndpointServiceName: givenName,
    XksProxyVpcEndpointServiceOwner: givenOwner,
  } = input
  const connectivity = required('XksProxyConnectivity', input.XksProxyConnectivity ?? before.connectivity)
  const common = {
    connectivity,
    uriEndpoint: required('XksProxyUriEndpoint', input.XksProxyUriEndpoint ?? before.uriEndpoint),
    uriPath: required('XksProxyUriPath', input.XksProxyUriPath ?? before.uriPath),
    accessKeyId: required('XksProxyAuthenticationCredential', credential?.AccessKeyId ?? before.accessKeyId),
    rawSecretAccessKey: required(
      'XksProxyAuthenticationCredential',
      credential?.RawSecretAccessKey ?? before.rawSecretAccessKey,
    ),
  }
  if (connectivity === 'PUBLIC_ENDPOINT') {
    if (givenName !== undefined || givenOwner !== undefined) {
      throw validationError('A VPC endpoint service cannot be specified with PUBLIC_ENDPOINT connectivity.')
    }
    return common
  }
  return {
    ...common,
    vpcEndpointServiceName: required(
      'XksProxyVpcEndpointServiceName',
      givenName ?? before.vpcEndpointServiceName,
    ),
    vpcEndpointServiceOwner: givenOwner ?? before.vpcEndpointServiceOwner ?? accountId,
  }
}
