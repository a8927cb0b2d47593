// Generated from config.schema.json by scripts/generate-validator.mjs: change those.
/* oxlint-disable */

export const validate = validate10

const schema11 = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'sealring.config.json',
  description: 'Which key seals the entries of a store, and where their copies are kept',
  type: 'object',
  required: ['store', 'keyring', 'locations'],
  additionalProperties: false,
  properties: {
    $schema: { description: 'where an editor finds this schema; ignored', type: 'string' },
    store: {
      $ref: '#/definitions/id',
      description:
        'the id of the store, bound into every entry: 1 to 63 characters of a-z 0-9 . _ -, the first a letter or digit',
    },
    keyring: {
      description: 'the key that seals and opens',
      type: 'object',
      required: ['type'],
      discriminator: { propertyName: 'type' },
      oneOf: [
        { $ref: '#/definitions/kms' },
        { $ref: '#/definitions/rawAes' },
        { $ref: '#/definitions/localKms' },
      ],
    },
    locations: {
      description: 'a list of 1 to 16 locations, the nearest first',
      type: 'array',
      minItems: 1,
      maxItems: 16,
      items: {
        type: 'object',
        required: ['type'],
        discriminator: { propertyName: 'type' },
        oneOf: [
          { $ref: '#/definitions/dynamodb' },
          { $ref: '#/definitions/s3' },
          { $ref: '#/definitions/file' },
        ],
      },
    },
    arbiter: {
      $ref: '#/definitions/id',
      description: 'the id of the location that orders writers; the first location when left out',
    },
    suite: {
      description: 'signed (the default) or unsigned; both commit to the key',
      enum: ['signed', 'unsigned'],
    },
  },
  definitions: {
    id: {
      description: '1 to 63 characters of a-z 0-9 . _ -, the first a letter or digit',
      type: 'string',
      pattern: '^[a-z0-9][a-z0-9._-]{0,62}$',
    },
    path: {
      description: 'a path; a relative one counts from the folder of the configuration',
      type: 'string',
      pattern: '^[^\\u0000]+$',
    },
    region: {
      description:
        'an AWS region, such as eu-central-1; from the AWS settings of the environment when left out',
      type: 'string',
      pattern: '^[a-z0-9-]+$',
    },
    endpoint: {
      description: "an http:// or https:// address instead of the service's own",
      type: 'string',
      pattern: '^https?://[^\\s]+$',
    },
    kmsKey: {
      description: 'a key ARN, alias ARN, key id or alias/NAME',
      type: 'string',
      pattern: '^[^\\s]+$',
    },
    kms: {
      type: 'object',
      required: ['type', 'generatorKeyId'],
      additionalProperties: false,
      properties: {
        type: { const: 'kms' },
        generatorKeyId: {
          $ref: '#/definitions/kmsKey',
          description: 'the KMS key that makes the data keys: a key ARN, alias ARN, key id or alias/NAME',
        },
        keyIds: {
          description: 'a list of further KMS keys, each of which can open every entry as well',
          type: 'array',
          items: { $ref: '#/definitions/kmsKey' },
        },
        region: { $ref: '#/definitions/region' },
        endpoint: { $ref: '#/definitions/endpoint' },
      },
    },
    rawAes: {
      type: 'object',
      required: ['type', 'namespace', 'name'],
      additionalProperties: false,
      oneOf: [{ required: ['keyFile'] }, { required: ['keyEnv'] }],
      properties: {
        type: { const: 'raw-aes' },
        namespace: {
          description: "the key's namespace, public: 1 to 255 characters; not aws-kms",
          type: 'string',
          pattern: '^(?!aws-kms)[^]{1,255}$',
        },
        name: {
          description: "the key's name within its namespace, public: 1 to 255 characters",
          type: 'string',
          pattern: '^[^]{1,255}$',
        },
        keyFile: {
          $ref: '#/definitions/path',
          description: 'the path of a file that holds the key in base64',
        },
        keyEnv: {
          description: 'the name of an environment variable that holds the key in base64',
          type: 'string',
          pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
        },
      },
    },
    localKms: {
      type: 'object',
      required: ['type', 'stateFile', 'key'],
      additionalProperties: false,
      properties: {
        type: { const: 'local-kms' },
        stateFile: {
          $ref: '#/definitions/path',
          description: "the path of the embedded KMS's state, which holds the key itself",
        },
        key: { $ref: '#/definitions/kmsKey' },
      },
    },
    dynamodb: {
      type: 'object',
      required: ['type', 'id', 'table'],
      additionalProperties: false,
      properties: {
        type: { const: 'dynamodb' },
        id: { $ref: '#/definitions/id' },
        table: {
          description: 'a table name or ARN; names have 3 to 255 characters of a-z A-Z 0-9 . _ -',
          type: 'string',
          pattern: '^(arn:[^\\s]+|[A-Za-z0-9._-]{3,255})$',
        },
        namespace: {
          $ref: '#/definitions/id',
          description: 'keeps several stores apart in one table: 1 to 63 characters of a-z 0-9 . _ -',
        },
        region: { $ref: '#/definitions/region' },
        endpoint: { $ref: '#/definitions/endpoint' },
      },
    },
    s3: {
      type: 'object',
      required: ['type', 'id', 'bucket'],
      additionalProperties: false,
      properties: {
        type: { const: 's3' },
        id: { $ref: '#/definitions/id' },
        bucket: {
          description: 'a bucket name or access point ARN',
          type: 'string',
          pattern: '^(arn:[^\\s]+|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$',
        },
        prefix: {
          description:
            'what the keys of the objects start with: up to 64 printable ASCII characters; the whole bucket when left out',
          type: 'string',
          pattern: '^[ -~]{0,64}$',
        },
        region: { $ref: '#/definitions/region' },
        endpoint: { $ref: '#/definitions/endpoint' },
        forcePathStyle: {
          description: 'true for servers that know buckets only in the path',
          type: 'boolean',
        },
        conditionalWrites: {
          description:
            "false for servers that ignore If-None-Match and If-Match; such a location can't be the arbiter",
          type: 'boolean',
        },
        encryption: {
          description:
            "an object: encryption by S3 itself with a KMS key, beneath Sealring's own; as the bucket is configured when left out",
          type: 'object',
          additionalProperties: false,
          properties: {
            kmsKeyId: {
              $ref: '#/definitions/kmsKey',
              description:
                "a key ARN, alias ARN, key id or alias/NAME; the account's key for S3 when left out",
            },
            bucketKey: { description: 'true for an S3 bucket key, false for none', type: 'boolean' },
          },
        },
        expectedBucketOwner: {
          description:
            'the account id that must own the bucket, twelve digits; otherwise S3 refuses every request',
          type: 'string',
          pattern: '^[0-9]{12}$',
        },
      },
    },
    file: {
      type: 'object',
      required: ['type', 'id', 'directory'],
      additionalProperties: false,
      properties: {
        type: { const: 'file' },
        id: { $ref: '#/definitions/id' },
        directory: {
          $ref: '#/definitions/path',
          description: 'the path of a folder; a relative one counts from the folder of the configuration',
        },
      },
    },
  },
}
const schema12 = {
  description: '1 to 63 characters of a-z 0-9 . _ -, the first a letter or digit',
  type: 'string',
  pattern: '^[a-z0-9][a-z0-9._-]{0,62}$',
}
const pattern0 = new RegExp('^[a-z0-9][a-z0-9._-]{0,62}$', 'u')
const schema13 = {
  type: 'object',
  required: ['type', 'generatorKeyId'],
  additionalProperties: false,
  properties: {
    type: { const: 'kms' },
    generatorKeyId: {
      $ref: '#/definitions/kmsKey',
      description: 'the KMS key that makes the data keys: a key ARN, alias ARN, key id or alias/NAME',
    },
    keyIds: {
      description: 'a list of further KMS keys, each of which can open every entry as well',
      type: 'array',
      items: { $ref: '#/definitions/kmsKey' },
    },
    region: { $ref: '#/definitions/region' },
    endpoint: { $ref: '#/definitions/endpoint' },
  },
}
const schema14 = {
  description: 'a key ARN, alias ARN, key id or alias/NAME',
  type: 'string',
  pattern: '^[^\\s]+$',
}
const schema16 = {
  description: 'an AWS region, such as eu-central-1; from the AWS settings of the environment when left out',
  type: 'string',
  pattern: '^[a-z0-9-]+$',
}
const schema17 = {
  description: "an http:// or https:// address instead of the service's own",
  type: 'string',
  pattern: '^https?://[^\\s]+$',
}
const pattern1 = new RegExp('^[^\\s]+$', 'u')
const pattern3 = new RegExp('^[a-z0-9-]+$', 'u')
const pattern4 = new RegExp('^https?://[^\\s]+$', 'u')

