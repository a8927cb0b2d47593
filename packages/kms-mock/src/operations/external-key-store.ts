import { KmsError } from '../errors.js'
import type { Outside, XksKey, XksProxy, XksProxyTrouble } from '../outside.js'
import { isSameSecret } from '../same-secret.js'
import type {
  ConnectionErrorCode,
  CustomKeyStore,
  ExternalKeyStore,
  XksProxySettings,
} from '../state/custom-key-store.js'

/** What is wrong with a proxy: the error of the operations that talk to it, and the error code of connecting. */
interface Problem {
  readonly error: string
  readonly message: string
  readonly errorCode: ConnectionErrorCode
}

const unreachable: Problem = {
  error: 'XksProxyUriUnreachableException',
  message: 'The external key store proxy cannot be reached at this endpoint and path.',
  errorCode: 'XKS_PROXY_NOT_REACHABLE',
}
const wrongCredential: Problem = {
  error: 'XksProxyIncorrectAuthenticationCredentialException',
  message: 'The external key store proxy does not accept the authentication credential.',
  errorCode: 'INVALID_CREDENTIALS',
}
const troubles: Readonly<Record<XksProxyTrouble, Problem>> = {
  UNREACHABLE: unreachable,
  TIMED_OUT: { ...unreachable, errorCode: 'XKS_PROXY_TIMED_OUT' },
  INVALID_RESPONSE: {
    error: 'XksProxyInvalidResponseException',
    message: 'The answer of the external key store proxy cannot be understood.',
    errorCode: 'XKS_PROXY_INVALID_RESPONSE',
  },
  INVALID_CONFIGURATION: {
    error: 'XksProxyInvalidConfigurationException',
    message: 'The external key store proxy is not configured correctly.',
    errorCode: 'XKS_PROXY_INVALID_CONFIGURATION',
  },
  INVALID_TLS_CONFIGURATION: {
    error: 'XksProxyInvalidConfigurationException',
    message: 'The TLS configuration of the external key store proxy is not valid.',
    errorCode: 'XKS_PROXY_INVALID_TLS_CONFIGURATION',
  },
  ACCESS_DENIED: {
    error: 'XksProxyInvalidConfigurationException',
    message: 'The external key store proxy denies access.',
    errorCode: 'XKS_PROXY_ACCESS_DENIED',
  },
}

const serviceNotFound: Problem = {
  error: 'XksProxyVpcEndpointServiceNotFoundException',
  message: 'The VPC endpoint service is not found.',
  errorCode: 'XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND',
}
const wrongService: Problem = {
  error: 'XksProxyVpcEndpointServiceInvalidConfigurationException',
  message: 'The VPC endpoint service does not fulfil the requirements of an external key store.',
  errorCode: 'XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION',
}

/** The proxies that a connectivity leads to, and what is wrong on the way. */
const proxiesFor = (outside: Outside, settings: XksProxySettings): readonly XksProxy[] | Problem => {
  if (settings.connectivity === 'PUBLIC_ENDPOINT') {
    return outside.xksProxies.filter((proxy) => proxy.vpcEndpointService === undefined)
  }
  const behind = outside.xksProxies.filter(
    ({ vpcEndpointService: service }) =>
      service !== undefined &&
      service.name === settings.vpcEndpointServiceName &&
      (service.owner ?? settings.vpcEndpointServiceOwner) === settings.vpcEndpointServiceOwner,
  )
  if (behind.length === 0) return serviceNotFound
  const isRight = behind.some(
    ({ vpcEndpointService, uriEndpoint }) =>
      vpcEndpointService?.misconfigured !== true && uriEndpoint === settings.uriEndpoint,
  )
  return isRight ? behind : wrongService
}

const isProblem = (found: readonly XksProxy[] | Problem): found is Problem => 'errorCode' in found

const proxyAt = (outside: Outside, settings: XksProxySettings): XksProxy | undefined => {
  const found = proxiesFor(outside, settings)
  return isProblem(found)
    ? undefined
    : found.find(
        ({ uriEndpoint, uriPath }) => uriEndpoint === settings.uriEndpoint && uriPath === settings.uriPath,
      )
}

const problemWith = (outside: Outside, settings: XksProxySettings): Problem | undefined => {
  const found = proxiesFor(outside, settings)
  if (isProblem(found)) return found
  const proxy = proxyAt(outside, settings)
  if (proxy === undefined) return unreachable
  if (proxy.trouble !== undefined) return troubles[proxy.trouble]
  const { accessKeyId, rawSecretAccessKey } = settings
  const isAccepted =
    proxy.accessKeyId === accessKeyId && isSameSecret(proxy.rawSecretAccessKey, rawSecretAccessKey)
  return isAccepted ? undefined : wrongCredential
}

