import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { BranchKeyRecord } from '@sealring/core'
import type { Item } from './layout.js'

/** The one attribute that is a number (framework/branch-key-store.md#record-format). */
const numeric = 'hierarchy-version'

/** The item of a record. */
export function branchKeyItem({ attributes, ciphertext }: BranchKeyRecord): Item {
  const item: Record<string, AttributeValue> = { enc: { B: ciphertext } }
  for (const [name, text] of Object.entries(attributes))
    item[name] = name === numeric ? { N: text } : { S: text }
  return item
}

/** The record of an item, or what is wrong with it. */
export function branchKeyRecord(
  item: Item,
):
  | { readonly record: BranchKeyRecord; readonly flaw?: never }
  | { readonly record?: never; readonly flaw: string } {
  const { enc, ...rest } = item
  const ciphertext = enc?.B
  if (ciphertext === undefined) return { flaw: 'has no binary "enc"' }
  // No prototype: an attribute such as "__proto__" is one like any other.
  const attributes: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(rest)) {
    const text = name === numeric ? value.N : value.S
    if (text === undefined)
      return { flaw: 'has an attribute that is of another type than the specification says' }
    attributes[name] = text
  }
  return { record: { attributes, ciphertext } }
}
