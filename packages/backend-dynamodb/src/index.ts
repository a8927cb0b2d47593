export { dynamodbBackend } from './dynamodb-backend.js'
export type { DynamodbBackendOptions } from './dynamodb-backend.js'
export { createTable } from './create-table.js'
export type { CreateTableOptions } from './create-table.js'
