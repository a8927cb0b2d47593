import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** An answer, as it came. */
export interface Answer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** What came of a request. */
export interface Outcome {
  readonly answers: readonly Answer[]
  /** What came beside whole answers. */
  readonly rest: string
  /** `late`: no end in the time that there is. */
  readonly end: 'answered' | 'closed' | 'late'
}

/** Takes whole answers from the front of what was received. A HEAD has no body. */
const takeAnswers = (received: Buffer, isHead: boolean): { answers: Answer[]; rest: Buffer } => {
  const answers: Answer[] = []
  let rest = received
  for (;;) {
    const end = rest.indexOf('\r\n\r\n')
    if (end < 0) return { answers, rest }
    const [first = '', ...lines] = rest.toString('latin1', 0, end).split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1])
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
      }),
    )
    const length = isHead || status < 200 ? 0 : Number(headers.get('content-length') ?? 0)
    if (rest.length < end + 4 + length) return { answers, rest }
    const body = rest.toString('utf8', end + 4, end + 4 + length)
    // 100 Continue comes before the answer.
    if (!(status < 200)) answers.push({ status, headers, body })
    rest = rest.subarray(end + 4 + length)
  }
}

const opened = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  // An error between two requests is seen at the next one.
  return socket.on('error', () => undefined)
}

const exchange = (
  socket: Socket,
  { bytes, isHead, isLast }: { bytes: Buffer; isHead: boolean; isLast: boolean },
  milliseconds: number,
): Promise<Outcome> =>
  new Promise((resolve) => {
    let received: Buffer = Buffer.alloc(0)
    const finish = (end: Outcome['end']): void => {
      clearTimeout(timer)
      socket.off('data', onData).off('end', onEnd).off('close', onEnd).off('error', onEnd)
      const { answers, rest } = takeAnswers(received, isHead)
      resolve({ answers, rest: rest.toString('latin1'), end })
    }
    const onData = (chunk: Buffer): void => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
      if (!isLast && takeAnswers(received, isHead).answers.length > 0) finish('answered')
    }
    const onEnd = (): void => finish('closed')
    const timer = setTimeout(() => finish('late'), milliseconds)
    socket.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onEnd)
    if (isLast) socket.end(bytes)
    else socket.write(bytes)
  })

/** Speaks to a server, over one connection that is kept as long as it keeps it. */
export interface Line {
  /** One request, one answer. */
  ask(bytes: Buffer, isHead?: boolean): Promise<Outcome>
  /**
   * Bytes on a connection of their own. `ended`: it is ended behind them; resolves when the other side has ended it too,
   * otherwise at the first answer.
   */
  askAlone(bytes: Buffer, ended: boolean, isHead?: boolean): Promise<Outcome>
  close(): void
}

/** @param milliseconds how long an answer may take */
export const createLine = (port: number, milliseconds: number): Line => {
  let kept: Socket | undefined
  const drop = (socket: Socket): void => {
    socket.destroy()
    if (kept === socket) kept = undefined
  }
  return {
    ask: async (bytes, isHead = false) => {
      kept ??= await opened(port)
      const socket = kept
      const outcome = await exchange(socket, { bytes, isHead, isLast: false }, milliseconds)
      const closes = outcome.answers[0]?.headers.get('connection') === 'close'
      if (outcome.end !== 'answered' || closes) drop(socket)
      return outcome
    },
    askAlone: async (bytes, ended, isHead = false) => {
      const socket = await opened(port)
      const outcome = await exchange(socket, { bytes, isHead, isLast: ended }, milliseconds)
      drop(socket)
      return outcome
    },
    close: () => {
      if (kept !== undefined) drop(kept)
    },
  }
}
