import { KeyringError } from '../errors.js'
import {
  asBuffer,
  byteReader,
  readBytes,
  readField,
  readUint16,
  type ByteReader,
} from '../materials/byte-reader.js'
import type { DataKeyEntry } from '../materials/data-key-entry.js'
import { maxShares } from './m-of-options.js'
import { checkLength, sealedShareLength } from './m-of-share.js'

/** Ours alone: no other SDK knows it. */
export const thresholdProviderId = 'sealring-threshold'

/** One share, encrypted under a key of its own, and that key as its custodian's keyring wrapped it. */
export interface WrappedShare {
  readonly sealed: Uint8Array
  readonly dataKeys: readonly DataKeyEntry[]
}

/** What one encrypted data key of ours holds. */
export interface ThresholdKey {
  readonly threshold: number
  /** What only the right data key gives. */
  readonly check: Uint8Array
  readonly shares: readonly WrappedShare[]
}

const maxField = 0xffff
/** Of one share: whoever writes a message chooses how often a key service is asked. */
const maxDataKeys = 32
const infoGrammar = /^v1 (\d{1,2})-of-(\d{1,2})$/

function field(bytes: Uint8Array): Buffer {
  if (bytes.byteLength > maxField) {
    throw new KeyringError('KEYRING_INVALID', 'A wrapped share has a field of more than 65,535 bytes')
  }
  const length = Buffer.alloc(2)
  length.writeUInt16BE(bytes.byteLength)
  return Buffer.concat([length, bytes])
}

/**
 * Provider info: "v1 2-of-3". Ciphertext: the check, then for each share its sealed form, the count of its data keys in
 * 16 bits, and each of those as three fields with 16-bit lengths, as in a message's header. Throws KEYRING_INVALID.
 */
export function serializeThresholdKey({ threshold, check, shares }: ThresholdKey): DataKeyEntry {
  const parts = shares.flatMap(({ sealed, dataKeys }) => {
    if (dataKeys.length > maxDataKeys) {
      throw new KeyringError('KEYRING_INVALID', `A share is wrapped under more than ${maxDataKeys} keys`)
    }
    const count = Buffer.alloc(2)
    count.writeUInt16BE(dataKeys.length)
    const keys = dataKeys.flatMap(({ providerId, providerInfo, ciphertext }) =>
      [Buffer.from(providerId), providerInfo, ciphertext].map(field),
    )
    return [sealed, count, ...keys]
  })
  const ciphertext = Buffer.concat([check, ...parts])
  if (ciphertext.byteLength > maxField) {
    throw new KeyringError(
      'KEYRING_INVALID',
      'The wrapped shares need more than the 65,535 bytes of a data key',
    )
  }
  const providerInfo = Buffer.from(`v1 ${threshold}-of-${shares.length}`)
  return { providerId: thresholdProviderId, providerInfo, ciphertext }
}

function readShare(reader: ByteReader): WrappedShare {
  const sealed = readBytes(reader, sealedShareLength, 'a share')
  const count = readUint16(reader, 'a count')
  if (count > maxDataKeys) throw new Error(`A share is wrapped under more than ${maxDataKeys} keys`)
  const dataKeys = Array.from({ length: count }, (): DataKeyEntry => {
    const providerId = readField(reader, 'a provider id').toString('utf8')
    const providerInfo = readField(reader, 'provider info')
    return { providerId, providerInfo, ciphertext: readField(reader, 'a ciphertext') }
  })
  return { sealed, dataKeys }
}

/** Views of the entry, of which nothing is authentic yet. Throws an Error for what this keyring never writes. */
export function parseThresholdKey({ providerInfo, ciphertext }: DataKeyEntry): ThresholdKey {
  const [, first, second] = infoGrammar.exec(asBuffer(providerInfo).toString('latin1')) ?? []
  const [threshold, count] = [Number(first), Number(second)]
  if (!(threshold >= 2 && threshold <= count && count <= maxShares)) {
    throw new Error('The provider info of the threshold data key is none')
  }
  const reader = byteReader(ciphertext, ciphertext.byteLength)
  const check = readBytes(reader, checkLength, 'the check')
  const shares = Array.from({ length: count }, () => readShare(reader))
  if (reader.offset !== reader.end) throw new Error('Bytes follow the last share')
  return { threshold, check, shares }
}
