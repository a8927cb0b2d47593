import { asBuffer } from './bytes.js'
import { isFields } from './is-fields.js'
import type { Fields } from './is-fields.js'

// What JSON has in strings as it is (RFC 8259, section 7), and UTF-8 in one byte.
const plain = /^[ !#-[\]-~]*$/

const text = (value: string): string => (plain.test(value) ? `"${value}"` : JSON.stringify(value))

const list = (items: readonly unknown[]): string => {
  let json = ''
  for (const item of items) json += `${json === '' ? '' : ','}${wireJson(item) ?? 'null'}`
  return `[${json}]`
}

const structure = (value: Fields): string => {
  let json = ''
  for (const name of Object.keys(value)) {
    const written = wireJson(value[name])
    if (written !== undefined) json += `${json === '' ? '' : ','}${text(name)}:${written}`
  }
  return `{${json}}`
}

/**
 * An output as AwsJson 1.1 writes it: blobs as base64, timestamps as epoch seconds, the rest as JSON does; nothing for what is absent.
 * In one go: to put an output's wire form together first, for JSON.stringify, takes twice as long.
 */
export const wireJson = (value: unknown): string | undefined => {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (value instanceof Uint8Array) return `"${asBuffer(value).toString('base64')}"`
  if (value instanceof Date) return JSON.stringify(value.getTime() / 1000)
  if (Array.isArray(value)) return list(value)
  return isFields(value) ? structure(value) : JSON.stringify(value)
}
