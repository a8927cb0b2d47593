/** What a `KeyId` parameter may say (KMS API Reference: key ID, key ARN, alias name, alias ARN). */
export type KeyIdentifier =
  | { form: 'key-id'; keyId: string }
  | { form: 'key-arn'; region: string; accountId: string; keyId: string }
  | { form: 'alias-name'; aliasName: string }
  | { form: 'alias-arn'; region: string; accountId: string; aliasName: string }
  | { form: 'malformed-arn' }
  | { form: 'malformed' }

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const keyIdPattern = new RegExp(`^(?:${uuid}|mrk-[0-9a-f]{32})$`)
const arnPattern = /^arn:(aws[a-z-]*):kms:([a-z0-9-]{1,32}):(\d{12}):(key\/|alias\/)(.{1,2048})$/

/** Whether this is a key id: a UUID, or `mrk-` and 32 hexadecimal digits for multi-Region keys. */
export const isKeyId = (text: string): boolean => keyIdPattern.test(text)

/** Whether this is the id of a multi-Region key. */
export const isMultiRegionKeyId = (keyId: string): boolean => keyId.startsWith('mrk-')

/** The ARN partition that a region belongs to. */
export const partitionOf = (region: string): string => {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

const arn = (region: string, accountId: string, resource: string): string =>
  `arn:${partitionOf(region)}:kms:${region}:${accountId}:${resource}`

interface KeyName {
  readonly region: string
  readonly accountId: string
  readonly keyId: string
}

const keyArns = new WeakMap<KeyName, readonly [string]>()

/** The ARN of a KMS key, as a list of one that is always the same. */
export const keyArnList = (key: KeyName): readonly [string] => {
  // Kept: what it is made of never changes, and each call needs it, the audit for thousands of calls. Callers get it, too.
  let list = keyArns.get(key)
  if (list === undefined) {
    list = Object.freeze<[string]>([arn(key.region, key.accountId, `key/${key.keyId}`)])
    keyArns.set(key, list)
  }
  return list
}

/** The ARN of a KMS key. */
export const keyArn = (key: KeyName): string => keyArnList(key)[0]

/** The ARN of an alias; its name includes the prefix `alias/`. */
export const aliasArn = (alias: { region: string; accountId: string; aliasName: string }): string =>
  arn(alias.region, alias.accountId, alias.aliasName)

/** Sorts a `KeyId` parameter into one of its four documented forms, or says that it has none of them. */
export const parseKeyIdentifier = (text: string): KeyIdentifier => {
  if (isKeyId(text)) return { form: 'key-id', keyId: text }
  if (text.startsWith('alias/')) return { form: 'alias-name', aliasName: text }
  if (!text.startsWith('arn:')) return { form: 'malformed' }
  const [, partition, region, accountId, kind, rest] = arnPattern.exec(text) ?? []
  if (
    region === undefined ||
    accountId === undefined ||
    rest === undefined ||
    partition !== partitionOf(region)
  ) {
    return { form: 'malformed-arn' }
  }
  if (kind === 'alias/') return { form: 'alias-arn', region, accountId, aliasName: `alias/${rest}` }
  return isKeyId(rest) ? { form: 'key-arn', region, accountId, keyId: rest } : { form: 'malformed-arn' }
}
