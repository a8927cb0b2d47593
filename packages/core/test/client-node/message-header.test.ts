import { EncryptedDataKey, MessageFormat, type MessageHeader } from '@aws-crypto/client-node'
import { keyring, plain, signed, text, twoKeyrings, unsigned } from './fixture.js'
import { gives, parity, type Row } from './parity.js'
import { StreamLog } from './stream-log.js'
import { theirs, type Side } from './sides.js'

const format1 = {
  version: 'number 1',
  type: 'number 128',
  suiteId: `number ${plain}`,
  messageId: 'Buffer 16',
  encryptionContext: 'a=b',
  encryptedDataKeys: 'EncryptedDataKey EncryptedDataKey',
  contentType: 'number 2',
  headerIvLength: 'number 12',
  frameLength: 'number 4',
}
const format2 = {
  version: 'number 2',
  suiteId: `number ${unsigned}`,
  messageId: 'Buffer 32',
  encryptionContext: 'a=b',
  encryptedDataKeys: 'EncryptedDataKey EncryptedDataKey',
  contentType: 'number 2',
  frameLength: 'number 4',
  suiteData: 'Buffer 32',
}

/** Every field, in its order, by kind. */
function shape(header: MessageHeader): object {
  const kind = (value: unknown): string => {
    if (Array.isArray(value))
      return value.map((key) => (key instanceof EncryptedDataKey ? 'EncryptedDataKey' : '?')).join(' ')
    if (Buffer.isBuffer(value)) return `Buffer ${value.length}`
    if (typeof value === 'object' && value !== null)
      return Object.entries(value)
        .map((pair) => pair.join('='))
        .join(' ')
    return `${typeof value} ${String(value)}`
  }
  return Object.fromEntries(Object.entries(header).map(([name, value]) => [name, kind(value)]))
}

/** Without what is random in each message. */
function comparable(header: MessageHeader): object {
  const keys = header.encryptedDataKeys.map(({ providerId, providerInfo, rawInfo, encryptedDataKey }) => ({
    providerId,
    providerInfo,
    rawInfo: Buffer.from(rawInfo ?? []).toString('hex'),
    encryptedDataKey: Buffer.from(encryptedDataKey).toString('hex'),
  }))
  const bytes = (value: Uint8Array) => Buffer.from(value).toString('hex')
  const own =
    header.version === MessageFormat.V2
      ? { suiteData: bytes(header.suiteData) }
      : { type: header.type, headerIvLength: header.headerIvLength }
  return {
    ...own,
    version: header.version,
    suiteId: header.suiteId,
    messageId: bytes(header.messageId),
    encryptionContext: { ...header.encryptionContext },
    encryptedDataKeys: keys,
    contentType: header.contentType,
    frameLength: header.frameLength,
  }
}

const options = { frameLength: 4, encryptionContext: { a: 'b' } }
const formats = [
  { name: 'format 1', suiteId: plain, expected: format1, of: (side: Side) => side.older },
  { name: 'format 2', suiteId: unsigned, expected: format2, of: (side: Side) => side.client },
]

for (const { name, suiteId, expected, of } of formats) {
  const message = (await of(theirs).encrypt(twoKeyrings, text, { ...options, suiteId })).result
  const ways: Readonly<Record<string, (side: Side) => Promise<MessageHeader>>> = {
    encrypt: async (side) =>
      (await of(side).encrypt(twoKeyrings, text, { ...options, suiteId })).messageHeader,
    decrypt: async (side) => (await of(side).decrypt(keyring, message)).messageHeader,
    encryptStream: (side) => headerOf(of(side).encryptStream(twoKeyrings, { ...options, suiteId }), text),
    decryptStream: (side) => headerOf(of(side).decryptStream(keyring), message),
    decryptUnsignedMessageStream: (side) => headerOf(of(side).decryptUnsignedMessageStream(keyring), message),
  }
  parity(
    `the header of ${name}, as given by`,
    Object.entries(ways).map(([what, run]): Row => ({
      what,
      both: gives(expected),
      run: async (side) => shape(await run(side)),
    })),
  )

  const told = (await of(theirs).decrypt(keyring, message)).messageHeader
  parity(`the header of a message of ${name}, field by field, as given by`, [
    ...(['decrypt', 'decryptStream'] as const).map((what): Row => ({
      what,
      both: gives(comparable(told)),
      run: async (side) => comparable(await ways[what]!(side)),
    })),
    {
      what: 'encrypt: what the message says',
      both: gives(true),
      run: async (side) => {
        const { result, messageHeader } = await of(side).encrypt(twoKeyrings, text, { ...options, suiteId })
        const read = (await of(theirs).decrypt(keyring, result)).messageHeader
        return JSON.stringify(comparable(read)) === JSON.stringify(comparable(messageHeader))
      },
    },
  ])
}

async function headerOf(
  stream: ReturnType<Side['client']['encryptStream']>,
  input: string | Buffer,
): Promise<MessageHeader> {
  const log = new StreamLog(stream)
  stream.end(input)
  await log.settled()
  if (log.errors.length > 0) throw log.errors[0]
  return log.headers[0]!
}

parity('the header of encrypt and decrypt', [
  {
    what: 'its encryption context is frozen',
    both: gives([true, true]),
    run: async ({ client }) => {
      const { result, messageHeader } = await client.encrypt(keyring, text, {
        suiteId: unsigned,
        encryptionContext: { a: 'b' },
      })
      const again = (await client.decrypt(keyring, result)).messageHeader
      return [Object.isFrozen(messageHeader.encryptionContext), Object.isFrozen(again.encryptionContext)]
    },
  },
  {
    what: 'its encryption context has the public key of a signed message',
    both: gives(['a', 'aws-crypto-public-key']),
    run: async ({ client }) => {
      const { messageHeader } = await client.encrypt(keyring, text, {
        suiteId: signed,
        encryptionContext: { a: 'b' },
      })
      return Object.keys(messageHeader.encryptionContext).toSorted()
    },
  },
  {
    what: 'the results have these fields, of Buffers',
    both: gives(['result true', 'messageHeader false', 'plaintext true', 'messageHeader false']),
    run: async ({ client }) => {
      const sealed = await client.encrypt(keyring, text)
      const opened = await client.decrypt(keyring, sealed.result)
      return [sealed, opened].flatMap((output) =>
        Object.entries(output).map(([name, value]) => `${name} ${Buffer.isBuffer(value)}`),
      )
    },
  },
])
