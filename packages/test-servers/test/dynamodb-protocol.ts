import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DYNAMODB_CONDITION_CASES } from './dynamodb-condition-cases.js'
import { DYNAMODB_ITEM_CASES } from './dynamodb-item-cases.js'
import { DYNAMODB_QUERY_CASES } from './dynamodb-query-cases.js'
import type { ProtocolCase } from './protocol-case.js'

/** What `backend-dynamodb` relies on, one case each. */
export const DYNAMODB_PROTOCOL: readonly ProtocolCase<DynamoDBClient>[] = [
  ...DYNAMODB_ITEM_CASES,
  ...DYNAMODB_CONDITION_CASES,
  ...DYNAMODB_QUERY_CASES,
]