function validate11(data, { instancePath = '', parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null
  let errors = 0
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    if (data.type === undefined) {
      const err0 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'type' },
        schema: schema13.required,
        parentSchema: schema13,
        data,
      }
      if (vErrors === null) {
        vErrors = [err0]
      } else {
        vErrors.push(err0)
      }
      errors++
    }
    if (data.generatorKeyId === undefined) {
      const err1 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'generatorKeyId' },
        schema: schema13.required,
        parentSchema: schema13,
        data,
      }
      if (vErrors === null) {
        vErrors = [err1]
      } else {
        vErrors.push(err1)
      }
      errors++
    }
    for (const key0 in data) {
      if (!(
        key0 === 'type' ||
        key0 === 'generatorKeyId' ||
        key0 === 'keyIds' ||
        key0 === 'region' ||
        key0 === 'endpoint'
      )) {
        const err2 = {
          instancePath,
          schemaPath: '#/additionalProperties',
          keyword: 'additionalProperties',
          params: { additionalProperty: key0 },
          schema: false,
          parentSchema: schema13,
          data,
        }
        if (vErrors === null) {
          vErrors = [err2]
        } else {
          vErrors.push(err2)
        }
        errors++
      }
    }
    if (data.type !== undefined) {
      let data0 = data.type
      if ('kms' !== data0) {
        const err3 = {
          instancePath: instancePath + '/type',
          schemaPath: '#/properties/type/const',
          keyword: 'const',
          params: { allowedValue: 'kms' },
          schema: 'kms',
          parentSchema: schema13.properties.type,
          data: data0,
        }
        if (vErrors === null) {
          vErrors = [err3]
        } else {
          vErrors.push(err3)
        }
        errors++
      }
    }
    if (data.generatorKeyId !== undefined) {
      let data1 = data.generatorKeyId
      if (typeof data1 === 'string') {
        if (!pattern1.test(data1)) {
          const err4 = {
            instancePath: instancePath + '/generatorKeyId',
            schemaPath: '#/definitions/kmsKey/pattern',
            keyword: 'pattern',
            params: { pattern: '^[^\\s]+$' },
            schema: '^[^\\s]+$',
            parentSchema: schema14,
            data: data1,
          }
          if (vErrors === null) {
            vErrors = [err4]
          } else {
            vErrors.push(err4)
          }
          errors++
        }
      } else {
        const err5 = {
          instancePath: instancePath + '/generatorKeyId',
          schemaPath: '#/definitions/kmsKey/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema14.type,
          parentSchema: schema14,
          data: data1,
        }
        if (vErrors === null) {
          vErrors = [err5]
        } else {
          vErrors.push(err5)
        }
        errors++
      }
    }
    if (data.keyIds !== undefined) {
      let data2 = data.keyIds
      if (Array.isArray(data2)) {
        const len0 = data2.length
        for (let i0 = 0; i0 < len0; i0++) {
          let data3 = data2[i0]
          if (typeof data3 === 'string') {
            if (!pattern1.test(data3)) {
              const err6 = {
                instancePath: instancePath + '/keyIds/' + i0,
                schemaPath: '#/definitions/kmsKey/pattern',
                keyword: 'pattern',
                params: { pattern: '^[^\\s]+$' },
                schema: '^[^\\s]+$',
                parentSchema: schema14,
                data: data3,
              }
              if (vErrors === null) {
                vErrors = [err6]
              } else {
                vErrors.push(err6)
              }
              errors++
            }
          } else {
            const err7 = {
              instancePath: instancePath + '/keyIds/' + i0,
              schemaPath: '#/definitions/kmsKey/type',
              keyword: 'type',
              params: { type: 'string' },
              schema: schema14.type,
              parentSchema: schema14,
              data: data3,
            }
            if (vErrors === null) {
              vErrors = [err7]
            } else {
              vErrors.push(err7)
            }
            errors++
          }
        }
      } else {
        const err8 = {
          instancePath: instancePath + '/keyIds',
          schemaPath: '#/properties/keyIds/type',
          keyword: 'type',
          params: { type: 'array' },
          schema: schema13.properties.keyIds.type,
          parentSchema: schema13.properties.keyIds,
          data: data2,
        }
        if (vErrors === null) {
          vErrors = [err8]
        } else {
          vErrors.push(err8)
        }
        errors++
      }
    }
    if (data.region !== undefined) {
      let data4 = data.region
      if (typeof data4 === 'string') {
        if (!pattern3.test(data4)) {
          const err9 = {
            instancePath: instancePath + '/region',
            schemaPath: '#/definitions/region/pattern',
            keyword: 'pattern',
            params: { pattern: '^[a-z0-9-]+$' },
            schema: '^[a-z0-9-]+$',
            parentSchema: schema16,
            data: data4,
          }
          if (vErrors === null) {
            vErrors = [err9]
          } else {
            vErrors.push(err9)
          }
          errors++
        }
      } else {
        const err10 = {
          instancePath: instancePath + '/region',
          schemaPath: '#/definitions/region/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema16.type,
          parentSchema: schema16,
          data: data4,
        }
        if (vErrors === null) {
          vErrors = [err10]
        } else {
          vErrors.push(err10)
        }
        errors++
      }
    }
    if (data.endpoint !== undefined) {
      let data5 = data.endpoint
      if (typeof data5 === 'string') {
        if (!pattern4.test(data5)) {
          const err11 = {
            instancePath: instancePath + '/endpoint',
            schemaPath: '#/definitions/endpoint/pattern',
            keyword: 'pattern',
            params: { pattern: '^https?://[^\\s]+$' },
            schema: '^https?://[^\\s]+$',
            parentSchema: schema17,
            data: data5,
          }
          if (vErrors === null) {
            vErrors = [err11]
          } else {
            vErrors.push(err11)
          }
          errors++
        }
      } else {
        const err12 = {
          instancePath: instancePath + '/endpoint',
          schemaPath: '#/definitions/endpoint/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema17.type,
          parentSchema: schema17,
          data: data5,
        }
        if (vErrors === null) {
          vErrors = [err12]
        } else {
          vErrors.push(err12)
        }
        errors++
      }
    }
  } else {
    const err13 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      schema: schema13.type,
      parentSchema: schema13,
      data,
    }
    if (vErrors === null) {
      vErrors = [err13]
    } else {
      vErrors.push(err13)
    }
    errors++
  }
  validate11.errors = vErrors
  return errors === 0
}

const schema18 = {
  type: 'object',
  required: ['type', 'namespace', 'name'],
  additionalProperties: false,
  oneOf: [{ required: ['keyFile'] }, { required: ['keyEnv'] }],
  properties: {
    type: { const: 'raw-aes' },
    namespace: {
      description: "the key's namespace, public: 1 to 255 characters; not aws-kms",
      type: 'string',
      pattern: '^(?!aws-kms)[^]{1,255}$',
    },
    name: {
      description: "the key's name within its namespace, public: 1 to 255 characters",
      type: 'string',
      pattern: '^[^]{1,255}$',
    },
    keyFile: { $ref: '#/definitions/path', description: 'the path of a file that holds the key in base64' },
    keyEnv: {
      description: 'the name of an environment variable that holds the key in base64',
      type: 'string',
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
    },
  },
}
const schema19 = {
  description: 'a path; a relative one counts from the folder of the configuration',
  type: 'string',
  pattern: '^[^\\u0000]+$',
}
const pattern5 = new RegExp('^(?!aws-kms)[^]{1,255}$', 'u')
const pattern6 = new RegExp('^[^]{1,255}$', 'u')
const pattern7 = new RegExp('^[^\\u0000]+$', 'u')
const pattern8 = new RegExp('^[A-Za-z_][A-Za-z0-9_]*$', 'u')

