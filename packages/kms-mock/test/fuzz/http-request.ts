import type { Json } from './json.js'
import { jsonText } from './json.js'

/** A request as it goes over the wire, valid or not. */
export interface HttpRequest {
  method: string
  path: string
  version: string
  headers: [name: string, value: string][]
  body: Buffer
  /** What is sent in place of all this; for requests that are no HTTP. */
  raw?: Buffer
  /**
   * Whether node:http may take it for several requests, part of one, or none. It gets a connection of its own then, which
   * is ended behind it.
   */
  isOddlyFramed: boolean
}

const credential = 'AKIDEXAMPLE/20260101/us-east-1/kms/aws4_request'

/** The request that an SDK would send. */
export const sdkRequest = (operation: string, input: Json): HttpRequest => ({
  method: 'POST',
  path: '/',
  version: 'HTTP/1.1',
  headers: [
    ['Host', '127.0.0.1'],
    ['X-Amz-Target', `TrentService.${operation}`],
    ['Content-Type', 'application/x-amz-json-1.1'],
    ['X-Amz-Date', '20260101T000000Z'],
    [
      'Authorization',
      `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date;x-amz-target, Signature=${'0'.repeat(64)}`,
    ],
  ],
  body: Buffer.from(jsonText(input)),
  isOddlyFramed: false,
})

export const headerOf = ({ headers }: HttpRequest, name: string): string | undefined =>
  headers.find(([given]) => given.toLowerCase() === name)?.[1]

/** Replaces a header; without a value, leaves it out. */
export const withHeader = (request: HttpRequest, name: string, value?: string): HttpRequest => ({
  ...request,
  headers: [
    ...request.headers.filter(([given]) => given.toLowerCase() !== name.toLowerCase()),
    ...(value === undefined ? [] : [[name, value] satisfies [string, string]]),
  ],
})

/** Its bytes. Content-Length is added where no header speaks of lengths. */
export const bytesOf = (request: HttpRequest): Buffer => {
  const { method, path, version, headers, body, raw } = request
  if (raw !== undefined) return raw
  const isFramed = headers.some(([name]) => /^(content-length|transfer-encoding|no-length)$/i.test(name))
  const lines = [
    `${method} ${path} ${version}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(isFramed ? [] : [`Content-Length: ${body.length}`]),
  ]
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body])
}
