import { isIP } from 'node:net'
import { errorAnswer } from '../aws-json.js'
import type { AwsJsonRequest, JsonAnswer } from '../aws-json.js'
import { KmsError } from '../errors.js'

/** A request over HTTP, with what tells a browser's from others. The fast transport leaves those with an Origin to node:http. */
export interface HttpRequest extends AwsJsonRequest {
  /** The header Origin. Browsers send it with every request but a GET to the page's own origin. */
  origin?: string | undefined
  /** The header Host. */
  host?: string | undefined
}

/** Whether a Host is an address, or a name that never leaves the machine (RFC 6761, section 6.3). */
const isLocal = (host: string): boolean => {
  const name = host.toLowerCase().replace(/:\d*$/, '')
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || /^(?:.+\.)?localhost$/.test(name)
}

/**
 * Whether a request may be a web page's, that somebody on this machine has open, and is to be refused. No page has
 * business with the administration. KMS itself (`/`) is out of reach for pages of other origins: X-Amz-Target makes the browser
 * ask first (a preflight), and nothing here says yes. What is left is a page whose domain leads here once it is loaded
 * (DNS rebinding): its requests bear that domain as their Host. `anyHost`: the server listens beyond loopback, under
 * names that only its users know.
 */
export const isForeignPage = ({ path, origin, host }: HttpRequest, anyHost: boolean): boolean => {
  if (path === '/' && origin === undefined) return false
  const isRebound = !anyHost && host !== undefined && !isLocal(host)
  return isRebound || (path !== '/' && origin !== undefined)
}

/** What a page gets. */
export const refusePage = (): JsonAnswer => ({
  ...errorAnswer(
    new KmsError(
      'AccessDeniedException',
      'kms-mock takes no such request with an Origin, or under this Host.',
    ),
  ),
  statusCode: 403,
})