function validate12(data, { instancePath = '', parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null
  let errors = 0
  const _errs1 = errors
  let valid0 = false
  let passing0 = null
  const _errs2 = errors
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    if (data.keyFile === undefined) {
      const err0 = {
        instancePath,
        schemaPath: '#/oneOf/0/required',
        keyword: 'required',
        params: { missingProperty: 'keyFile' },
        schema: schema18.oneOf[0].required,
        parentSchema: schema18.oneOf[0],
        data,
      }
      if (vErrors === null) {
        vErrors = [err0]
      } else {
        vErrors.push(err0)
      }
      errors++
    }
  }
  var _valid0 = _errs2 === errors
  if (_valid0) {
    valid0 = true
    passing0 = 0
  }
  const _errs3 = errors
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    if (data.keyEnv === undefined) {
      const err1 = {
        instancePath,
        schemaPath: '#/oneOf/1/required',
        keyword: 'required',
        params: { missingProperty: 'keyEnv' },
        schema: schema18.oneOf[1].required,
        parentSchema: schema18.oneOf[1],
        data,
      }
      if (vErrors === null) {
        vErrors = [err1]
      } else {
        vErrors.push(err1)
      }
      errors++
    }
  }
  var _valid0 = _errs3 === errors
  if (_valid0 && valid0) {
    valid0 = false
    passing0 = [passing0, 1]
  } else {
    if (_valid0) {
      valid0 = true
      passing0 = 1
    }
  }
  if (!valid0) {
    const err2 = {
      instancePath,
      schemaPath: '#/oneOf',
      keyword: 'oneOf',
      params: { passingSchemas: passing0 },
      schema: schema18.oneOf,
      parentSchema: schema18,
      data,
    }
    if (vErrors === null) {
      vErrors = [err2]
    } else {
      vErrors.push(err2)
    }
    errors++
  } else {
    errors = _errs1
    if (vErrors !== null) {
      if (_errs1) {
        vErrors.length = _errs1
      } else {
        vErrors = null
      }
    }
  }
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    if (data.type === undefined) {
      const err3 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'type' },
        schema: schema18.required,
        parentSchema: schema18,
        data,
      }
      if (vErrors === null) {
        vErrors = [err3]
      } else {
        vErrors.push(err3)
      }
      errors++
    }
    if (data.namespace === undefined) {
      const err4 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'namespace' },
        schema: schema18.required,
        parentSchema: schema18,
        data,
      }
      if (vErrors === null) {
        vErrors = [err4]
      } else {
        vErrors.push(err4)
      }
      errors++
    }
    if (data.name === undefined) {
      const err5 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'name' },
        schema: schema18.required,
        parentSchema: schema18,
        data,
      }
      if (vErrors === null) {
        vErrors = [err5]
      } else {
        vErrors.push(err5)
      }
      errors++
    }
    for (const key0 in data) {
      if (!(
        key0 === 'type' ||
        key0 === 'namespace' ||
        key0 === 'name' ||
        key0 === 'keyFile' ||
        key0 === 'keyEnv'
      )) {
        const err6 = {
          instancePath,
          schemaPath: '#/additionalProperties',
          keyword: 'additionalProperties',
          params: { additionalProperty: key0 },
          schema: false,
          parentSchema: schema18,
          data,
        }
        if (vErrors === null) {
          vErrors = [err6]
        } else {
          vErrors.push(err6)
        }
        errors++
      }
    }
    if (data.type !== undefined) {
      let data0 = data.type
      if ('raw-aes' !== data0) {
        const err7 = {
          instancePath: instancePath + '/type',
          schemaPath: '#/properties/type/const',
          keyword: 'const',
          params: { allowedValue: 'raw-aes' },
          schema: 'raw-aes',
          parentSchema: schema18.properties.type,
          data: data0,
        }
        if (vErrors === null) {
          vErrors = [err7]
        } else {
          vErrors.push(err7)
        }
        errors++
      }
    }
    if (data.namespace !== undefined) {
      let data1 = data.namespace
      if (typeof data1 === 'string') {
        if (!pattern5.test(data1)) {
          const err8 = {
            instancePath: instancePath + '/namespace',
            schemaPath: '#/properties/namespace/pattern',
            keyword: 'pattern',
            params: { pattern: '^(?!aws-kms)[^]{1,255}$' },
            schema: '^(?!aws-kms)[^]{1,255}$',
            parentSchema: schema18.properties.namespace,
            data: data1,
          }
          if (vErrors === null) {
            vErrors = [err8]
          } else {
            vErrors.push(err8)
          }
          errors++
        }
      } else {
        const err9 = {
          instancePath: instancePath + '/namespace',
          schemaPath: '#/properties/namespace/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema18.properties.namespace.type,
          parentSchema: schema18.properties.namespace,
          data: data1,
        }
        if (vErrors === null) {
          vErrors = [err9]
        } else {
          vErrors.push(err9)
        }
        errors++
      }
    }
    if (data.name !== undefined) {
      let data2 = data.name
      if (typeof data2 === 'string') {
        if (!pattern6.test(data2)) {
          const err10 = {
            instancePath: instancePath + '/name',
            schemaPath: '#/properties/name/pattern',
            keyword: 'pattern',
            params: { pattern: '^[^]{1,255}$' },
            schema: '^[^]{1,255}$',
            parentSchema: schema18.properties.name,
            data: data2,
          }
          if (vErrors === null) {
            vErrors = [err10]
          } else {
            vErrors.push(err10)
          }
          errors++
        }
      } else {
        const err11 = {
          instancePath: instancePath + '/name',
          schemaPath: '#/properties/name/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema18.properties.name.type,
          parentSchema: schema18.properties.name,
          data: data2,
        }
        if (vErrors === null) {
          vErrors = [err11]
        } else {
          vErrors.push(err11)
        }
        errors++
      }
    }
    if (data.keyFile !== undefined) {
      let data3 = data.keyFile
      if (typeof data3 === 'string') {
        if (!pattern7.test(data3)) {
          const err12 = {
            instancePath: instancePath + '/keyFile',
            schemaPath: '#/definitions/path/pattern',
            keyword: 'pattern',
            params: { pattern: '^[^\\u0000]+$' },
            schema: '^[^\\u0000]+$',
            parentSchema: schema19,
            data: data3,
          }
          if (vErrors === null) {
            vErrors = [err12]
          } else {
            vErrors.push(err12)
          }
          errors++
        }
      } else {
        const err13 = {
          instancePath: instancePath + '/keyFile',
          schemaPath: '#/definitions/path/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema19.type,
          parentSchema: schema19,
          data: data3,
        }
        if (vErrors === null) {
          vErrors = [err13]
        } else {
          vErrors.push(err13)
        }
        errors++
      }
    }
    if (data.keyEnv !== undefined) {
      let data4 = data.keyEnv
      if (typeof data4 === 'string') {
        if (!pattern8.test(data4)) {
          const err14 = {
            instancePath: instancePath + '/keyEnv',
            schemaPath: '#/properties/keyEnv/pattern',
            keyword: 'pattern',
            params: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
            schema: '^[A-Za-z_][A-Za-z0-9_]*$',
            parentSchema: schema18.properties.keyEnv,
            data: data4,
          }
          if (vErrors === null) {
            vErrors = [err14]
          } else {
            vErrors.push(err14)
          }
          errors++
        }
      } else {
        const err15 = {
          instancePath: instancePath + '/keyEnv',
          schemaPath: '#/properties/keyEnv/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema18.properties.keyEnv.type,
          parentSchema: schema18.properties.keyEnv,
          data: data4,
        }
        if (vErrors === null) {
          vErrors = [err15]
        } else {
          vErrors.push(err15)
        }
        errors++
      }
    }
  } else {
    const err16 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      schema: schema18.type,
      parentSchema: schema18,
      data,
    }
    if (vErrors === null) {
      vErrors = [err16]
    } else {
      vErrors.push(err16)
    }
    errors++
  }
  validate12.errors = vErrors
  return errors === 0
}

const schema20 = {
  type: 'object',
  required: ['type', 'stateFile', 'key'],
  additionalProperties: false,
  properties: {
    type: { const: 'local-kms' },
    stateFile: {
      $ref: '#/definitions/path',
      description: "the path of the embedded KMS's state, which holds the key itself",
    },
    key: { $ref: '#/definitions/kmsKey' },
  },
}

