import { Duplex } from 'node:stream'

/** What a stream does with its bytes. Whatever it throws ends the stream with that error. */
export interface Stage {
  /** Called once, before anything else; bytes wait for it, destroying the stream doesn't. */
  readonly start: () => Promise<void>
  /** Takes over a chunk; `next` is asked before another one comes. */
  readonly accept: (chunk: Buffer) => Promise<void> | undefined
  /** No more chunks will come. */
  readonly finish: () => Promise<void> | undefined
  /** The next piece of output; `undefined` when there is none before more input. */
  readonly next: () => Buffer | undefined
  /** The chunk is its writer's again. */
  readonly keep: () => void
  /** Called once, when the stream is done or destroyed. */
  readonly destroy: () => void
}

type Callback = (error?: Error | null) => void

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('The stream failed', { cause: thrown })
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve))
}

/** As from any event: what a listener throws is its program's, an uncaught exception. */
function throwUncaught(thrown: unknown): void {
  process.nextTick(() => {
    throw thrown
  })
}

/** A Duplex over a stage: pieces are asked for only while the reader wants some. */
export function stagedDuplex(stage: Stage, signal: AbortSignal | undefined): Duplex {
  let started = false
  /** Goes on with the output when the reader is ready for more. */
  let resume: (() => void) | undefined
  /** A chunk, or the end, is being worked on. */
  let busy = false

  function pour(done: Callback): void {
    // A reader may destroy the stream within `push`.
    while (!duplex.destroyed) {
      let piece
      try {
        piece = stage.next()
        if (piece === undefined) stage.keep()
      } catch (error) {
        done(asError(error))
        return
      }
      if (piece === undefined) break
      // It may also read there: then nobody will ask again.
      if (!duplex.push(piece) && duplex.readableLength >= duplex.readableHighWaterMark) {
        resume = () => pour(done)
        return
      }
    }
    done()
  }

  /** What is there without any input: a header. Nothing else may be under way, so that nobody's `resume` is lost. */
  function pourUnasked(): void {
    if (!started || busy || resume !== undefined) return
    pour((error) => {
      if (error) duplex.destroy(error)
    })
  }

  async function run(step: () => Promise<void> | undefined, callback: Callback): Promise<void> {
    busy = true
    function done(error?: Error | null): void {
      busy = false
      callback(error)
    }
    try {
      if (!started) await starting
      // As in any Duplex, what was being written is never called back.
      if (duplex.destroyed) return
      await step()
    } catch (error) {
      // Called back within `_write`, Writable would hand over the chunks that wait before it fails.
      await nextTurn()
      done(asError(error))
      return
    }
    pour(done)
  }

  function abort(): void {
    duplex.destroy(asError(signal?.reason))
  }

  const duplex = new Duplex({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      run(() => stage.accept(chunk), done).catch(throwUncaught)
    },
    final(done) {
      run(
        () => stage.finish(),
        (error) => {
          if (error === undefined || error === null) duplex.push(null)
          done(error)
        },
      ).catch(throwUncaught)
    },
    read() {
      const go = resume
      resume = undefined
      if (go === undefined) pourUnasked()
      else go()
    },
    destroy(error, done) {
      resume = undefined
      signal?.removeEventListener('abort', abort)
      stage.destroy()
      done(error)
    },
  })
  signal?.addEventListener('abort', abort, { once: true })

  async function start(): Promise<void> {
    if (duplex.destroyed) return
    try {
      await stage.start()
      started = true
    } catch (error) {
      duplex.destroy(asError(error))
      throw error
    }
  }
  // Not before the caller could listen.
  const starting = nextTurn().then(start)
  // Whoever writes learns of it, too; without a writer the error event is enough.
  starting.then(pourUnasked, () => undefined).catch(throwUncaught)
  return duplex
}
