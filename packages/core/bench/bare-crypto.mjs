import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  generateKeyPairSync,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'

// The cryptography of a message and nothing else: data key, wrapping, HKDF with commitment, header tag, frames and
// signature, on node:crypto alone. It parses and checks no format: the ceiling for any engine on this machine.

const cipherName = 'aes-256-gcm'
const zeroIv = Buffer.alloc(12)
const nothing = Buffer.alloc(0)
const headerAad = Buffer.alloc(150)
const frameAad = Buffer.alloc(76)
const keyInfo = Buffer.from('\x04\x78DERIVEKEY\x01', 'latin1')
const commitInfo = Buffer.from('COMMITKEY\x01')
const piece = 64 * 1024

let pool = nothing
function randomSlice(length) {
  if (pool.length < length) pool = randomBytes(64 * 1024)
  const bytes = pool.subarray(0, length)
  pool = pool.subarray(length)
  return bytes
}

function seal(key, iv, aad, plaintext) {
  const cipher = createCipheriv(cipherName, key, iv)
  cipher.setAAD(aad)
  const ciphertext = cipher.update(plaintext)
  cipher.final()
  return { ciphertext, tag: cipher.getAuthTag() }
}

function open(key, iv, aad, { ciphertext, tag }) {
  const decipher = createDecipheriv(cipherName, key, iv)
  decipher.setAAD(aad)
  decipher.setAuthTag(tag)
  const plaintext = decipher.update(ciphertext)
  decipher.final()
  return plaintext
}

function derive(dataKey, messageId) {
  const prk = createHmac('sha512', messageId).update(dataKey).digest()
  const key = createHmac('sha512', prk).update(keyInfo).digest().subarray(0, 32)
  const commitment = createHmac('sha512', prk).update(commitInfo).digest().subarray(0, 32)
  return { key, commitment }
}

function frameIv(sequence) {
  const iv = Buffer.alloc(12)
  iv.writeUInt32BE(sequence, 8)
  return iv
}

const digest = { data: Buffer.alloc(1024) }

function sealFrames(key, plaintext, frameLength) {
  const result = Buffer.allocUnsafe(plaintext.length + 64)
  const frames = []
  for (let start = 0; start < plaintext.length; start += frameLength) {
    const content = plaintext.subarray(start, start + frameLength)
    const cipher = createCipheriv(cipherName, key, frameIv(frames.length + 1))
    cipher.setAAD(frameAad)
    for (let at = 0; at < content.length; at += piece) {
      result.set(cipher.update(content.subarray(at, at + piece)), start + at)
    }
    cipher.final()
    frames.push(cipher.getAuthTag())
  }
  return { result, frames }
}

export function bareEncrypt(wrappingKey, plaintext, frameLength, signed) {
  const dataKey = randomSlice(32)
  const messageId = randomSlice(32)
  const wrapIv = randomSlice(12)
  const pair = signed ? generateKeyPairSync('ec', { namedCurve: 'P-384' }) : undefined
  const wrapped = seal(wrappingKey, wrapIv, headerAad, dataKey)
  const { key, commitment } = derive(dataKey, messageId)
  const header = seal(key, zeroIv, headerAad, nothing)
  const { result, frames } = sealFrames(key, plaintext, frameLength)
  const message = { wrapped, wrapIv, messageId, commitment, header, result, frames, length: plaintext.length }
  if (pair === undefined) return message
  const data = signed === 'whole' ? result : digest.data
  return { ...message, publicKey: pair.publicKey, data, signature: sign('sha384', data, pair.privateKey) }
}

function openWith(dataKey, message, frameLength) {
  const { key, commitment } = derive(dataKey, message.messageId)
  if (!timingSafeEqual(commitment, message.commitment)) throw new Error('commitment')
  open(key, zeroIv, headerAad, message.header)
  const plaintext = Buffer.allocUnsafeSlow(message.length)
  message.frames.forEach((tag, index) => {
    const start = index * frameLength
    const content = message.result.subarray(start, Math.min(start + frameLength, message.length))
    const decipher = createDecipheriv(cipherName, key, frameIv(index + 1))
    decipher.setAAD(frameAad)
    decipher.setAuthTag(tag)
    for (let at = 0; at < content.length; at += piece) {
      plaintext.set(decipher.update(content.subarray(at, at + piece)), start + at)
    }
    decipher.final()
  })
  if (message.publicKey && !verify('sha384', message.data, message.publicKey, message.signature)) {
    throw new Error('signature')
  }
  return plaintext
}

/** The same with a data key that is at hand: no wrapping. */
export function bareCachedEncrypt({ dataKey }, plaintext, frameLength) {
  const messageId = randomSlice(32)
  const { key, commitment } = derive(dataKey, messageId)
  const header = seal(key, zeroIv, headerAad, nothing)
  const { result, frames } = sealFrames(key, plaintext, frameLength)
  return { messageId, commitment, header, result, frames, length: plaintext.length }
}

export function bareCachedDecrypt({ dataKey }, message, frameLength) {
  return openWith(dataKey, message, frameLength)
}

export function bareDecrypt(wrappingKey, message, frameLength) {
  const dataKey = open(wrappingKey, message.wrapIv, headerAad, message.wrapped)
  return openWith(dataKey, message, frameLength)
}