function validate13(data, { instancePath = '', parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null
  let errors = 0
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    if (data.type === undefined) {
      const err0 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'type' },
        schema: schema20.required,
        parentSchema: schema20,
        data,
      }
      if (vErrors === null) {
        vErrors = [err0]
      } else {
        vErrors.push(err0)
      }
      errors++
    }
    if (data.stateFile === undefined) {
      const err1 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'stateFile' },
        schema: schema20.required,
        parentSchema: schema20,
        data,
      }
      if (vErrors === null) {
        vErrors = [err1]
      } else {
        vErrors.push(err1)
      }
      errors++
    }
    if (data.key === undefined) {
      const err2 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'key' },
        schema: schema20.required,
        parentSchema: schema20,
        data,
      }
      if (vErrors === null) {
        vErrors = [err2]
      } else {
        vErrors.push(err2)
      }
      errors++
    }
    for (const key0 in data) {
      if (!(key0 === 'type' || key0 === 'stateFile' || key0 === 'key')) {
        const err3 = {
          instancePath,
          schemaPath: '#/additionalProperties',
          keyword: 'additionalProperties',
          params: { additionalProperty: key0 },
          schema: false,
          parentSchema: schema20,
          data,
        }
        if (vErrors === null) {
          vErrors = [err3]
        } else {
          vErrors.push(err3)
        }
        errors++
      }
    }
    if (data.type !== undefined) {
      let data0 = data.type
      if ('local-kms' !== data0) {
        const err4 = {
          instancePath: instancePath + '/type',
          schemaPath: '#/properties/type/const',
          keyword: 'const',
          params: { allowedValue: 'local-kms' },
          schema: 'local-kms',
          parentSchema: schema20.properties.type,
          data: data0,
        }
        if (vErrors === null) {
          vErrors = [err4]
        } else {
          vErrors.push(err4)
        }
        errors++
      }
    }
    if (data.stateFile !== undefined) {
      let data1 = data.stateFile
      if (typeof data1 === 'string') {
        if (!pattern7.test(data1)) {
          const err5 = {
            instancePath: instancePath + '/stateFile',
            schemaPath: '#/definitions/path/pattern',
            keyword: 'pattern',
            params: { pattern: '^[^\\u0000]+$' },
            schema: '^[^\\u0000]+$',
            parentSchema: schema19,
            data: data1,
          }
          if (vErrors === null) {
            vErrors = [err5]
          } else {
            vErrors.push(err5)
          }
          errors++
        }
      } else {
        const err6 = {
          instancePath: instancePath + '/stateFile',
          schemaPath: '#/definitions/path/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema19.type,
          parentSchema: schema19,
          data: data1,
        }
        if (vErrors === null) {
          vErrors = [err6]
        } else {
          vErrors.push(err6)
        }
        errors++
      }
    }
    if (data.key !== undefined) {
      let data2 = data.key
      if (typeof data2 === 'string') {
        if (!pattern1.test(data2)) {
          const err7 = {
            instancePath: instancePath + '/key',
            schemaPath: '#/definitions/kmsKey/pattern',
            keyword: 'pattern',
            params: { pattern: '^[^\\s]+$' },
            schema: '^[^\\s]+$',
            parentSchema: schema14,
            data: data2,
          }
          if (vErrors === null) {
            vErrors = [err7]
          } else {
            vErrors.push(err7)
          }
          errors++
        }
      } else {
        const err8 = {
          instancePath: instancePath + '/key',
          schemaPath: '#/definitions/kmsKey/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema14.type,
          parentSchema: schema14,
          data: data2,
        }
        if (vErrors === null) {
          vErrors = [err8]
        } else {
          vErrors.push(err8)
        }
        errors++
      }
    }
  } else {
    const err9 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      schema: schema20.type,
      parentSchema: schema20,
      data,
    }
    if (vErrors === null) {
      vErrors = [err9]
    } else {
      vErrors.push(err9)
    }
    errors++
  }
  validate13.errors = vErrors
  return errors === 0
}

const schema23 = {
  type: 'object',
  required: ['type', 'id', 'table'],
  additionalProperties: false,
  properties: {
    type: { const: 'dynamodb' },
    id: { $ref: '#/definitions/id' },
    table: {
      description: 'a table name or ARN; names have 3 to 255 characters of a-z A-Z 0-9 . _ -',
      type: 'string',
      pattern: '^(arn:[^\\s]+|[A-Za-z0-9._-]{3,255})$',
    },
    namespace: {
      $ref: '#/definitions/id',
      description: 'keeps several stores apart in one table: 1 to 63 characters of a-z 0-9 . _ -',
    },
    region: { $ref: '#/definitions/region' },
    endpoint: { $ref: '#/definitions/endpoint' },
  },
}
const pattern12 = new RegExp('^(arn:[^\\s]+|[A-Za-z0-9._-]{3,255})$', 'u')

function validate17(data, { instancePath = '', parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null
  let errors = 0
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    if (data.type === undefined) {
      const err0 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'type' },
        schema: schema23.required,
        parentSchema: schema23,
        data,
      }
      if (vErrors === null) {
        vErrors = [err0]
      } else {
        vErrors.push(err0)
      }
      errors++
    }
    if (data.id === undefined) {
      const err1 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'id' },
        schema: schema23.required,
        parentSchema: schema23,
        data,
      }
      if (vErrors === null) {
        vErrors = [err1]
      } else {
        vErrors.push(err1)
      }
      errors++
    }
    if (data.table === undefined) {
      const err2 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'table' },
        schema: schema23.required,
        parentSchema: schema23,
        data,
      }
      if (vErrors === null) {
        vErrors = [err2]
      } else {
        vErrors.push(err2)
      }
      errors++
    }
    for (const key0 in data) {
      if (!(
        key0 === 'type' ||
        key0 === 'id' ||
        key0 === 'table' ||
        key0 === 'namespace' ||
        key0 === 'region' ||
        key0 === 'endpoint'
      )) {
        const err3 = {
          instancePath,
          schemaPath: '#/additionalProperties',
          keyword: 'additionalProperties',
          params: { additionalProperty: key0 },
          schema: false,
          parentSchema: schema23,
          data,
        }
        if (vErrors === null) {
          vErrors = [err3]
        } else {
          vErrors.push(err3)
        }
        errors++
      }
    }
    if (data.type !== undefined) {
      let data0 = data.type
      if ('dynamodb' !== data0) {
        const err4 = {
          instancePath: instancePath + '/type',
          schemaPath: '#/properties/type/const',
          keyword: 'const',
          params: { allowedValue: 'dynamodb' },
          schema: 'dynamodb',
          parentSchema: schema23.properties.type,
          data: data0,
        }
        if (vErrors === null) {
          vErrors = [err4]
        } else {
          vErrors.push(err4)
        }
        errors++
      }
    }
    if (data.id !== undefined) {
      let data1 = data.id
      if (typeof data1 === 'string') {
        if (!pattern0.test(data1)) {
          const err5 = {
            instancePath: instancePath + '/id',
            schemaPath: '#/definitions/id/pattern',
            keyword: 'pattern',
            params: { pattern: '^[a-z0-9][a-z0-9._-]{0,62}$' },
            schema: '^[a-z0-9][a-z0-9._-]{0,62}$',
            parentSchema: schema12,
            data: data1,
          }
          if (vErrors === null) {
            vErrors = [err5]
          } else {
            vErrors.push(err5)
          }
          errors++
        }
      } else {
        const err6 = {
          instancePath: instancePath + '/id',
          schemaPath: '#/definitions/id/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema12.type,
          parentSchema: schema12,
          data: data1,
        }
        if (vErrors === null) {
          vErrors = [err6]
        } else {
          vErrors.push(err6)
        }
        errors++
      }
    }
    if (data.table !== undefined) {
      let data2 = data.table
      if (typeof data2 === 'string') {
        if (!pattern12.test(data2)) {
          const err7 = {
            instancePath: instancePath + '/table',
            schemaPath: '#/properties/table/pattern',
            keyword: 'pattern',
            params: { pattern: '^(arn:[^\\s]+|[A-Za-z0-9._-]{3,255})$' },
            schema: '^(arn:[^\\s]+|[A-Za-z0-9._-]{3,255})$',
            parentSchema: schema23.properties.table,
            data: data2,
          }
          if (vErrors === null) {
            vErrors = [err7]
          } else {
            vErrors.push(err7)
          }
          errors++
        }
      } else {
        const err8 = {
          instancePath: instancePath + '/table',
          schemaPath: '#/properties/table/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema23.properties.table.type,
          parentSchema: schema23.properties.table,
          data: data2,
        }
        if (vErrors === null) {
          vErrors = [err8]
        } else {
          vErrors.push(err8)
        }
        errors++
      }
    }
    if (data.namespace !== undefined) {
      let data3 = data.namespace
      if (typeof data3 === 'string') {
        if (!pattern0.test(data3)) {
          const err9 = {
            instancePath: instancePath + '/namespace',
            schemaPath: '#/definitions/id/pattern',
            keyword: 'pattern',
            params: { pattern: '^[a-z0-9][a-z0-9._-]{0,62}$' },
            schema: '^[a-z0-9][a-z0-9._-]{0,62}$',
            parentSchema: schema12,
            data: data3,
          }
          if (vErrors === null) {
            vErrors = [err9]
          } else {
            vErrors.push(err9)
          }
          errors++
        }
      } else {
        const err10 = {
          instancePath: instancePath + '/namespace',
          schemaPath: '#/definitions/id/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema12.type,
          parentSchema: schema12,
          data: data3,
        }
        if (vErrors === null) {
          vErrors = [err10]
        } else {
          vErrors.push(err10)
        }
        errors++
      }
    }
    if (data.region !== undefined) {
      let data4 = data.region
      if (typeof data4 === 'string') {
        if (!pattern3.test(data4)) {
          const err11 = {
            instancePath: instancePath + '/region',
            schemaPath: '#/definitions/region/pattern',
            keyword: 'pattern',
            params: { pattern: '^[a-z0-9-]+$' },
            schema: '^[a-z0-9-]+$',
            parentSchema: schema16,
            data: data4,
          }
          if (vErrors === null) {
            vErrors = [err11]
          } else {
            vErrors.push(err11)
          }
          errors++
        }
      } else {
        const err12 = {
          instancePath: instancePath + '/region',
          schemaPath: '#/definitions/region/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema16.type,
          parentSchema: schema16,
          data: data4,
        }
        if (vErrors === null) {
          vErrors = [err12]
        } else {
          vErrors.push(err12)
        }
        errors++
      }
    }
    if (data.endpoint !== undefined) {
      let data5 = data.endpoint
      if (typeof data5 === 'string') {
        if (!pattern4.test(data5)) {
          const err13 = {
            instancePath: instancePath + '/endpoint',
            schemaPath: '#/definitions/endpoint/pattern',
            keyword: 'pattern',
            params: { pattern: '^https?://[^\\s]+$' },
            schema: '^https?://[^\\s]+$',
            parentSchema: schema17,
            data: data5,
          }
          if (vErrors === null) {
            vErrors = [err13]
          } else {
            vErrors.push(err13)
          }
          errors++
        }
      } else {
        const err14 = {
          instancePath: instancePath + '/endpoint',
          schemaPath: '#/definitions/endpoint/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema17.type,
          parentSchema: schema17,
          data: data5,
        }
        if (vErrors === null) {
          vErrors = [err14]
        } else {
          vErrors.push(err14)
        }
        errors++
      }
    }
  } else {
    const err15 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      schema: schema23.type,
      parentSchema: schema23,
      data,
    }
    if (vErrors === null) {
      vErrors = [err15]
    } else {
      vErrors.push(err15)
    }
    errors++
  }
  validate17.errors = vErrors
  return errors === 0
}

