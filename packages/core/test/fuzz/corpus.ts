import { signerFor } from './deterministic-signer.js'
import { corpusRows, type CorpusRow, type ContextForm, type Form } from './corpus-forms.js'
import { counted, pair, serializeDraft, uint32, type Draft, type Pair, type Piece } from './draft.js'
import { dataKeyFor, fuzzSuites, labelledBytes, messageKeys, type FuzzSuite } from './fuzz-suites.js'
import { fullContext, reauthenticate, type Context } from './reauthenticate.js'
import { gcmSeal, pieceAad, sequenceIv } from './seal-pieces.js'
import { walkMessage, type WalkedPiece } from './walk-message.js'

/** A valid message to start from. */
export interface CorpusEntry {
  readonly name: string
  readonly weight: number
  readonly suite: FuzzSuite
  readonly draft: Draft
  readonly message: Buffer
  readonly plaintext: Buffer
  /** What the caller must reproduce, because the header doesn't store it. */
  readonly reproduced: Context | undefined
  /** The raw AES keyring opens it; the fixed one opens all. */
  readonly rawAes: boolean
}

const publicKeyContextKey = 'aws-crypto-public-key'

function storedPairs({ curve }: FuzzSuite, { stored }: ContextForm): Pair[] {
  const pairs = Object.entries(stored).map(([key, value]) => pair(key, value))
  if (curve !== undefined) {
    pairs.push(pair(publicKeyContextKey, signerFor(curve).publicKey.toString('base64')))
  }
  return pairs.toSorted((a, b) => Buffer.compare(a.key.bytes, b.key.bytes))
}

function sealPieces(suite: FuzzSuite, messageId: Buffer, form: Form, plaintext: Buffer): Piece[] {
  const { encryptionKey } = messageKeys(suite, dataKeyFor(suite), messageId)
  let offset = 0
  return form.pieces.map((length, index) => {
    const sequence = index + 1
    const final = sequence === form.pieces.length
    const framed = form.frameLength > 0
    const kind: WalkedPiece['kind'] = framed ? (final ? 'Final Frame' : 'Frame') : 'Single Block'
    const iv = form.randomIvs === true ? labelledBytes(`IV ${sequence}`, 12) : sequenceIv(sequence)
    const content = plaintext.subarray(offset, (offset += length))
    return {
      ...(framed && final ? { marker: 0xffffffff } : {}),
      ...(framed ? { sequence } : {}),
      iv,
      length: framed
        ? final
          ? uint32(length)
          : Buffer.alloc(0)
        : Buffer.from([0, 0, 0, 0, ...uint32(length)]),
      ...gcmSeal(encryptionKey, iv, pieceAad(messageId, { kind, sequence }, length), content),
    }
  })
}

/** The finished message, and the draft with its tags. */
function finish(draft: Draft, reproduced: Context | undefined): { draft: Draft; message: Buffer } {
  const parts = { commitment: true, header: true, signature: true }
  const message = reauthenticate(serializeDraft(draft), parts, reproduced)
  const { header, bodyEnd = 0 } = walkMessage(message)!
  return {
    message,
    draft: {
      ...draft,
      commitKey:
        draft.suite.format === 1 ? draft.commitKey : message.subarray(header.bodyEnd - 32, header.bodyEnd),
      headerTag: message.subarray(header.end - 16, header.end),
      ...(draft.suite.curve === undefined ? {} : { signature: counted(message.subarray(bodyEnd + 2)) }),
    },
  }
}

function makeEntry(
  suite: FuzzSuite,
  { name, form, context, dataKeys }: CorpusRow,
  index: number,
): CorpusEntry {
  const pairs = storedPairs(suite, context)
  const walkedPairs = pairs.map(({ key, value }) => ({ key: key.bytes, value: value.bytes }))
  const messageId = labelledBytes(`message id ${suite.id} ${index}`, suite.format === 1 ? 16 : 32)
  const plaintext = labelledBytes(
    `plaintext ${index}`,
    form.pieces.reduce((sum, length) => sum + length, 0),
  )
  const unfinished: Draft = {
    suite,
    version: suite.format,
    ...(suite.format === 1 ? { type: 0x80 } : {}),
    suiteId: suite.id,
    messageId,
    pairs,
    dataKeys: dataKeys(suite, fullContext({ pairs: walkedPairs }, context.required)),
    contentType: form.frameLength > 0 ? 2 : 1,
    middle: Buffer.from(suite.format === 1 ? [0, 0, 0, 0, 12] : []),
    frameLength: form.frameLength,
    commitKey: Buffer.alloc(suite.format === 1 ? 0 : 32),
    headerIv: Buffer.alloc(suite.format === 1 ? 12 : 0),
    headerTag: Buffer.alloc(16),
    pieces: sealPieces(suite, messageId, form, plaintext),
  }
  const { curve } = suite
  return {
    name: `0x${suite.id.toString(16).padStart(4, '0')}, ${name}`,
    // Verifying under P-384 takes longer than everything else together.
    weight: form.weight * (curve === undefined ? 12 : curve === 'P-256' ? 8 : 2),
    suite,
    ...finish(unfinished, context.required),
    plaintext,
    reproduced: context.required,
    rawAes: name.includes('raw AES'),
  }
}

/** Valid messages of every suite, small ones for the most part. */
export function makeCorpus(): CorpusEntry[] {
  return [...fuzzSuites.values()].flatMap((suite) =>
    corpusRows
      .filter(({ form }) => suite.format === 1 || form.randomIvs !== true)
      .map((row, index) => makeEntry(suite, row, index)),
  )
}
