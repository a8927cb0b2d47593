import { Readable } from 'node:stream'
import { KeyringNode } from '@aws-crypto/material-management-node'
import type { NodeDecryptionMaterial, NodeEncryptionMaterial } from '@aws-crypto/material-management-node'
import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { decryptRange } from '@sealring/core/envelope'
import { cachingMaterialsManager } from '@sealring/core/keyring'
import { keyring, ours, signed, unsigned } from './fixture.js'

/** Never answers; tells when it is asked. */
class SilentKeyring extends KeyringNode {
  asked = 0
  readonly #whenAsked: () => void

  constructor(whenAsked: () => void = () => undefined) {
    super()
    this.#whenAsked = whenAsked
  }

  #silence(): Promise<never> {
    this.asked += 1
    setImmediate(this.#whenAsked)
    return new Promise(() => {})
  }

  _onEncrypt(): Promise<NodeEncryptionMaterial> {
    return this.#silence()
  }

  _onDecrypt(): Promise<NodeDecryptionMaterial> {
    return this.#silence()
  }
}

const { result: message } = await ours.encrypt(keyring, 'text', { suiteId: unsigned })
const { result: signedMessage } = await ours.encrypt(keyring, 'text', { suiteId: signed })

async function drain(stream: Readable): Promise<void> {
  for await (const _ of stream) {
    // Only its end matters.
  }
}

const ways: Readonly<Record<string, (source: KeyringNode, signal: AbortSignal) => Promise<unknown>>> = {
  encrypt: (source, signal) => ours.encrypt(source, 'text', { signal }),
  decrypt: (source, signal) => ours.decrypt(source, message, { signal }),
  'encrypt of a stream': (source, signal) => ours.encrypt(source, Readable.from(['text']), { signal }),
  'decrypt of a stream': (source, signal) => ours.decrypt(source, Readable.from([message]), { signal }),
  encryptStream: (source, signal) => drain(ours.encryptStream(source, { signal })),
  decryptStream: (source, signal) => {
    const stream = ours.decryptStream(source, { signal })
    stream.end(message)
    return drain(stream)
  },
  decryptRange: (source, signal) => decryptRange(source, message, { start: 0 }, { signal }),
}

async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  )
}

describe('a signal', () => {
  for (const [name, run] of Object.entries(ways)) {
    it(`ends ${name} with its reason while a keyring is silent`, async () => {
      const controller = new AbortController()
      const reason = new Error('enough')
      const source = new SilentKeyring(() => controller.abort(reason))
      expect(await rejection(run(source, controller.signal))).to.equal(reason)
      expect(source.asked).to.equal(1)
    })

    it(`keeps ${name} from asking a keyring when it was aborted before`, async () => {
      const source = new SilentKeyring()
      const reason = new Error('never')
      expect(await rejection(run(source, AbortSignal.abort(reason)))).to.equal(reason)
      expect(source.asked).to.equal(0)
    })
  }

  // Both have nothing else to wait for: materials are at hand.
  const cached = cachingMaterialsManager({ keyring, maxAge: 60_000 })
  before(() => ours.encrypt(cached, 'text', { suiteId: signed }))
  for (const [what, run] of Object.entries({
    'a signature is made': async (signal: AbortSignal) =>
      ours.encrypt(cached, 'text', { suiteId: signed, signal }),
    'a signature is checked': async (signal: AbortSignal) => ours.decrypt(keyring, signedMessage, { signal }),
  })) {
    it(`ends the work with its reason while ${what}`, async () => {
      const controller = new AbortController()
      const reason = new Error('enough')
      const running = run(controller.signal)
      controller.abort(reason)
      expect(await rejection(running)).to.equal(reason)
    })
  }
})