const schema28 = {
  type: 'object',
  required: ['type', 'id', 'bucket'],
  additionalProperties: false,
  properties: {
    type: { const: 's3' },
    id: { $ref: '#/definitions/id' },
    bucket: {
      description: 'a bucket name or access point ARN',
      type: 'string',
      pattern: '^(arn:[^\\s]+|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$',
    },
    prefix: {
      description:
        'what the keys of the objects start with: up to 64 printable ASCII characters; the whole bucket when left out',
      type: 'string',
      pattern: '^[ -~]{0,64}$',
    },
    region: { $ref: '#/definitions/region' },
    endpoint: { $ref: '#/definitions/endpoint' },
    forcePathStyle: { description: 'true for servers that know buckets only in the path', type: 'boolean' },
    conditionalWrites: {
      description:
        "false for servers that ignore If-None-Match and If-Match; such a location can't be the arbiter",
      type: 'boolean',
    },
    encryption: {
      description:
        "an object: encryption by S3 itself with a KMS key, beneath Sealring's own; as the bucket is configured when left out",
      type: 'object',
      additionalProperties: false,
      properties: {
        kmsKeyId: {
          $ref: '#/definitions/kmsKey',
          description: "a key ARN, alias ARN, key id or alias/NAME; the account's key for S3 when left out",
        },
        bucketKey: { description: 'true for an S3 bucket key, false for none', type: 'boolean' },
      },
    },
    expectedBucketOwner: {
      description:
        'the account id that must own the bucket, twelve digits; otherwise S3 refuses every request',
      type: 'string',
      pattern: '^[0-9]{12}$',
    },
  },
}
const func2 = Object.prototype.hasOwnProperty
const pattern17 = new RegExp('^(arn:[^\\s]+|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$', 'u')
const pattern18 = new RegExp('^[ -~]{0,64}$', 'u')
const pattern22 = new RegExp('^[0-9]{12}$', 'u')

