/** `sealring.config.json`, as schema/config.schema.json demands it. */
export interface Config {
  /** Id of the store, bound into every entry. */
  store: string
  keyring: KeyringConfig
  /** Nearest first. */
  locations: LocationConfig[]
  /** Id of the location that orders writers. Default: the first. */
  arbiter?: string
  /** Default 'signed'. */
  suite?: 'signed' | 'unsigned'
}

/** The kinds of keyring, by `type`. */
export interface KeyringConfigs {
  kms: KmsConfig
  'raw-aes': RawAesConfig
  'local-kms': LocalKmsConfig
}

export type KeyringConfig<Type extends keyof KeyringConfigs = keyof KeyringConfigs> = {
  [T in Type]: { type: T } & KeyringConfigs[T]
}[Type]

/** Keys in AWS KMS. Credentials come from the environment, as for every AWS tool. */
export interface KmsConfig {
  /** Makes the data keys. Key ARN; of an alias or key id the ARN is looked up, which needs kms:DescribeKey. */
  generatorKeyId: string
  /** Further keys, each of which opens every entry as well. */
  keyIds?: string[]
  region?: string
  endpoint?: string
}

/** An AES key of one's own, in base64, in a file or an environment variable. */
export interface RawAesConfig {
  namespace: string
  name: string
  keyFile?: string
  keyEnv?: string
}

/** A key of the embedded KMS: for trials and tests. */
export interface LocalKmsConfig {
  /** Holds the key itself. */
  stateFile: string
  /** Key id, ARN or alias. */
  key: string
}

/** The kinds of location, by `type`. */
export interface LocationConfigs {
  dynamodb: DynamodbConfig
  s3: S3Config
  file: FileConfig
}

export type LocationConfig<Type extends keyof LocationConfigs = keyof LocationConfigs> = {
  [T in Type]: { type: T } & LocationConfigs[T]
}[Type]

export interface DynamodbConfig {
  id: string
  table: string
  /** Keeps several stores apart in one table. */
  namespace?: string
  region?: string
  endpoint?: string
}

export interface S3Config {
  id: string
  bucket: string
  prefix?: string
  region?: string
  endpoint?: string
  forcePathStyle?: boolean
  /** Whether the server honours If-None-Match and If-Match, as Amazon S3 does. Default true. */
  conditionalWrites?: boolean
  /** Have S3 encrypt by a KMS key, beneath Sealring's own encryption. Default: as the bucket is configured. */
  encryption?: S3EncryptionConfig
  /** Account id that must own the bucket. Default: not checked. */
  expectedBucketOwner?: string
}

export interface S3EncryptionConfig {
  /** Default: the account's key for S3, `aws/s3`. */
  kmsKeyId?: string
  /** Default: as the bucket is configured. */
  bucketKey?: boolean
}

export interface FileConfig {
  id: string
  directory: string
}

/** A configuration and where it was read: relative paths in it count from `folder`. */
export interface LoadedConfig {
  readonly config: Config
  readonly file: string
  readonly folder: string
}
