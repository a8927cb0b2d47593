import { connect } from 'node:net'

const headEnd = Buffer.from('\r\n\r\n')
const contentLength = /\r\ncontent-length: (\d+)/i

/**
 * Sends prebuilt requests over kept-alive connections, one under way on each, for `seconds` or until `count` were
 * answered; each connection goes through `requests` in turn. Every answer's status and length are read.
 * Raw sockets that read into one buffer: this must cost less than any server it measures.
 */
export async function load({ port, requests, connections = 16, seconds = Infinity, count = Infinity }) {
  let answers = 0
  let refused = 0
  let sent = 0
  let sample
  const start = process.hrtime.bigint()
  const end = seconds === Infinity ? undefined : start + BigInt(Math.round(seconds * 1e9))
  const over = () => sent >= count || (end !== undefined && process.hrtime.bigint() >= end)

  const one = (offset) =>
    new Promise((resolve, reject) => {
      let turn = offset
      let left = -1
      let head = Buffer.alloc(0)
      const next = () => {
        if (over()) {
          socket.destroy()
          return
        }
        sent += 1
        socket.write(requests[turn++ % requests.length])
      }
      const answered = (status, body) => {
        answers += 1
        if (status < 200 || status > 299) refused += 1
        else sample = body
        left = -1
        next()
      }
      let status = 0
      let body = []
      const receive = (size, buffer) => {
        let bytes = buffer.subarray(0, size)
        if (left < 0) {
          if (head.length > 0) bytes = Buffer.concat([head, bytes])
          const at = bytes.indexOf(headEnd)
          if (at < 0) {
            head = Buffer.from(bytes)
            return true
          }
          const text = bytes.latin1Slice(0, at)
          status = Number(text.slice(9, 12))
          left = Number(contentLength.exec(text)[1])
          head = Buffer.alloc(0)
          body = []
          bytes = bytes.subarray(at + 4)
        }
        left -= bytes.length
        if (left < 0) throw new Error('an answer is longer than it says')
        // Copied: the buffer is read into again.
        body.push(bytes.latin1Slice())
        if (left === 0) answered(status, body.join(''))
        return true
      }
      const socket = connect({
        port,
        host: '127.0.0.1',
        noDelay: true,
        onread: { buffer: Buffer.allocUnsafe(65536), callback: receive },
      })
      socket.on('connect', next)
      socket.on('error', reject)
      socket.on('close', resolve)
    })

  // Awake all the time: to wake a process that sleeps costs the server that writes to it as much as its own work does.
  const stayAwake = () => {
    if (!finished) setImmediate(stayAwake)
  }
  let finished = false
  stayAwake()
  await Promise.all(Array.from({ length: connections }, (_, index) => one(index * 7919)))
  finished = true
  const elapsed = Number(process.hrtime.bigint() - start) / 1e9
  return { answers, refused, sample, perSecond: answers / elapsed }
}