function validate18(data, { instancePath = '', parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null
  let errors = 0
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    if (data.type === undefined) {
      const err0 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'type' },
        schema: schema28.required,
        parentSchema: schema28,
        data,
      }
      if (vErrors === null) {
        vErrors = [err0]
      } else {
        vErrors.push(err0)
      }
      errors++
    }
    if (data.id === undefined) {
      const err1 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'id' },
        schema: schema28.required,
        parentSchema: schema28,
        data,
      }
      if (vErrors === null) {
        vErrors = [err1]
      } else {
        vErrors.push(err1)
      }
      errors++
    }
    if (data.bucket === undefined) {
      const err2 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'bucket' },
        schema: schema28.required,
        parentSchema: schema28,
        data,
      }
      if (vErrors === null) {
        vErrors = [err2]
      } else {
        vErrors.push(err2)
      }
      errors++
    }
    for (const key0 in data) {
      if (!func2.call(schema28.properties, key0)) {
        const err3 = {
          instancePath,
          schemaPath: '#/additionalProperties',
          keyword: 'additionalProperties',
          params: { additionalProperty: key0 },
          schema: false,
          parentSchema: schema28,
          data,
        }
        if (vErrors === null) {
          vErrors = [err3]
        } else {
          vErrors.push(err3)
        }
        errors++
      }
    }
    if (data.type !== undefined) {
      let data0 = data.type
      if ('s3' !== data0) {
        const err4 = {
          instancePath: instancePath + '/type',
          schemaPath: '#/properties/type/const',
          keyword: 'const',
          params: { allowedValue: 's3' },
          schema: 's3',
          parentSchema: schema28.properties.type,
          data: data0,
        }
        if (vErrors === null) {
          vErrors = [err4]
        } else {
          vErrors.push(err4)
        }
        errors++
      }
    }
    if (data.id !== undefined) {
      let data1 = data.id
      if (typeof data1 === 'string') {
        if (!pattern0.test(data1)) {
          const err5 = {
            instancePath: instancePath + '/id',
            schemaPath: '#/definitions/id/pattern',
            keyword: 'pattern',
            params: { pattern: '^[a-z0-9][a-z0-9._-]{0,62}$' },
            schema: '^[a-z0-9][a-z0-9._-]{0,62}$',
            parentSchema: schema12,
            data: data1,
          }
          if (vErrors === null) {
            vErrors = [err5]
          } else {
            vErrors.push(err5)
          }
          errors++
        }
      } else {
        const err6 = {
          instancePath: instancePath + '/id',
          schemaPath: '#/definitions/id/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema12.type,
          parentSchema: schema12,
          data: data1,
        }
        if (vErrors === null) {
          vErrors = [err6]
        } else {
          vErrors.push(err6)
        }
        errors++
      }
    }
    if (data.bucket !== undefined) {
      let data2 = data.bucket
      if (typeof data2 === 'string') {
        if (!pattern17.test(data2)) {
          const err7 = {
            instancePath: instancePath + '/bucket',
            schemaPath: '#/properties/bucket/pattern',
            keyword: 'pattern',
            params: { pattern: '^(arn:[^\\s]+|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$' },
            schema: '^(arn:[^\\s]+|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$',
            parentSchema: schema28.properties.bucket,
            data: data2,
          }
          if (vErrors === null) {
            vErrors = [err7]
          } else {
            vErrors.push(err7)
          }
          errors++
        }
      } else {
        const err8 = {
          instancePath: instancePath + '/bucket',
          schemaPath: '#/properties/bucket/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema28.properties.bucket.type,
          parentSchema: schema28.properties.bucket,
          data: data2,
        }
        if (vErrors === null) {
          vErrors = [err8]
        } else {
          vErrors.push(err8)
        }
        errors++
      }
    }
    if (data.prefix !== undefined) {
      let data3 = data.prefix
      if (typeof data3 === 'string') {
        if (!pattern18.test(data3)) {
          const err9 = {
            instancePath: instancePath + '/prefix',
            schemaPath: '#/properties/prefix/pattern',
            keyword: 'pattern',
            params: { pattern: '^[ -~]{0,64}$' },
            schema: '^[ -~]{0,64}$',
            parentSchema: schema28.properties.prefix,
            data: data3,
          }
          if (vErrors === null) {
            vErrors = [err9]
          } else {
            vErrors.push(err9)
          }
          errors++
        }
      } else {
        const err10 = {
          instancePath: instancePath + '/prefix',
          schemaPath: '#/properties/prefix/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema28.properties.prefix.type,
          parentSchema: schema28.properties.prefix,
          data: data3,
        }
        if (vErrors === null) {
          vErrors = [err10]
        } else {
          vErrors.push(err10)
        }
        errors++
      }
    }
    if (data.region !== undefined) {
      let data4 = data.region
      if (typeof data4 === 'string') {
        if (!pattern3.test(data4)) {
          const err11 = {
            instancePath: instancePath + '/region',
            schemaPath: '#/definitions/region/pattern',
            keyword: 'pattern',
            params: { pattern: '^[a-z0-9-]+$' },
            schema: '^[a-z0-9-]+$',
            parentSchema: schema16,
            data: data4,
          }
          if (vErrors === null) {
            vErrors = [err11]
          } else {
            vErrors.push(err11)
          }
          errors++
        }
      } else {
        const err12 = {
          instancePath: instancePath + '/region',
          schemaPath: '#/definitions/region/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema16.type,
          parentSchema: schema16,
          data: data4,
        }
        if (vErrors === null) {
          vErrors = [err12]
        } else {
          vErrors.push(err12)
        }
        errors++
      }
    }
    if (data.endpoint !== undefined) {
      let data5 = data.endpoint
      if (typeof data5 === 'string') {
        if (!pattern4.test(data5)) {
          const err13 = {
            instancePath: instancePath + '/endpoint',
            schemaPath: '#/definitions/endpoint/pattern',
            keyword: 'pattern',
            params: { pattern: '^https?://[^\\s]+$' },
            schema: '^https?://[^\\s]+$',
            parentSchema: schema17,
            data: data5,
          }
          if (vErrors === null) {
            vErrors = [err13]
          } else {
            vErrors.push(err13)
          }
          errors++
        }
      } else {
        const err14 = {
          instancePath: instancePath + '/endpoint',
          schemaPath: '#/definitions/endpoint/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema17.type,
          parentSchema: schema17,
          data: data5,
        }
        if (vErrors === null) {
          vErrors = [err14]
        } else {
          vErrors.push(err14)
        }
        errors++
      }
    }
    if (data.forcePathStyle !== undefined) {
      let data6 = data.forcePathStyle
      if (typeof data6 !== 'boolean') {
        const err15 = {
          instancePath: instancePath + '/forcePathStyle',
          schemaPath: '#/properties/forcePathStyle/type',
          keyword: 'type',
          params: { type: 'boolean' },
          schema: schema28.properties.forcePathStyle.type,
          parentSchema: schema28.properties.forcePathStyle,
          data: data6,
        }
        if (vErrors === null) {
          vErrors = [err15]
        } else {
          vErrors.push(err15)
        }
        errors++
      }
    }
    if (data.conditionalWrites !== undefined) {
      let data7 = data.conditionalWrites
      if (typeof data7 !== 'boolean') {
        const err16 = {
          instancePath: instancePath + '/conditionalWrites',
          schemaPath: '#/properties/conditionalWrites/type',
          keyword: 'type',
          params: { type: 'boolean' },
          schema: schema28.properties.conditionalWrites.type,
          parentSchema: schema28.properties.conditionalWrites,
          data: data7,
        }
        if (vErrors === null) {
          vErrors = [err16]
        } else {
          vErrors.push(err16)
        }
        errors++
      }
    }
    if (data.encryption !== undefined) {
      let data8 = data.encryption
      if (data8 && typeof data8 == 'object' && !Array.isArray(data8)) {
        for (const key1 in data8) {
          if (!(key1 === 'kmsKeyId' || key1 === 'bucketKey')) {
            const err17 = {
              instancePath: instancePath + '/encryption',
              schemaPath: '#/properties/encryption/additionalProperties',
              keyword: 'additionalProperties',
              params: { additionalProperty: key1 },
              schema: false,
              parentSchema: schema28.properties.encryption,
              data: data8,
            }
            if (vErrors === null) {
              vErrors = [err17]
            } else {
              vErrors.push(err17)
            }
            errors++
          }
        }
        if (data8.kmsKeyId !== undefined) {
          let data9 = data8.kmsKeyId
          if (typeof data9 === 'string') {
            if (!pattern1.test(data9)) {
              const err18 = {
                instancePath: instancePath + '/encryption/kmsKeyId',
                schemaPath: '#/definitions/kmsKey/pattern',
                keyword: 'pattern',
                params: { pattern: '^[^\\s]+$' },
                schema: '^[^\\s]+$',
                parentSchema: schema14,
                data: data9,
              }
              if (vErrors === null) {
                vErrors = [err18]
              } else {
                vErrors.push(err18)
              }
              errors++
            }
          } else {
            const err19 = {
              instancePath: instancePath + '/encryption/kmsKeyId',
              schemaPath: '#/definitions/kmsKey/type',
              keyword: 'type',
              params: { type: 'string' },
              schema: schema14.type,
              parentSchema: schema14,
              data: data9,
            }
            if (vErrors === null) {
              vErrors = [err19]
            } else {
              vErrors.push(err19)
            }
            errors++
          }
        }
        if (data8.bucketKey !== undefined) {
          let data10 = data8.bucketKey
          if (typeof data10 !== 'boolean') {
            const err20 = {
              instancePath: instancePath + '/encryption/bucketKey',
              schemaPath: '#/properties/encryption/properties/bucketKey/type',
              keyword: 'type',
              params: { type: 'boolean' },
              schema: schema28.properties.encryption.properties.bucketKey.type,
              parentSchema: schema28.properties.encryption.properties.bucketKey,
              data: data10,
            }
            if (vErrors === null) {
              vErrors = [err20]
            } else {
              vErrors.push(err20)
            }
            errors++
          }
        }
      } else {
        const err21 = {
          instancePath: instancePath + '/encryption',
          schemaPath: '#/properties/encryption/type',
          keyword: 'type',
          params: { type: 'object' },
          schema: schema28.properties.encryption.type,
          parentSchema: schema28.properties.encryption,
          data: data8,
        }
        if (vErrors === null) {
          vErrors = [err21]
        } else {
          vErrors.push(err21)
        }
        errors++
      }
    }
    if (data.expectedBucketOwner !== undefined) {
      let data11 = data.expectedBucketOwner
      if (typeof data11 === 'string') {
        if (!pattern22.test(data11)) {
          const err22 = {
            instancePath: instancePath + '/expectedBucketOwner',
            schemaPath: '#/properties/expectedBucketOwner/pattern',
            keyword: 'pattern',
            params: { pattern: '^[0-9]{12}$' },
            schema: '^[0-9]{12}$',
            parentSchema: schema28.properties.expectedBucketOwner,
            data: data11,
          }
          if (vErrors === null) {
            vErrors = [err22]
          } else {
            vErrors.push(err22)
          }
          errors++
        }
      } else {
        const err23 = {
          instancePath: instancePath + '/expectedBucketOwner',
          schemaPath: '#/properties/expectedBucketOwner/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema28.properties.expectedBucketOwner.type,
          parentSchema: schema28.properties.expectedBucketOwner,
          data: data11,
        }
        if (vErrors === null) {
          vErrors = [err23]
        } else {
          vErrors.push(err23)
        }
        errors++
      }
    }
  } else {
    const err24 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      schema: schema28.type,
      parentSchema: schema28,
      data,
    }
    if (vErrors === null) {
      vErrors = [err24]
    } else {
      vErrors.push(err24)
    }
    errors++
  }
  validate18.errors = vErrors
  return errors === 0
}

