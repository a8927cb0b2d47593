import { Duplex } from 'node:stream'

/** What a stream does with its bytes. Whatever it throws ends the stream with that error. */
export interface Stage {
  /** Called once, at once; bytes wait for it. */
  readonly start: () => Promise<void>
  /** Takes over a chunk; `next` is asked before another one comes. */
  readonly accept: (chunk: Buffer) => Promise<void> | undefined
  /** No more chunks will come. */
  readonly finish: () => Promise<void> | undefined
  /** The next piece of output; `undefined` when there is none before more input. */
  readonly next: () => Buffer | undefined
  /** Called once, when the stream is done or destroyed. */
  readonly destroy: () => void
}

type Callback = (error?: Error | null) => void

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('The stream failed', { cause: thrown })
}

/** A Duplex over a stage: pieces are asked for only while the reader wants some. */
export function stagedDuplex(stage: Stage, signal: AbortSignal | undefined): Duplex {
  /** Goes on with the output when the reader is ready for more. */
  let resume: (() => void) | undefined
  /** A chunk, or the end, is being worked on. */
  let busy = false

  function pour(done: Callback): void {
    for (;;) {
      let piece
      try {
        piece = stage.next()
      } catch (error) {
        done(asError(error))
        return
      }
      if (piece === undefined) break
      // A reader may have read within `push`: then nobody will ask again.
      if (!duplex.push(piece) && duplex.readableLength >= duplex.readableHighWaterMark) {
        resume = () => pour(done)
        return
      }
    }
    done()
  }

  async function settle(step: () => Promise<void> | undefined, done: Callback): Promise<void> {
    try {
      await step()
    } catch (error) {
      done(asError(error))
      return
    }
    pour(done)
  }

  /** Nothing is poured yet: `read` isn't called before this is done, so a full reader would never be resumed. */
  async function begin(done: Callback): Promise<void> {
    try {
      await stage.start()
    } catch (error) {
      done(asError(error))
      return
    }
    done()
  }

  function run(step: () => Promise<void> | undefined, callback: Callback): void {
    busy = true
    void settle(step, (error) => {
      busy = false
      callback(error)
    })
  }

  const duplex = new Duplex({
    decodeStrings: true,
    construct(done) {
      void begin(done)
    },
    write(chunk: Buffer, _encoding, done) {
      run(() => stage.accept(chunk), done)
    },
    final(done) {
      run(
        () => stage.finish(),
        (error) => {
          if (error === undefined || error === null) duplex.push(null)
          done(error)
        },
      )
    },
    read() {
      const go = resume
      resume = undefined
      if (go !== undefined) go()
      // What is there without any input: a header.
      else if (!busy)
        run(
          () => undefined,
          (error) => void (error && duplex.destroy(error)),
        )
    },
    destroy(error, done) {
      resume = undefined
      stage.destroy()
      done(error)
    },
    ...(signal === undefined ? {} : { signal }),
  })
  return duplex
}
