import { Stream } from 'node:stream'

/** A stream as libraries made them before Node had `Readable`: it emits what it has, and knows `pipe`. */
export function oldStream(content: string | Buffer): Stream {
  const stream = Object.assign(new Stream(), { readable: true, pause() {}, resume() {} })
  setImmediate(() => {
    stream.emit('data', content)
    stream.readable = false
    stream.emit('end')
  })
  return stream
}
