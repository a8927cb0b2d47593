import { connectionErrorCodes } from './state/custom-key-store.js'
import { xksProxyTroubles } from './outside.js'

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const span = { type: 'number', minimum: 0 } as const
const texts = { type: 'array', items: text } as const

const objectOf = (properties: object, ...required: string[]): object => ({
  type: 'object',
  required,
  additionalProperties: false,
  properties,
})
const listOf = (items: object): object => ({ type: 'array', items })

const cluster = objectOf(
  {
    clusterId: { type: 'string', pattern: '^cluster-[2-7a-zA-Z]{11,16}$' },
    state: text,
    trustAnchorCertificate: text,
    password: text,
    hsms: texts,
    misconfigured: flag,
    connectionError: { enum: connectionErrorCodes },
  },
  'clusterId',
  'trustAnchorCertificate',
  'password',
)

const xksKey = objectOf({ id: text, keySpec: text, keyStatus: text, keyUsage: texts }, 'id')

const proxy = objectOf(
  {
    uriEndpoint: { type: 'string', pattern: '^https://' },
    uriPath: { type: 'string', pattern: '^/' },
    accessKeyId: text,
    rawSecretAccessKey: text,
    vpcEndpointService: objectOf({ name: text, owner: text, misconfigured: flag }, 'name'),
    trouble: { enum: xksProxyTroubles },
    keys: listOf(xksKey),
  },
  'uriEndpoint',
  'uriPath',
  'accessKeyId',
  'rawSecretAccessKey',
)

/** JSON Schema of a configuration file: options of `createKms`, as far as JSON can say them. */
export const configFileSchema = objectOf({
  $schema: text,
  accountId: { type: 'string', pattern: '^[0-9]{12}$' },
  region: { type: 'string', pattern: '^[a-z0-9-]{1,32}$' },
  seed: text,
  seedOutputs: flag,
  transitionMs: span,
  lockTimeoutMs: span,
  clock: objectOf({
    start: { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?$' },
    frozen: flag,
  }),
  cloudHsmClusters: listOf(cluster),
  xksProxies: listOf(proxy),
})
