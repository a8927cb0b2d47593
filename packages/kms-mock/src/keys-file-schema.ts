import { keySpecs, keyUsages } from './cryptography/key-specs.js'

const text = { type: 'string' } as const
const alias = { type: 'string', pattern: '^alias/[a-zA-Z0-9/_-]{1,250}$' } as const

/** JSON Schema of a keys file: `{ "keys": [ … ] }`, each a `PresetKey`. */
export const keysFileSchema = {
  type: 'object',
  required: ['keys'],
  additionalProperties: false,
  properties: {
    $schema: text,
    keys: {
      type: 'array',
      items: {
        type: 'object',
        required: ['region', 'keyId', 'material'],
        additionalProperties: false,
        properties: {
          region: { type: 'string', pattern: '^[a-z]{2,}(-[a-z]+)+-[0-9]+$' },
          accountId: { type: 'string', pattern: '^[0-9]{12}$' },
          keyId: text,
          keySpec: { enum: Object.keys(keySpecs) },
          keyUsage: { enum: keyUsages },
          material: { type: 'string', pattern: '^[A-Za-z0-9+/]+={0,2}$' },
          alias,
          aliases: { type: 'array', items: alias, uniqueItems: true },
          description: { type: 'string', maxLength: 8192 },
          tags: {
            type: 'array',
            maxItems: 50,
            items: {
              type: 'object',
              required: ['TagKey', 'TagValue'],
              additionalProperties: false,
              properties: {
                TagKey: { type: 'string', minLength: 1, maxLength: 128 },
                TagValue: { type: 'string', maxLength: 256 },
              },
            },
          },
          enabled: { type: 'boolean' },
        },
      },
    },
  },
} as const
