import { once } from 'node:events'
import { PassThrough, type Readable } from 'node:stream'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { codeOf } from './code-of.js'
import { keyring, otherKeyring, ours } from './fixture.js'
import { oldStream } from '../client-node/old-stream.js'
import { wrongType } from './wrong-type.js'

const { result: message } = await ours.encrypt(keyring, 'text')

/** Gives bytes, and then waits for somebody to write more. */
function idle(bytes: Uint8Array): PassThrough {
  const source = new PassThrough()
  source.write(bytes)
  return source
}

function closed(source: Readable): Promise<unknown> {
  return source.closed ? Promise.resolve() : once(source, 'close')
}

describe('a source that is waited for', () => {
  it('is closed at once when what it gave is no message', async () => {
    const source = idle(Buffer.alloc(100, 9))
    expect(await codeOf(() => ours.decrypt(keyring, source))).to.equal('MESSAGE_UNSUPPORTED')
    await closed(source)
  })

  it('is closed at once when no data key can be had', async () => {
    const source = idle(message)
    expect(await codeOf(() => ours.decrypt(otherKeyring, source))).to.equal('NO_DATA_KEY')
    await closed(source)
  })

  for (const [way, run] of Object.entries({
    encrypt: (source: Readable, signal: AbortSignal) => ours.encrypt(keyring, source, { signal }),
    decrypt: (source: Readable, signal: AbortSignal) => ours.decrypt(keyring, source, { signal }),
  })) {
    it(`is closed at once when ${way} is aborted`, async () => {
      const source = new PassThrough()
      const controller = new AbortController()
      const running = run(source, controller.signal)
      const reason = new Error('enough')
      controller.abort(reason)
      expect(await running.catch((error: unknown) => error)).to.equal(reason)
      await closed(source)
    })
  }

  it('is closed at once when it is a stream of another library', async () => {
    const source = oldStream('no message')
    let destroyed = 0
    Object.assign(source, { destroy: () => (destroyed += 1) })
    expect(await codeOf(() => ours.decrypt(keyring, wrongType(source)))).to.equal('MESSAGE_UNSUPPORTED')
    expect(destroyed).to.equal(1)
  })
})
