import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** A connection that a test speaks HTTP over byte by byte. */
export interface RawConnection {
  readonly socket: Socket
  write(bytes: Buffer | string): Promise<void>
  /** Resolves with all that has come once it satisfies `isEnough`, or the other side has ended. */
  until(isEnough: (received: string) => boolean): Promise<string>
  /** Resolves with all that came once the other side has ended. */
  untilEnd(): Promise<string>
}

/** Opens one. */
export const rawConnection = async (port: number): Promise<RawConnection> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let received = ''
  let over = false
  let check = (): void => undefined
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => {
    received += text
    check()
  })
  const finish = (): void => {
    over = true
    check()
  }
  socket.on('end', finish).on('close', finish).on('error', finish)
  const until = (isEnough: (received: string) => boolean): Promise<string> =>
    new Promise((resolve) => {
      check = () => {
        if (over || isEnough(received)) resolve(received)
      }
      check()
    })
  return {
    socket,
    write: (bytes) => new Promise((resolve) => void socket.write(bytes, () => resolve())),
    until,
    untilEnd: () => until(() => false),
  }
}

/** The whole answers in what came over a connection; each needs a Content-Length. */
export const answersIn = (received: string): { status: number; head: string; body: string }[] => {
  const answers = []
  let at = 0
  for (;;) {
    const end = received.indexOf('\r\n\r\n', at)
    if (end < 0) return answers
    const head = received.slice(at, end)
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (received.length < end + 4 + length) return answers
    answers.push({ status: Number(head.slice(9, 12)), head, body: received.slice(end + 4, end + 4 + length) })
    at = end + 4 + length
  }
}
