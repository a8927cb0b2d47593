/** The parts of a key's ARN that keyrings compare (framework/aws-kms/aws-kms-key-arn.md). */
export interface KmsKeyArn {
  readonly partition: string
  readonly region: string
  readonly account: string
  readonly keyId: string
  /** A multi-Region key: its replicas have the same key id. */
  readonly multiRegion: boolean
}

const grammar = /^arn:([^:]+):kms:([^:]+):([^:]+):key\/([^/:]+)$/

/** `undefined` for anything else: an alias, a bare key id, what an attacker wrote. */
export function parseKmsKeyArn(text: string): KmsKeyArn | undefined {
  const match = grammar.exec(text)
  if (match === null) return undefined
  const [, partition = '', region = '', account = '', keyId = ''] = match
  return { partition, region, account, keyId, multiRegion: keyId.startsWith('mrk-') }
}

/** Whether two ARNs name one key, or two replicas of one (framework/aws-kms/aws-kms-mrk-match-for-decrypt.md). */
export function namesSameKmsKey(one: string, other: string): boolean {
  if (one === other) return true
  const [a, b] = [parseKmsKeyArn(one), parseKmsKeyArn(other)]
  if (a === undefined || b === undefined || !a.multiRegion) return false
  return a.partition === b.partition && a.account === b.account && a.keyId === b.keyId
}