const schema33 = {
  type: 'object',
  required: ['type', 'id', 'directory'],
  additionalProperties: false,
  properties: {
    type: { const: 'file' },
    id: { $ref: '#/definitions/id' },
    directory: {
      $ref: '#/definitions/path',
      description: 'the path of a folder; a relative one counts from the folder of the configuration',
    },
  },
}

function validate19(data, { instancePath = '', parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null
  let errors = 0
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    if (data.type === undefined) {
      const err0 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'type' },
        schema: schema33.required,
        parentSchema: schema33,
        data,
      }
      if (vErrors === null) {
        vErrors = [err0]
      } else {
        vErrors.push(err0)
      }
      errors++
    }
    if (data.id === undefined) {
      const err1 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'id' },
        schema: schema33.required,
        parentSchema: schema33,
        data,
      }
      if (vErrors === null) {
        vErrors = [err1]
      } else {
        vErrors.push(err1)
      }
      errors++
    }
    if (data.directory === undefined) {
      const err2 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'directory' },
        schema: schema33.required,
        parentSchema: schema33,
        data,
      }
      if (vErrors === null) {
        vErrors = [err2]
      } else {
        vErrors.push(err2)
      }
      errors++
    }
    for (const key0 in data) {
      if (!(key0 === 'type' || key0 === 'id' || key0 === 'directory')) {
        const err3 = {
          instancePath,
          schemaPath: '#/additionalProperties',
          keyword: 'additionalProperties',
          params: { additionalProperty: key0 },
          schema: false,
          parentSchema: schema33,
          data,
        }
        if (vErrors === null) {
          vErrors = [err3]
        } else {
          vErrors.push(err3)
        }
        errors++
      }
    }
    if (data.type !== undefined) {
      let data0 = data.type
      if ('file' !== data0) {
        const err4 = {
          instancePath: instancePath + '/type',
          schemaPath: '#/properties/type/const',
          keyword: 'const',
          params: { allowedValue: 'file' },
          schema: 'file',
          parentSchema: schema33.properties.type,
          data: data0,
        }
        if (vErrors === null) {
          vErrors = [err4]
        } else {
          vErrors.push(err4)
        }
        errors++
      }
    }
    if (data.id !== undefined) {
      let data1 = data.id
      if (typeof data1 === 'string') {
        if (!pattern0.test(data1)) {
          const err5 = {
            instancePath: instancePath + '/id',
            schemaPath: '#/definitions/id/pattern',
            keyword: 'pattern',
            params: { pattern: '^[a-z0-9][a-z0-9._-]{0,62}$' },
            schema: '^[a-z0-9][a-z0-9._-]{0,62}$',
            parentSchema: schema12,
            data: data1,
          }
          if (vErrors === null) {
            vErrors = [err5]
          } else {
            vErrors.push(err5)
          }
          errors++
        }
      } else {
        const err6 = {
          instancePath: instancePath + '/id',
          schemaPath: '#/definitions/id/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema12.type,
          parentSchema: schema12,
          data: data1,
        }
        if (vErrors === null) {
          vErrors = [err6]
        } else {
          vErrors.push(err6)
        }
        errors++
      }
    }
    if (data.directory !== undefined) {
      let data2 = data.directory
      if (typeof data2 === 'string') {
        if (!pattern7.test(data2)) {
          const err7 = {
            instancePath: instancePath + '/directory',
            schemaPath: '#/definitions/path/pattern',
            keyword: 'pattern',
            params: { pattern: '^[^\\u0000]+$' },
            schema: '^[^\\u0000]+$',
            parentSchema: schema19,
            data: data2,
          }
          if (vErrors === null) {
            vErrors = [err7]
          } else {
            vErrors.push(err7)
          }
          errors++
        }
      } else {
        const err8 = {
          instancePath: instancePath + '/directory',
          schemaPath: '#/definitions/path/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema19.type,
          parentSchema: schema19,
          data: data2,
        }
        if (vErrors === null) {
          vErrors = [err8]
        } else {
          vErrors.push(err8)
        }
        errors++
      }
    }
  } else {
    const err9 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      schema: schema33.type,
      parentSchema: schema33,
      data,
    }
    if (vErrors === null) {
      vErrors = [err9]
    } else {
      vErrors.push(err9)
    }
    errors++
  }
  validate19.errors = vErrors
  return errors === 0
}

