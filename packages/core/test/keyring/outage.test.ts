import {
  DependencyTimeoutException,
  DisabledException,
  KMSInternalException,
  KMSServiceException,
} from '@aws-sdk/client-kms'
import { KeyringError } from '@sealring/core'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { isOutage } from '#src/keyring/outage.js'

const answered = (httpStatusCode: number) => ({ message: 'm', $metadata: { httpStatusCode } })
const service = (name: string, status: number) =>
  new KMSServiceException({ ...answered(status), name, $fault: status < 500 ? 'client' : 'server' })
const network = (code: string) => Object.assign(new Error(code), { code })
const wrapped = (cause: unknown) => new KeyringError('DATA_KEY_NOT_WRAPPED', 'm', { cause })

const outages: Readonly<Record<string, unknown>> = {
  'a refused connection': network('ECONNREFUSED'),
  'a cut connection': network('ECONNRESET'),
  'a name that is not resolved': network('ENOTFOUND'),
  'a timeout of the SDK': Object.assign(new Error('m'), { name: 'TimeoutError' }),
  'a timeout of a signal': new DOMException('m', 'TimeoutError'),
  throttling: service('ThrottlingException', 400),
  'too many requests': service('SomethingNew', 429),
  'a gateway that reaches nobody': service('Unknown', 503),
  'a timeout behind the service': new DependencyTimeoutException(answered(500)),
  'fetch, which tells in its cause': new TypeError('fetch failed', { cause: network('ECONNREFUSED') }),
  'an outage within a KeyringError': wrapped(network('ETIMEDOUT')),
  'several outages': wrapped(new AggregateError([network('EPIPE'), service('ThrottlingException', 400)])),
}
const circular = new Error('m')
circular.cause = circular
const others: Readonly<Record<string, unknown>> = {
  'a refusal': service('AccessDeniedException', 400),
  'a disabled key': new DisabledException(answered(400)),
  'an internal error': new KMSInternalException(answered(500)),
  'a refusal whose answer was read badly': Object.assign(service('AccessDeniedException', 403), {
    cause: network('ECONNRESET'),
  }),
  'an outage beside a refusal': wrapped(
    new AggregateError([network('EPIPE'), service('AccessDeniedException', 400)]),
  ),
  'an AggregateError of nothing': new AggregateError([]),
  'missing credentials': Object.assign(new Error('m'), { name: 'CredentialsProviderError' }),
  'a certificate that is not trusted': network('CERT_HAS_EXPIRED'),
  'a plain error': new Error('m'),
  'an error that is its own cause': circular,
  'an aborted call': new DOMException('m', 'AbortError'),
  'no error': 'ECONNREFUSED',
  nothing: undefined,
}

describe('isOutage', () => {
  for (const [what, error] of Object.entries(outages))
    it(`is true for ${what}`, () => expect(isOutage(error)).to.equal(true))
  for (const [what, error] of Object.entries(others))
    it(`is false for ${what}`, () => expect(isOutage(error)).to.equal(false))
})