/** What connecting an external key store comes to; nothing when it succeeds. */
export const connectProxy = (
  outside: Outside,
  { proxy }: ExternalKeyStore,
): ConnectionErrorCode | undefined => problemWith(outside, proxy)?.errorCode

/**
 * Checks how a key store is to reach its proxy. A public endpoint is asked; behind a VPC endpoint service, the
 * proxy is asked only when the key store is connected, or is so already (API Reference, CreateCustomKeyStore, "XksProxyUriEndpoint").
 * @throws KmsError XksProxyUriUnreachableException and the other errors of the proxy and the endpoint service
 */
export const checkProxy = (outside: Outside, settings: XksProxySettings, isConnected = false): void => {
  const isAsked = isConnected || settings.connectivity === 'PUBLIC_ENDPOINT'
  const found = isAsked ? problemWith(outside, settings) : proxiesFor(outside, settings)
  if (found !== undefined && 'errorCode' in found) throw new KmsError(found.error, found.message)
}

/**
 * Refuses what another external key store has to itself (API Reference, CreateCustomKeyStore, "Uniqueness requirements").
 * @throws KmsError XksProxyUriInUseException, XksProxyUriEndpointInUseException, XksProxyVpcEndpointServiceInUseException
 */
export const checkProxyIsFree = (others: readonly CustomKeyStore[], wanted: XksProxySettings): void => {
  const { uriEndpoint, uriPath, connectivity, vpcEndpointServiceName } = wanted
  const taken = others.flatMap((store) => (store.type === 'EXTERNAL_KEY_STORE' ? [store.proxy] : []))
  const atEndpoint = taken.filter((proxy) => proxy.uriEndpoint === uriEndpoint)
  if (atEndpoint.some((proxy) => proxy.uriPath === uriPath)) {
    throw new KmsError(
      'XksProxyUriInUseException',
      'The endpoint and path are those of another external key store already.',
    )
  }
  if (
    atEndpoint.some((proxy) => proxy.connectivity !== connectivity || connectivity === 'VPC_ENDPOINT_SERVICE')
  ) {
    throw new KmsError(
      'XksProxyUriEndpointInUseException',
      'The endpoint is that of another external key store already.',
    )
  }
  if (
    vpcEndpointServiceName !== undefined &&
    taken.some((proxy) => proxy.vpcEndpointServiceName === vpcEndpointServiceName)
  ) {
    throw new KmsError(
      'XksProxyVpcEndpointServiceInUseException',
      'The VPC endpoint service is that of another external key store already.',
    )
  }
}

/**
 * Checks that KMS reaches the proxy now, as each use of the key store needs it to (KMS Developer Guide, "Troubleshooting
 * external key stores": CustomKeyStoreInvalidStateException of CreateKey, KMSInvalidStateException of cryptographic operations).
 * @throws KmsError with this name
 */
export const requireProxy = (outside: Outside, { proxy }: ExternalKeyStore, name: string): void => {
  const problem = problemWith(outside, proxy)
  if (problem !== undefined) throw new KmsError(name, problem.message)
}

const isFit = ({
  keySpec = 'AES_256',
  keyStatus = 'ENABLED',
  keyUsage = ['ENCRYPT', 'DECRYPT'],
}: XksKey): boolean =>
  keySpec === 'AES_256' &&
  keyStatus === 'ENABLED' &&
  ['ENCRYPT', 'DECRYPT'].every((usage) => keyUsage.includes(usage))

/** What the proxy's answer on an external key may be called. */
interface XksKeyErrors {
  readonly notFound: string
  readonly unfit: string
}

/** Of CreateKey. */
export const newXksKeyErrors: XksKeyErrors = {
  notFound: 'XksKeyNotFoundException',
  unfit: 'XksKeyInvalidConfigurationException',
}

/** Of cryptographic operations (KMS Developer Guide, "Troubleshooting external key stores", cryptographic operation errors). */
export const usedXksKeyErrors: XksKeyErrors = {
  notFound: 'KMSInvalidStateException',
  unfit: 'KMSInvalidStateException',
}

/**
 * Checks the external key of a KMS key.
 * @throws KmsError with these names
 */
export const checkXksKey = (
  outside: Outside,
  { proxy }: ExternalKeyStore,
  xksKeyId: string,
  errors: XksKeyErrors,
): void => {
  const key = proxyAt(outside, proxy)?.keys?.find(({ id }) => id === xksKeyId)
  if (key === undefined) throw new KmsError(errors.notFound, `The external key ${xksKeyId} is not found.`)
  if (!isFit(key)) {
    throw new KmsError(
      errors.unfit,
      `The external key ${xksKeyId} must be an enabled AES-256 key for encryption and decryption.`,
    )
  }
}
