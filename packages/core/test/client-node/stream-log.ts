import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { MessageHeader } from '@aws-crypto/client-node'
import { afterwards } from './afterwards.js'

/** What a stream gave; rejects with its first error (their streams may tell it twice). */
export async function collect(stream: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = []
  const errors: unknown[] = []
  stream.on('error', (error) => errors.push(error))
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(stream, 'end')
  return Buffer.concat(chunks)
}

const events = ['MessageHeader', 'data', 'finish', 'end', 'close', 'error'] as const
type Event = (typeof events)[number]

/** Notes what a stream emits. It listens to 'error', so a stream that is watched throws nothing into the void. */
export class StreamLog {
  readonly #stream: Duplex
  readonly #events: Event[] = []
  readonly errors: unknown[] = []
  readonly chunks: Buffer[] = []
  readonly headers: MessageHeader[] = []

  /** `flowing: false` listens to everything but 'data', so that nothing is read. */
  constructor(stream: Duplex, { flowing = true } = {}) {
    this.#stream = stream
    const listened = flowing ? events : events.filter((event) => event !== 'data')
    for (const event of listened) stream.on(event, () => this.#events.push(event))
    stream.on('error', (error) => this.errors.push(error))
    stream.on('MessageHeader', (header: MessageHeader) => this.headers.push(header))
    if (flowing) stream.on('data', (chunk: Buffer) => this.chunks.push(chunk))
  }

  count(event: Event): number {
    return this.#events.filter((other) => other === event).length
  }

  get data(): string {
    return Buffer.concat(this.chunks).toString('latin1')
  }

  /** The events in their order; what follows itself is said once. 'finish' and 'close' are counted, not ordered. */
  get order(): string {
    const shown = this.#events.filter((event) => event !== 'finish' && event !== 'close')
    return shown.filter((event, n) => event !== 'data' || shown[n - 1] !== 'data').join(' ')
  }

  /** Everything, 'finish' and 'close' included. */
  get all(): string {
    return this.#events.filter((event, n) => event !== 'data' || this.#events[n - 1] !== 'data').join(' ')
  }

  /** Waits for an end, good or bad, and then for what still comes after it. */
  async settled(): Promise<this> {
    await this.until(() => this.count('end') + this.count('error') + this.count('close') > 0)
    await afterwards()
    return this
  }

  /** Waits until `reached`, up to ten seconds. */
  async until(reached: (log: this) => boolean): Promise<this> {
    for (let tries = 0; !reached(this) && tries < 2000; tries += 1) await sleep(5)
    return this
  }

  get destroyed(): boolean {
    return this.#stream.destroyed
  }
}
