import type { Grant, GrantConstraints } from './grant.js'
import { expect, fieldsOf, listOf, number, text } from './read-json.js'

const pairsOf = (value: unknown, where: string): Record<string, string> =>
  // fromEntries defines, where an assignment would trip over a key named __proto__.
  Object.fromEntries(
    Object.entries(fieldsOf(value, where)).map(([key, item]) => [key, text(item, `a value of ${where}`)]),
  )

const constraintsOf = (value: unknown, where: string): GrantConstraints => {
  const {
    EncryptionContextSubset: subset,
    EncryptionContextEquals: equals,
    SourceArn,
  } = fieldsOf(value, where)
  return {
    ...(subset !== undefined && {
      EncryptionContextSubset: pairsOf(subset, `${where}.EncryptionContextSubset`),
    }),
    ...(equals !== undefined && {
      EncryptionContextEquals: pairsOf(equals, `${where}.EncryptionContextEquals`),
    }),
    ...(SourceArn !== undefined && { SourceArn: text(SourceArn, `${where}.SourceArn`) }),
  }
}

const hex64 = (value: unknown, where: string): string => {
  const given = text(value, where)
  expect(/^[0-9a-f]{64}$/.test(given), `${where} is not 64 hexadecimal digits`)
  return given
}

const optional = [
  'name',
  'granteePrincipal',
  'granteeServicePrincipal',
  'retiringPrincipal',
  'retiringServicePrincipal',
] as const

/** Reads a grant, believing nothing. */
export const grantOf = (value: unknown, where: string): Grant => {
  const fields = fieldsOf(value, where)
  const given = optional.filter((name) => fields[name] !== undefined)
  return {
    grantId: hex64(fields['grantId'], `${where}.grantId`),
    createdAt: number(fields['createdAt'], `${where}.createdAt`),
    issuingAccount: text(fields['issuingAccount'], `${where}.issuingAccount`),
    ...Object.fromEntries(given.map((name) => [name, text(fields[name], `${where}.${name}`)])),
    operations: listOf(fields['operations'], `${where}.operations`).map((name) =>
      text(name, `one of ${where}.operations`),
    ),
    ...(fields['constraints'] !== undefined && {
      constraints: constraintsOf(fields['constraints'], `${where}.constraints`),
    }),
    tokenKey: hex64(fields['tokenKey'], `${where}.tokenKey`),
  }
}
