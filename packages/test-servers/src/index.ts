export { gapsOf } from './gaps-of.js'
export { availableDynamodbServers, startDynamodb } from './dynamodb.js'
export { dynamodbServerKinds } from './dynamodb-servers.js'
export { faultList, knownFaults } from './known-faults.js'
export type { FaultList, KnownFault, ServerId } from './known-faults.js'
export { startKms } from './kms.js'
export type { RunningKms } from './kms.js'
export { availableS3Servers, startS3 } from './s3.js'
export { s3ServerKinds } from './s3-servers.js'
export type {
  ClientOptions,
  Credentials,
  RunningServer,
  ServerCheck,
  S3ClientOptions,
  ServerKind,
  ServerProcess,
  Service,
} from './server-kind.js'
export { TestServerError } from './test-server-error.js'
export type { TestServerErrorCode } from './test-server-error.js'
