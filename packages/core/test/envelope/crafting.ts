import { expect } from 'chai'
import { codeOf } from './code-of.js'
import { craftMessage, type CraftedFrame, type CraftedMessage } from './craft-message.js'
import { craftSigner, type CraftedSigner } from './craft-signer.js'
import { fixedKeyring } from './fixed-keyring.js'
import { bytesOf, clientsFor, publicKeyContextKey } from './fixture.js'
import { serializeReferenceContext } from './reference-context.js'
import { referenceDecode } from './reference-decoder.js'
import type { ReferenceSuite } from './reference-suites.js'
import { cut, throughStream } from './through-stream.js'

export function regular(sequence: number, content = '8 bytes.'): CraftedFrame {
  return { sequence, final: false, content: Buffer.from(content) }
}

export function final(sequence: number, content = 'end'): CraftedFrame {
  return { sequence, final: true, content: Buffer.from(content) }
}

export interface Crafting {
  readonly suite: ReferenceSuite
  /** Set where the suite signs. */
  readonly signer: CraftedSigner | undefined
  readonly keyring: ReturnType<typeof fixedKeyring>
  readonly dataKey: Uint8Array
  /** A message that is right in everything that isn't said otherwise. */
  readonly craft: (options?: Partial<CraftedMessage>) => Buffer
  /** Ours, whole and streamed, client-node and the reference decoder open it to the same plaintext. */
  readonly expectOpens: (message: Buffer, plaintext: string) => Promise<void>
  /** Ours refuses it, whole and streamed, the reference decoder too. */
  readonly expectRefused: (message: Buffer, code: string, streamedCode?: string) => Promise<void>
}

/** By name: the code, what is wrong, and the code of a stream where it is another, since it sees no end. */
export type WrongMessages = Readonly<
  Record<string, readonly [code: string, options: Partial<CraftedMessage>, streamedCode?: string]>
>

/** Everything to craft messages of one suite, with a data key that nothing but the envelope protects. */
export function crafting(suite: ReferenceSuite): Crafting {
  const dataKey = bytesOf('data key', suite.keyLength)
  const keyring = fixedKeyring(dataKey)
  const signer = suite.signature === undefined ? undefined : craftSigner(suite.signature.curve)
  const right: CraftedMessage = {
    suiteId: suite.id,
    messageId: bytesOf('message id', suite.format === 1 ? 16 : 32),
    dataKey,
    ...(signer === undefined
      ? {}
      : {
          signWith: signer.privateKey,
          serializedContext: serializeReferenceContext(
            new Map([[publicKeyContextKey, signer.compressedPoint.toString('base64')]]),
          ),
        }),
  }
  const { ours, oracle } = clientsFor(suite)
  return {
    suite,
    signer,
    keyring,
    dataKey,
    craft: (options = {}) => craftMessage({ ...right, ...options }),
    async expectOpens(message, plaintext) {
      expect((await ours.decrypt(keyring, message)).plaintext.toString(), suite.name).to.equal(plaintext)
      const { bytes } = await throughStream(ours.decryptStream(keyring), cut(message, [7, 0, 50]))
      expect(bytes.toString(), `${suite.name}, streamed`).to.equal(plaintext)
      expect((await oracle.decrypt(keyring, message)).plaintext.toString(), suite.name).to.equal(plaintext)
      expect(referenceDecode(message, { dataKey }).plaintext.toString(), suite.name).to.equal(plaintext)
    },
    async expectRefused(message, code, streamedCode = code) {
      expect(await codeOf(() => ours.decrypt(keyring, message)), suite.name).to.equal(code)
      const stream = () => throughStream(ours.decryptStream(keyring), cut(message, [7, 0, 50]))
      expect(await codeOf(stream), `${suite.name}, streamed`).to.equal(streamedCode)
      expect(() => referenceDecode(message, { dataKey }), suite.name).to.throw()
    },
  }
}
