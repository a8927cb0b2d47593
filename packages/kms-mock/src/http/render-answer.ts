import { STATUS_CODES } from 'node:http'
import type { JsonAnswer } from '../aws-json.js'

let second = 0
let date = ''

/** The header Date, made anew each second, as node:http does it. */
const dateLine = (): string => {
  const now = Math.floor(Date.now() / 1000)
  if (now !== second) {
    second = now
    date = `\r\nDate: ${new Date(now * 1000).toUTCString()}\r\n`
  }
  return date
}

/** An answer as HTTP/1.1 carries it: the headers of node:http, in its order. `connection` are the lines about the connection. */
export const renderAnswer = (
  { statusCode, contentType, requestId, json }: JsonAnswer,
  connection: string,
): string =>
  `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? 'unknown'}\r\ncontent-type: ${contentType}\r\ncontent-length: ${Buffer.byteLength(json)}\r\nx-amzn-requestid: ${requestId}${dateLine()}${connection}\r\n${json}`