function validate10(data, { instancePath = '', parentData, parentDataProperty, rootData = data } = {}) {
  let vErrors = null
  let errors = 0
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    if (data.store === undefined) {
      const err0 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'store' },
        schema: schema11.required,
        parentSchema: schema11,
        data,
      }
      if (vErrors === null) {
        vErrors = [err0]
      } else {
        vErrors.push(err0)
      }
      errors++
    }
    if (data.keyring === undefined) {
      const err1 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'keyring' },
        schema: schema11.required,
        parentSchema: schema11,
        data,
      }
      if (vErrors === null) {
        vErrors = [err1]
      } else {
        vErrors.push(err1)
      }
      errors++
    }
    if (data.locations === undefined) {
      const err2 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'locations' },
        schema: schema11.required,
        parentSchema: schema11,
        data,
      }
      if (vErrors === null) {
        vErrors = [err2]
      } else {
        vErrors.push(err2)
      }
      errors++
    }
    for (const key0 in data) {
      if (!(
        key0 === '$schema' ||
        key0 === 'store' ||
        key0 === 'keyring' ||
        key0 === 'locations' ||
        key0 === 'arbiter' ||
        key0 === 'suite'
      )) {
        const err3 = {
          instancePath,
          schemaPath: '#/additionalProperties',
          keyword: 'additionalProperties',
          params: { additionalProperty: key0 },
          schema: false,
          parentSchema: schema11,
          data,
        }
        if (vErrors === null) {
          vErrors = [err3]
        } else {
          vErrors.push(err3)
        }
        errors++
      }
    }
    if (data.$schema !== undefined) {
      let data0 = data.$schema
      if (typeof data0 !== 'string') {
        const err4 = {
          instancePath: instancePath + '/$schema',
          schemaPath: '#/properties/%24schema/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema11.properties.$schema.type,
          parentSchema: schema11.properties.$schema,
          data: data0,
        }
        if (vErrors === null) {
          vErrors = [err4]
        } else {
          vErrors.push(err4)
        }
        errors++
      }
    }
    if (data.store !== undefined) {
      let data1 = data.store
      if (typeof data1 === 'string') {
        if (!pattern0.test(data1)) {
          const err5 = {
            instancePath: instancePath + '/store',
            schemaPath: '#/definitions/id/pattern',
            keyword: 'pattern',
            params: { pattern: '^[a-z0-9][a-z0-9._-]{0,62}$' },
            schema: '^[a-z0-9][a-z0-9._-]{0,62}$',
            parentSchema: schema12,
            data: data1,
          }
          if (vErrors === null) {
            vErrors = [err5]
          } else {
            vErrors.push(err5)
          }
          errors++
        }
      } else {
        const err6 = {
          instancePath: instancePath + '/store',
          schemaPath: '#/definitions/id/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema12.type,
          parentSchema: schema12,
          data: data1,
        }
        if (vErrors === null) {
          vErrors = [err6]
        } else {
          vErrors.push(err6)
        }
        errors++
      }
    }
    if (data.keyring !== undefined) {
      let data2 = data.keyring
      if (data2 && typeof data2 == 'object' && !Array.isArray(data2)) {
        if (data2.type === undefined) {
          const err7 = {
            instancePath: instancePath + '/keyring',
            schemaPath: '#/properties/keyring/required',
            keyword: 'required',
            params: { missingProperty: 'type' },
            schema: schema11.properties.keyring.required,
            parentSchema: schema11.properties.keyring,
            data: data2,
          }
          if (vErrors === null) {
            vErrors = [err7]
          } else {
            vErrors.push(err7)
          }
          errors++
        }
        const tag0 = data2.type
        if (typeof tag0 == 'string') {
          if (tag0 === 'kms') {
            if (
              !validate11(data2, {
                instancePath: instancePath + '/keyring',
                parentData: data,
                parentDataProperty: 'keyring',
                rootData,
              })
            ) {
              vErrors = vErrors === null ? validate11.errors : vErrors.concat(validate11.errors)
              errors = vErrors.length
            }
          } else if (tag0 === 'raw-aes') {
            if (
              !validate12(data2, {
                instancePath: instancePath + '/keyring',
                parentData: data,
                parentDataProperty: 'keyring',
                rootData,
              })
            ) {
              vErrors = vErrors === null ? validate12.errors : vErrors.concat(validate12.errors)
              errors = vErrors.length
            }
          } else if (tag0 === 'local-kms') {
            if (
              !validate13(data2, {
                instancePath: instancePath + '/keyring',
                parentData: data,
                parentDataProperty: 'keyring',
                rootData,
              })
            ) {
              vErrors = vErrors === null ? validate13.errors : vErrors.concat(validate13.errors)
              errors = vErrors.length
            }
          } else {
            const err8 = {
              instancePath: instancePath + '/keyring',
              schemaPath: '#/properties/keyring/discriminator',
              keyword: 'discriminator',
              params: { error: 'mapping', tag: 'type', tagValue: tag0 },
              schema: schema11.properties.keyring.discriminator,
              parentSchema: schema11.properties.keyring,
              data: data2,
            }
            if (vErrors === null) {
              vErrors = [err8]
            } else {
              vErrors.push(err8)
            }
            errors++
          }
        } else {
          const err9 = {
            instancePath: instancePath + '/keyring',
            schemaPath: '#/properties/keyring/discriminator',
            keyword: 'discriminator',
            params: { error: 'tag', tag: 'type', tagValue: tag0 },
            schema: schema11.properties.keyring.discriminator,
            parentSchema: schema11.properties.keyring,
            data: data2,
          }
          if (vErrors === null) {
            vErrors = [err9]
          } else {
            vErrors.push(err9)
          }
          errors++
        }
      } else {
        const err10 = {
          instancePath: instancePath + '/keyring',
          schemaPath: '#/properties/keyring/type',
          keyword: 'type',
          params: { type: 'object' },
          schema: schema11.properties.keyring.type,
          parentSchema: schema11.properties.keyring,
          data: data2,
        }
        if (vErrors === null) {
          vErrors = [err10]
        } else {
          vErrors.push(err10)
        }
        errors++
      }
    }
    if (data.locations !== undefined) {
      let data3 = data.locations
      if (Array.isArray(data3)) {
        if (data3.length > 16) {
          const err11 = {
            instancePath: instancePath + '/locations',
            schemaPath: '#/properties/locations/maxItems',
            keyword: 'maxItems',
            params: { limit: 16 },
            schema: 16,
            parentSchema: schema11.properties.locations,
            data: data3,
          }
          if (vErrors === null) {
            vErrors = [err11]
          } else {
            vErrors.push(err11)
          }
          errors++
        }
        if (data3.length < 1) {
          const err12 = {
            instancePath: instancePath + '/locations',
            schemaPath: '#/properties/locations/minItems',
            keyword: 'minItems',
            params: { limit: 1 },
            schema: 1,
            parentSchema: schema11.properties.locations,
            data: data3,
          }
          if (vErrors === null) {
            vErrors = [err12]
          } else {
            vErrors.push(err12)
          }
          errors++
        }
        const len0 = data3.length
        for (let i0 = 0; i0 < len0; i0++) {
          let data4 = data3[i0]
          if (data4 && typeof data4 == 'object' && !Array.isArray(data4)) {
            if (data4.type === undefined) {
              const err13 = {
                instancePath: instancePath + '/locations/' + i0,
                schemaPath: '#/properties/locations/items/required',
                keyword: 'required',
                params: { missingProperty: 'type' },
                schema: schema11.properties.locations.items.required,
                parentSchema: schema11.properties.locations.items,
                data: data4,
              }
              if (vErrors === null) {
                vErrors = [err13]
              } else {
                vErrors.push(err13)
              }
              errors++
            }
            const tag1 = data4.type
            if (typeof tag1 == 'string') {
              if (tag1 === 'dynamodb') {
                if (
                  !validate17(data4, {
                    instancePath: instancePath + '/locations/' + i0,
                    parentData: data3,
                    parentDataProperty: i0,
                    rootData,
                  })
                ) {
                  vErrors = vErrors === null ? validate17.errors : vErrors.concat(validate17.errors)
                  errors = vErrors.length
                }
              } else if (tag1 === 's3') {
                if (
                  !validate18(data4, {
                    instancePath: instancePath + '/locations/' + i0,
                    parentData: data3,
                    parentDataProperty: i0,
                    rootData,
                  })
                ) {
                  vErrors = vErrors === null ? validate18.errors : vErrors.concat(validate18.errors)
                  errors = vErrors.length
                }
              } else if (tag1 === 'file') {
                if (
                  !validate19(data4, {
                    instancePath: instancePath + '/locations/' + i0,
                    parentData: data3,
                    parentDataProperty: i0,
                    rootData,
                  })
                ) {
                  vErrors = vErrors === null ? validate19.errors : vErrors.concat(validate19.errors)
                  errors = vErrors.length
                }
              } else {
                const err14 = {
                  instancePath: instancePath + '/locations/' + i0,
                  schemaPath: '#/properties/locations/items/discriminator',
                  keyword: 'discriminator',
                  params: { error: 'mapping', tag: 'type', tagValue: tag1 },
                  schema: schema11.properties.locations.items.discriminator,
                  parentSchema: schema11.properties.locations.items,
                  data: data4,
                }
                if (vErrors === null) {
                  vErrors = [err14]
                } else {
                  vErrors.push(err14)
                }
                errors++
              }
            } else {
              const err15 = {
                instancePath: instancePath + '/locations/' + i0,
                schemaPath: '#/properties/locations/items/discriminator',
                keyword: 'discriminator',
                params: { error: 'tag', tag: 'type', tagValue: tag1 },
                schema: schema11.properties.locations.items.discriminator,
                parentSchema: schema11.properties.locations.items,
                data: data4,
              }
              if (vErrors === null) {
                vErrors = [err15]
              } else {
                vErrors.push(err15)
              }
              errors++
            }
          } else {
            const err16 = {
              instancePath: instancePath + '/locations/' + i0,
              schemaPath: '#/properties/locations/items/type',
              keyword: 'type',
              params: { type: 'object' },
              schema: schema11.properties.locations.items.type,
              parentSchema: schema11.properties.locations.items,
              data: data4,
            }
            if (vErrors === null) {
              vErrors = [err16]
            } else {
              vErrors.push(err16)
            }
            errors++
          }
        }
      } else {
        const err17 = {
          instancePath: instancePath + '/locations',
          schemaPath: '#/properties/locations/type',
          keyword: 'type',
          params: { type: 'array' },
          schema: schema11.properties.locations.type,
          parentSchema: schema11.properties.locations,
          data: data3,
        }
        if (vErrors === null) {
          vErrors = [err17]
        } else {
          vErrors.push(err17)
        }
        errors++
      }
    }
    if (data.arbiter !== undefined) {
      let data5 = data.arbiter
      if (typeof data5 === 'string') {
        if (!pattern0.test(data5)) {
          const err18 = {
            instancePath: instancePath + '/arbiter',
            schemaPath: '#/definitions/id/pattern',
            keyword: 'pattern',
            params: { pattern: '^[a-z0-9][a-z0-9._-]{0,62}$' },
            schema: '^[a-z0-9][a-z0-9._-]{0,62}$',
            parentSchema: schema12,
            data: data5,
          }
          if (vErrors === null) {
            vErrors = [err18]
          } else {
            vErrors.push(err18)
          }
          errors++
        }
      } else {
        const err19 = {
          instancePath: instancePath + '/arbiter',
          schemaPath: '#/definitions/id/type',
          keyword: 'type',
          params: { type: 'string' },
          schema: schema12.type,
          parentSchema: schema12,
          data: data5,
        }
        if (vErrors === null) {
          vErrors = [err19]
        } else {
          vErrors.push(err19)
        }
        errors++
      }
    }
    if (data.suite !== undefined) {
      let data6 = data.suite
      if (!(data6 === 'signed' || data6 === 'unsigned')) {
        const err20 = {
          instancePath: instancePath + '/suite',
          schemaPath: '#/properties/suite/enum',
          keyword: 'enum',
          params: { allowedValues: schema11.properties.suite.enum },
          schema: schema11.properties.suite.enum,
          parentSchema: schema11.properties.suite,
          data: data6,
        }
        if (vErrors === null) {
          vErrors = [err20]
        } else {
          vErrors.push(err20)
        }
        errors++
      }
    }
  } else {
    const err21 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      schema: schema11.type,
      parentSchema: schema11,
      data,
    }
    if (vErrors === null) {
      vErrors = [err21]
    } else {
      vErrors.push(err21)
    }
    errors++
  }
  validate10.errors = vErrors
  return errors === 0
}
