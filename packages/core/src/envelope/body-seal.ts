import { ivLength, type AlgorithmSuite } from '../materials/algorithm-suites.js'

/** data-format/message-body-aad.md#body-aad-content */
const contentNames = {
  frame: 'AWSKMSEncryptionClient Frame',
  finalFrame: 'AWSKMSEncryptionClient Final Frame',
  unframed: 'AWSKMSEncryptionClient Single Block',
} as const
type Content = keyof typeof contentNames

/** AAD and IV of one kind of content, rewritten in place from frame to frame. */
export interface BodyInputs {
  readonly aad: Buffer
  readonly iv: Buffer
}

/** What the body of one message is sealed with. */
export interface BodySeal {
  readonly suite: AlgorithmSuite
  readonly encryptionKey: Buffer
  /** Valid until the next call. `contentLength` in bytes. */
  readonly inputs: (content: Content, sequence: number, contentLength: number) => BodyInputs
  /** Zeroes the key. */
  readonly destroy: () => void
}

/** Sequence number and content length. */
const aadEnd = 4 + 8

/** data-format/message-body-aad.md. The key becomes the seal's. */
export function bodySeal(suite: AlgorithmSuite, encryptionKey: Buffer, id: Uint8Array): BodySeal {
  // A copy: the caller's header holds the other one.
  const messageId = Buffer.from(id)
  const known: Partial<Record<Content, BodyInputs>> = {}
  function make(content: Content): BodyInputs {
    const name = contentNames[content]
    // From the pool: all of it is written, and nothing of it is secret.
    const aad = Buffer.allocUnsafe(messageId.byteLength + name.length + aadEnd)
    aad.set(messageId)
    aad.write(name, messageId.byteLength, 'latin1')
    return { aad, iv: Buffer.alloc(ivLength) }
  }
  return {
    suite,
    encryptionKey,
    inputs(content, sequence, contentLength) {
      const inputs = (known[content] ??= make(content))
      const { aad, iv } = inputs
      const end = aad.length
      aad.writeUInt32BE(sequence, end - aadEnd)
      // An unframed body may have more than 2^32 bytes.
      aad.writeUInt32BE(Math.floor(contentLength / 2 ** 32), end - 8)
      aad.writeUInt32BE(contentLength % 2 ** 32, end - 4)
      iv.writeUInt32BE(sequence, ivLength - 4)
      return inputs
    },
    destroy: () => void encryptionKey.fill(0),
  }
}
